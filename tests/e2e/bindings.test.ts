import { CreateSecretCommand, PutSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { expect } from "chai";
import { stringify } from "yaml";
import { expectAllowed, withinBoundary } from "./deploy-role";
import { needsEngine, TestStack } from "./engine";

const DIGEST = `sha256:${"a".repeat(64)}`;
const IMAGE = `example.com/app@${DIGEST}`;
const TASK = "aws:ecs/taskDefinition:TaskDefinition";

/** What a heritage with all bindings but Keycloak says. */
const shop = (environment: Record<string, string> = {}) => ({
    image: IMAGE,
    environment,
    secrets: { STRIPE: { secret: "prod/stripe", key: "apiKey" } },
    uses: {
        cache: { redis: {}, variables: { REDIS_URL: "url", REDIS_HOST: "host" } },
        files: { bucket: {} },
        jobs: { queue: { visibility_seconds: 60, fifo: true } },
        events: { queue: { existing: "acme-events" } },
        self: { service: "shop/worker" },
        agent: { agents: "issuer" },
        warehouse: { host: { name: "db.example.com", port: 5439 } },
    },
    egress: [{ port: 587, to: "0.0.0.0/0" }],
    permissions: [{ actions: ["rekognition:DetectFaces"], resources: ["*"], why: "it has no resources" }],
    services: { worker: { count: 1, reachable: true, secrets: { ONLY: { generate: {} } } } },
});

/** A heritage with its bindings, from its first deployment on. */
describe("bindings on a real engine", () => {
    let stack: TestStack;
    const secrets = () => new SecretsManagerClient({ region: "ap-northeast-1" });
    const worker = async () => {
        const all = await stack.resources();
        const definition = all.find(({ urn }) => urn.endsWith(`${TASK}::shop-worker`))!;
        const [app] = JSON.parse(definition.outputs!.containerDefinitions as string) as {
            environment: { name: string; value: string }[];
            secrets: { name: string; valueFrom: string }[];
            dockerLabels: Record<string, string>;
        }[];
        return {
            told: Object.fromEntries(app!.environment.map(({ name, value }) => [name, value])),
            secret: Object.fromEntries(app!.secrets.map(({ name, valueFrom }) => [name, valueFrom])),
            versions: app!.dockerLabels["secret-versions"],
        };
    };

    before(async function () {
        needsEngine(this);
        stack = await TestStack.create("bound", "Pulumi.dev.yaml");
        withinBoundary(stack);
        stack.edit(
            ...["services", "keycloak"].map((key): [string[], unknown] => [[`identity:${key}`], undefined]),
            [["identity:agents"], { issuer: { count: 1 } }],
            [["identity:agentImage"], `example.com/agent@${DIGEST}`],
            [["identity:heritages"], ["shop"]],
        );
        stack.write("heritages/shop.yml", stringify(shop()));
        await secrets().send(new CreateSecretCommand({ Name: "prod/stripe", SecretString: '{"apiKey":"one"}' }));
    });
    after(async () => {
        await stack?.cleanUp();
    });

    it("come up, and again without a change", async () => {
        expect(Object.keys(await stack.up())).to.deep.equal(["create"]);
        const { told, secret } = await worker();
        expect(told).to.include({
            WAREHOUSE_HOST: "db.example.com",
            WAREHOUSE_PORT: "5439",
            SELF_URL: "http://shop-worker.bound.internal:8080",
            JOBS_NAME: "identity-bound-shop-jobs.fifo",
        });
        expect(told.REDIS_HOST).to.be.a("string").and.not.equal("");
        expect(told.FILES_NAME).to.match(/^identity-bound--shop-files-\d{12}$/);
        expect(told.EVENTS_URL).to.match(/^https:\/\/sqs\.ap-northeast-1\.amazonaws\.com\/\d{12}\/acme-events$/);
        expect(told.AGENT_CA).to.include("BEGIN CERTIFICATE");
        expect(secret.AGENT_KEY).to.match(/parameter\/identity\/bound\/issuer\/ACAPY_ADMIN_API_KEY$/);
        expect(secret.REDIS_URL).to.match(/parameter\/identity\/bound\/shop\/REDIS_URL$/);
        expect(secret.STRIPE).to.match(/:secret:prod\/stripe-\w{6}:apiKey::$/);
        expect(secret.ONLY).to.match(/\/shop-worker\/ONLY$/);
        await stack.upUnchanged();
    });

    it("hide what is secret, in the state as well", async () => {
        const { clear, passwords } = await stack.secrets();
        for (const password of passwords) expect(clear).not.to.include(password);
        expect(clear).not.to.match(/rediss:\/\/:[A-Za-z0-9]/);
    });

    it("deploy what reads a secret that changed in Secrets Manager", async () => {
        const { versions } = await worker();
        await secrets().send(new PutSecretValueCommand({ SecretId: "prod/stripe", SecretString: '{"apiKey":"two"}' }));
        const { replace = [], ...others } = await stack.preview();
        expect(replace.filter((one) => one.startsWith(TASK)).sort()).to.deep.equal([
            `${TASK}::shop-oneoff`,
            `${TASK}::shop-worker`,
        ]);
        expect(Object.keys(others)).to.have.members(["update"]);
        await stack.up();
        expect((await worker()).versions).not.to.equal(versions);
    });

    it("were made by what the deploy role may do", async () => {
        await expectAllowed(stack, { region: "ap-northeast-1" });
    });

    it("go without leaving anything", async () => {
        expect(Object.keys(await stack.destroy())).to.deep.equal(["delete"]);
        expect(await stack.resources()).to.deep.equal([]);
    });
});
