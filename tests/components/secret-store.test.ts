import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { SecretStore, secretStatements } from "../../components/secret-store";
import { ACCOUNT, known, make, PROJECT, REGION, STACK, secretAt } from "./support";

const ssmArn = (name: string) => `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter${name}`;

describe("SecretStore", () => {
    it("is a key and its alias", async () => {
        const made = await make(() => new SecretStore("secrets") && undefined);
        expect(made.childrenOf("identity.SecretStore")).to.deep.equal([
            "aws.kms.Alias secrets-key",
            "aws.kms.Key secrets-key",
        ]);
    });

    for (const [protect, days] of [
        [undefined, 7],
        [false, 7],
        [true, 30],
    ] as const) {
        it(`has a key that rotates and is deleted after ${days} days where protect is ${protect}`, async () => {
            const made = await make(() => new SecretStore("secrets", { protect }) && undefined);
            expect(made.inputs("aws.kms.Key")).to.deep.equal({
                description: `Secrets and data under /${PROJECT}/${STACK}`,
                enableKeyRotation: true,
                deletionWindowInDays: days,
            });
            expect(made.one("aws.kms.Key").protect).to.equal(protect ?? false);
        });
    }

    for (const retainKey of [true, false, undefined]) {
        it(`${retainKey ? "keeps the key" : "lets the key go"} with the stack where retainKey is ${retainKey}`, async () => {
            const made = await make(() => new SecretStore("secrets", { retainKey }) && undefined);
            expect(made.one("aws.kms.Key").retainOnDelete).to.equal(retainKey ?? false);
        });
    }

    it("names the key after the stack, or after the prefix, in characters that an alias takes", async () => {
        const names = async (prefix?: string) =>
            (await make(() => new SecretStore("secrets", { prefix }) && undefined)).inputs("aws.kms.Alias");
        const { name, targetKeyId } = await names();
        expect(name).to.equal(`alias/${PROJECT}/${STACK}`);
        expect(targetKeyId).to.match(/^[0-9a-f-]{36}$/);
        expect((await names("/team/a.b")).name).to.equal("alias/team/a-b");
    });

    it("generates a secret of letters and digits, and puts it where its service and its name say", async () => {
        const made = await make(() => {
            const store = new SecretStore("secrets");
            const { parameterName, arn, keyArn, version } = store.generate("agent", "WALLET_KEY");
            return { parameterName, arn, version, sameKey: pulumi.all([keyArn, store.keyArn]) };
        });
        expect(made.inputs("random.RandomPassword", "secrets-agent-WALLET_KEY")).to.deep.equal({
            length: 48,
            special: false,
        });
        const { value, ...parameter } = made.inputs("aws.ssm.Parameter", "secrets-agent-WALLET_KEY");
        const key = made.one("aws.kms.Key").outputs.arn;
        expect(value).to.equal("[secret]");
        expect(parameter).to.deep.equal({
            name: `/${PROJECT}/${STACK}/agent/WALLET_KEY`,
            description: "WALLET_KEY of agent",
            type: "SecureString",
            keyId: key,
        });
        expect(made.outputs).to.deep.equal({
            parameterName: `/${PROJECT}/${STACK}/agent/WALLET_KEY`,
            arn: ssmArn(`/${PROJECT}/${STACK}/agent/WALLET_KEY`),
            version: "1",
            sameKey: [key, key],
        });
        expect(made.childrenOf("identity.SecretStore")).to.deep.equal([
            "aws.kms.Alias secrets-key",
            "aws.kms.Key secrets-key",
            "aws.ssm.Parameter secrets-agent-WALLET_KEY",
            "random.RandomPassword secrets-agent-WALLET_KEY",
        ]);
    });

    it("keeps a value given in the clear a secret from then on", async () => {
        const made = await make(
            () => new SecretStore("s", { prefix: "/p" }).put("app", "TOKEN", "hunter2") && undefined,
        );
        expect(made.inputs("aws.ssm.Parameter")).to.include({
            value: "[secret]",
            type: "SecureString",
            name: "/p/app/TOKEN",
        });
        expect(JSON.stringify(made.resources)).not.to.include("hunter2");
    });

    it("has the version that SSM gives a parameter, which rises with each change of its value", async () => {
        await pulumi.runtime.setMocks({
            newResource: ({ name, inputs }) => ({ id: `${name}_id`, state: { ...inputs, version: 5 } }),
            call: ({ inputs }) => inputs,
        });
        expect(await known(new SecretStore("s").put("app", "TOKEN", "hunter2").version)).to.equal("5");
    });

    it("makes a password that is no parameter", async () => {
        const made = await make(() => new SecretStore("s").password("db", { length: 32, protect: true }) && undefined);
        expect(made.inputs("random.RandomPassword", "s-db")).to.deep.equal({ length: 32, special: false });
        expect(made.one("random.RandomPassword").protect).to.equal(true);
        expect(made.all("aws.ssm.Parameter")).to.deep.equal([]);
    });

    it("protects a secret that is asked to be, both its value and its parameter, and no other", async () => {
        const made = await make(() => {
            const store = new SecretStore("s");
            store.generate("app", "A", { protect: true });
            store.generate("app", "B");
        });
        const isProtected = (name: string) =>
            ["random.RandomPassword", "aws.ssm.Parameter"].map((kind) => made.one(kind, name).protect);
        expect(isProtected("s-app-A")).to.deep.equal([true, true]);
        expect(isProtected("s-app-B")).to.deep.equal([false, false]);
    });

    it("tells secrets apart whose services and names run together", async () => {
        const made = await make(() => {
            const store = new SecretStore("s");
            store.put("issuer", "DB_KEY", "a");
            store.put("issuer-db", "KEY", "b");
        });
        expect(made.all("aws.ssm.Parameter")).to.have.length(2);
    });

    it("refers to a parameter whose name does not begin with a slash by the ARN that it has", async () => {
        const made = await make(() => ({ arn: new SecretStore("s").existing("KEY").arn }));
        expect(made.outputs.arn).to.equal(ssmArn("/KEY"));
    });

    it("refers to a parameter that exists without making or reading anything", async () => {
        const made = await make(() => {
            const { parameterName, arn, keyArn, version } = new SecretStore("s").existing("/theirs/KEY");
            expect(keyArn).to.equal(undefined);
            const raised = new SecretStore("t", { prefix: "/t" }).existing("/theirs/KEY", {
                keyArn: "arn:key",
                version: 7,
            });
            return { parameterName, arn, version, theirKey: raised.keyArn, raised: raised.version };
        });
        expect(made.outputs).to.deep.equal({
            parameterName: "/theirs/KEY",
            arn: ssmArn("/theirs/KEY"),
            version: "1",
            theirKey: "arn:key",
            raised: "7",
        });
        expect(made.all("aws.ssm.Parameter")).to.deep.equal([]);
    });
});

describe("secretStatements", () => {
    const statements = async (secrets: Parameters<typeof secretStatements>[0]) => {
        const { outputs } = await make(() => ({
            statements: pulumi.output(
                secretStatements(secrets, new pulumi.ComponentResource("test:index:Parent", "p")),
            ),
        }));
        return outputs.statements;
    };

    it("allow to read just these parameters, and to decrypt with their key through SSM and for them only", async () => {
        const [a, b] = [secretAt("/x/A", { keyArn: "arn:key" }), secretAt("/x/B")];
        const c = { ...secretAt("/x/C"), keyArn: a.keyArn };
        expect(await statements([a, b, c])).to.deep.equal([
            {
                Effect: "Allow",
                Action: "ssm:GetParameters",
                Resource: [ssmArn("/x/A"), ssmArn("/x/B"), ssmArn("/x/C")],
            },
            {
                Effect: "Allow",
                Action: "kms:Decrypt",
                Resource: "arn:key",
                Condition: {
                    StringEquals: {
                        "kms:ViaService": `ssm.${REGION}.amazonaws.com`,
                        "kms:EncryptionContext:PARAMETER_ARN": [ssmArn("/x/A"), ssmArn("/x/C")],
                    },
                },
            },
        ]);
    });

    it("are one for each key", async () => {
        const secrets = [secretAt("/x/A", { keyArn: "arn:one" }), secretAt("/x/B", { keyArn: "arn:two" })];
        const [, ...decrypt] = (await statements(secrets)) as Record<string, unknown>[];
        expect(decrypt.map(({ Resource }) => Resource)).to.deep.equal(["arn:one", "arn:two"]);
        const context = "kms:EncryptionContext:PARAMETER_ARN";
        const contexts = decrypt.map(
            (s) => (s.Condition as Record<string, Record<string, unknown>>).StringEquals![context],
        );
        expect(contexts).to.deep.equal([[ssmArn("/x/A")], [ssmArn("/x/B")]]);
    });

    it("need no key for the account's own", async () => {
        expect(await statements([secretAt("/x/A")])).to.deep.equal([
            { Effect: "Allow", Action: "ssm:GetParameters", Resource: [ssmArn("/x/A")] },
        ]);
    });

    it("are none without secrets", async () => expect(await statements([])).to.deep.equal([]));
});
