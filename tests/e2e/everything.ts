import { cpSync, readFileSync } from "node:fs";
import path from "node:path";
import { CreateSecurityGroupCommand, EC2Client } from "@aws-sdk/client-ec2";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { CreateHostedZoneCommand, Route53Client } from "@aws-sdk/client-route-53";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { CreateWebACLCommand, WAFV2Client } from "@aws-sdk/client-wafv2";
import { expect } from "chai";
import { parse, parseDocument } from "yaml";
import { type EverythingStack, stackFile, stackKeys } from "../stacks/everything";
import { expectListed, stackNameIn, withinBoundary } from "./deploy-role";
import { type Change, needsEngine, TestStack } from "./engine";
import { sleepsAndWakes } from "./sleep";

/** What the stack expects of the account, and what the emulator wants otherwise. */
interface Case {
    /** Parameters that somebody else sets. */
    readonly parameters: readonly string[];
    /** Secrets in Secrets Manager, and public zones, that somebody else made. */
    readonly existing: { readonly secrets: readonly string[]; readonly zones: readonly string[] };
    /** Encrypted values, by their path below `identity:`; one that names a certificate gets its key. */
    readonly secrets: Readonly<Record<string, string>>;
    readonly changes: readonly Change[];
    /** Load balancers, databases, machines and services. */
    readonly counts: readonly [number, number, number, number];
}

const STACKS = path.join(__dirname, "../stacks");

const CASES: Record<EverythingStack, Case> = {
    everything: {
        parameters: [
            "/team/mail/password",
            "/team/mail/key",
            "/identity/everything/issuer/ACAPY_MULTITENANT_JWT_SECRET",
            "/identity/everything/keycloak/SMTP_PASSWORD",
            "/identity/everything/plugins/OTEL_KEY",
            "/identity/everything/orders/STRIPE_KEY",
            "/identity/everything/orders-web/ONLY_HERE",
            "/identity/everything/orders-plugins/OTEL_KEY",
        ],
        existing: { secrets: ["prod/partner"], zones: ["shop.example.com"] },
        secrets: {
            "domain.certificate.privateKey": "*.id.example.org",
            "services.portal.certificate.privateKey": "portal.internal",
            "agents.issuer.secrets.ACAPY_WALLET_KEY.value": "a wallet key of before",
            "plugins.datadog.apiKey.value": "a key of Datadog's",
        },
        // The emulator has no such snapshot.
        changes: [[["identity:services", "portal", "database", "restoreFrom"], undefined]],
        counts: [2, 6, 1, 12],
    },
    "everything-dev": {
        parameters: ["plugins/NRIA_LICENSE_KEY", "reports-plugins/DD_API_KEY", "reports-plugins/NRIA_LICENSE_KEY"].map(
            (name) => `/identity/everything-dev/${name}`,
        ),
        existing: { secrets: [], zones: [] },
        secrets: {},
        changes: [],
        counts: [2, 1, 2, 9],
    },
};

/** Makes what the stack expects of the account, and fills in its files. */
async function prepare(stack: TestStack, name: EverythingStack): Promise<void> {
    const { text, keys } = stackFile(name);
    const { config } = parse(text) as { config: Record<string, unknown> };
    const region = config["aws:region"] as string;
    const { parameters, existing, secrets, changes } = CASES[name];
    for (const Name of parameters) {
        const put = new PutParameterCommand({ Name, Value: "set by hand", Type: "SecureString" });
        await new SSMClient({ region }).send(put);
    }
    for (const Name of existing.secrets) {
        const create = new CreateSecretCommand({ Name, SecretString: '{"apiKey":"set by hand"}' });
        await new SecretsManagerClient({ region }).send(create);
    }
    for (const Name of existing.zones) {
        const create = new CreateHostedZoneCommand({ Name, CallerReference: Name });
        await new Route53Client({ region }).send(create);
    }
    for (const shared of ["images", "heritages"]) {
        cpSync(path.join(STACKS, shared), path.join(stack.dir, shared), { recursive: true });
    }
    stack.write(`Pulumi.${name}.yaml`, text);
    const secretsOfIt = Object.entries(secrets)
        .map(([at, value]) => ({ at, value, keys: keysOf(at) }))
        .filter((one) =>
            one.keys.reduce<unknown>((found, key) => (found as Partial<Record<string, unknown>>)?.[key], config),
        );
    stack.edit(...changes, ...secretsOfIt.map((one): Change => [one.keys, undefined]));
    for (const heritage of config["identity:heritages"] as string[]) {
        const file = path.join(stack.dir, `heritages/${heritage}.yml`);
        const document = parseDocument(readFileSync(file, "utf8"));
        // The emulator makes no nodes of a Redis, off which the provider reads what it has made: so heritages go without one.
        if (!document.hasIn(["uses", "cache"])) continue;
        document.deleteIn(["uses", "cache"]);
        stack.write(`heritages/${heritage}.yml`, document.toString());
    }
    if (name === "everything") await inTheAccount(region, stack);
    for (const { at, value } of secretsOfIt) await stack.encrypt(at, keys[value] ?? value);
}

/** A web ACL before the public load balancer, and a security group that others made, as the files name them. */
async function inTheAccount(region: string, stack: TestStack) {
    const { Summary } = await new WAFV2Client({ region }).send(
        new CreateWebACLCommand({
            Name: "public",
            Scope: "REGIONAL",
            DefaultAction: { Allow: {} },
            VisibilityConfig: { SampledRequestsEnabled: false, CloudWatchMetricsEnabled: false, MetricName: "public" },
        }),
    );
    const group = new CreateSecurityGroupCommand({ GroupName: "office", Description: "The office" });
    const { GroupId } = await new EC2Client({ region }).send(group);
    stack.edit(
        [["identity:publicEndpoint", "webAcl"], Summary!.ARN],
        [["identity:adminEndpoint", "allowedSecurityGroupIds"], [GroupId]],
    );
    const orders = "heritages/orders.yml";
    const written = readFileSync(path.join(stack.dir, orders), "utf8");
    // The provider that the engine has knows no action for tokens.
    stack.write(orders, written.replaceAll(/sg-[0-9a-f]{17}/g, GroupId!).replace(/^ *tokens: .*\n/m, ""));
}

/** The keys of a stack file to a value, by its path below `identity:`. */
function keysOf(dotted: string): string[] {
    const [first, ...others] = dotted.split(".");
    return [`identity:${first}`, ...others];
}

/** One of the stacks, from nothing to nothing. Each has a test file of its own, so that they run side by side. */
export function comesUpAndGoes(name: EverythingStack): void {
    const { parameters, counts } = CASES[name];
    describe(`the stack ${name} on a real engine`, () => {
        let stack: TestStack;

        before(async function () {
            needsEngine(this);
            stack = await TestStack.create(name, `tests/stacks/Pulumi.${name}.yaml`);
            await prepare(stack, name);
            withinBoundary(stack);
        });
        after(async () => {
            await stack?.cleanUp();
        });

        it("comes up", async () => {
            expect(Object.keys(await stack.up())).to.deep.equal(["create"]);
            const resources = await stack.resources();
            const count = (type: string) => resources.filter((resource) => resource.type === type).length;
            expect([
                count("aws:lb/loadBalancer:LoadBalancer"),
                count("aws:rds/instance:Instance"),
                count("aws:ec2/instance:Instance"),
                count("aws:ecs/service:Service"),
            ]).to.deep.equal(counts);
        });

        it("changes nothing when it comes up again", async () => {
            await stack.upUnchanged();
        });

        if (stackKeys(name).schedule) {
            it("sleeps, refuses an update meanwhile, and is as it was when it is awake", async () => {
                await sleepsAndWakes(stack, stackKeys(name)["aws:region"] as string);
            });
        }

        it("goes without leaving anything", async () => {
            if (name === "everything") {
                stack.edit([["identity:protect"], false]);
                await stack.up();
            }
            expect(Object.keys(await stack.destroy())).to.deep.equal(["delete"]);
            expect(await stack.resources()).to.deep.equal([]);
        });

        it("asked nothing of AWS that its deploy role may not do, and changed nothing by an action that is not listed", async () => {
            await expectListed(stack, stackNameIn(stack, parameters));
        });
    });
}
