import { expect } from "chai";
import { Heritage, type HeritageArgs } from "../../components/heritage";
import { permissionStatements, reasonOf } from "../../components/permission";
import type { SecretStore } from "../../components/secret-store";
import { district, HERITAGE } from "./every-component";
import { make, type Made } from "./support";

const heritage = (changes: (store: SecretStore) => Partial<HeritageArgs>) =>
    make(() => {
        const around = district();
        new Heritage("blog", { ...HERITAGE, ...changes(around.secrets), district: around });
        return {};
    });

const ALL = ["blog-nightly", "blog-oneoff", "blog-plain", "blog-web", "blog-worker"];
const app = (made: Made, name: string) => {
    const text = String(made.inputs("aws.ecs.TaskDefinition", name).containerDefinitions);
    const all = JSON.parse(text) as { name: string; environment: Named[]; secrets: Named[] }[];
    return all.find((container) => container.name === "app")!;
};
interface Named {
    name: string;
    value?: string;
    valueFrom?: string;
}
const told = (made: Made, name: string) =>
    Object.fromEntries(app(made, name).environment.map((v) => [v.name, v.value]));
const policy = (made: Made, name: string) =>
    (JSON.parse(String(made.inputs("aws.iam.RolePolicy", name).policy)) as { Statement: Record<string, unknown>[] })
        .Statement;

describe("what a heritage reaches and may do", () => {
    it("opens each way out for each of its tasks, and no second rule for what is open anyway", async () => {
        const made = await heritage(() => ({
            egress: [
                { from: 587, to: 587, destination: "0.0.0.0/0" },
                { from: 8000, to: 8010, protocol: "udp", destination: "pl-0123456789abcdef0" },
                { from: 5671, to: 5671, destination: "sg-0123456789abcdef0" },
                { from: 443, to: 443, destination: "0.0.0.0/0" },
            ],
        }));
        for (const name of ALL) {
            const rules = made
                .all("aws.vpc.SecurityGroupEgressRule")
                .filter((rule) => rule.name.startsWith(`${name}-out-`))
                .map(({ name: rule, inputs }) => [
                    rule.slice(name.length),
                    inputs.cidrIpv4 ?? inputs.prefixListId ?? inputs.referencedSecurityGroupId,
                ]);
            expect(rules, name).to.have.deep.members([
                ["-out-tcp-587-0-0-0-0-0", "0.0.0.0/0"],
                ["-out-udp-8000-8010-pl-0123456789abcdef0", "pl-0123456789abcdef0"],
                ["-out-tcp-5671-sg-0123456789abcdef0", "sg-0123456789abcdef0"],
            ]);
        }
    });

    it("tells the database by the application's own names, its URL and password as secrets", async () => {
        const made = await heritage(() => ({
            database: {
                ...HERITAGE.database!,
                authorities: "-----BEGIN CERTIFICATE-----",
                variables: {
                    DATABASE_URL: "url",
                    PGHOST: "host",
                    PGPASSWORD: "password",
                    PGCA: "ca",
                    AGAIN: "password",
                },
            },
        }));
        for (const name of ALL) {
            expect(told(made, name), name).to.include({ PGCA: "-----BEGIN CERTIFICATE-----" });
            expect(told(made, name), name)
                .to.have.property("PGHOST")
                .that.matches(/rds\.amazonaws\.com$/);
            expect(Object.keys(told(made, name)).filter((key) => key.startsWith("DB_"))).to.deep.equal([]);
            expect(app(made, name).secrets.map((secret) => secret.name)).to.deep.equal([
                "AGAIN",
                "DATABASE_URL",
                "PGPASSWORD",
            ]);
        }
        const url = made.inputs("aws.ssm.Parameter", "secrets-blog-DATABASE_URL");
        expect(url.type).to.equal("SecureString");
        expect(JSON.stringify(made.all("aws.ecs.TaskDefinition").map(({ inputs }) => inputs))).not.to.include(
            "postgresql://",
        );
    });

    it("gives a service or a task secrets of its own, which no other role may read", async () => {
        const made = await heritage((store) => {
            const { web } = HERITAGE.services!;
            return {
                services: {
                    ...HERITAGE.services,
                    web: { ...web!, secrets: { ONLY: store.generate("blog-web", "ONLY") } },
                },
            };
        });
        for (const name of ALL) {
            const has = app(made, name).secrets.some((secret) => secret.name === "ONLY");
            expect(has, name).to.equal(name === "blog-web");
            expect(JSON.stringify(policy(made, `${name}-execution`)).includes("/blog-web/ONLY"), name).to.equal(has);
        }
    });

    it("reads a key of a secret in Secrets Manager, and that secret alone, by its own key", async () => {
        const arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/stripe-AbCdEf";
        const keyArn = "arn:aws:kms:eu-west-1:123456789012:key/1";
        const made = await heritage((store) => ({
            secrets: {
                A: store.inSecretsManager("prod/stripe", { key: "apiKey", keyArn, found: { arn, version: "v-7" } }),
                B: store.inSecretsManager(arn),
            },
        }));
        const secrets = Object.fromEntries(app(made, "blog-worker").secrets.map((one) => [one.name, one.valueFrom]));
        expect(secrets).to.include({ A: `${arn}:apiKey::`, B: arn });
        const statements = policy(made, "blog-worker-execution");
        expect(statements).to.deep.include({
            Effect: "Allow",
            Action: "secretsmanager:GetSecretValue",
            Resource: [arn],
        });
        expect(statements).to.deep.include({
            Effect: "Allow",
            Action: "kms:Decrypt",
            Resource: keyArn,
            Condition: {
                StringEquals: {
                    "kms:ViaService": "secretsmanager.eu-west-1.amazonaws.com",
                    "kms:EncryptionContext:SecretARN": [arn],
                },
            },
        });
        expect(JSON.stringify(app(made, "blog-worker"))).to.include("A=v-7");
    });

    it("gives each task's role its permissions, with the reason of a wide one in the Sid", async () => {
        const made = await heritage(() => ({
            taskRoleStatements: permissionStatements([
                { actions: ["s3:GetObject"], resources: ["arn:aws:s3:::reports/*"] },
                { actions: ["rekognition:DetectFaces"], resources: ["*"], why: "AWS has no resource for it" },
            ]),
        }));
        for (const name of ALL) {
            expect(policy(made, `${name}-task`), name).to.deep.equal([
                { Effect: "Allow", Action: ["s3:GetObject"], Resource: ["arn:aws:s3:::reports/*"] },
                {
                    Sid: "BecauseAWSHasNoResourceForIt",
                    Effect: "Allow",
                    Action: ["rekognition:DetectFaces"],
                    Resource: ["*"],
                },
            ]);
        }
    });
});

describe("the reason in a Sid", () => {
    const sids = (...reasons: string[]) =>
        permissionStatements(reasons.map((why) => ({ actions: ["a:B"], resources: ["*"], why }))).map(
            ({ Sid }) => Sid!,
        );

    it("is there once for each statement, in letters and digits", () => {
        const all = sids("it is so", "it is so", "ça, c'est 2 fois: même!", "日本");
        expect(all).to.deep.equal([
            "BecauseItIsSo",
            "BecauseItIsSoAgain2",
            "BecauseCaCEst2FoisMeme",
            "BecauseItsFileSaysSo",
        ]);
        for (const sid of all) expect(sid).to.match(/^[A-Za-z0-9]+$/);
    });

    it("is read again in words, and is none in another Sid", () => {
        expect(sids("AWS has no resource", "AWS has no resource").map(reasonOf)).to.deep.equal([
            "aws has no resource",
            "aws has no resource",
        ]);
        expect([undefined, "Because", "Logs"].map(reasonOf)).to.deep.equal([undefined, undefined, undefined]);
    });
});
