import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { policyDocument, roleFor, accountAndRegion } from "../../components/iam";
import { ACCOUNT, known, make, REGION, statementsOf, trustOf } from "./support";

const parent = () => new pulumi.ComponentResource("test:index:Parent", "parent");

describe("roleFor", () => {
    for (const [service, source] of [
        ["ecs-tasks.amazonaws.com", "ecs"],
        ["vpc-flow-logs.amazonaws.com", "ec2"],
    ] as const) {
        it(`trusts ${service}, for resources of this account and region only`, async () => {
            const made = await make(() => roleFor("role", service, { parent: parent(), protect: true }) && undefined);
            const role = made.one("aws.iam.Role");
            expect(statementsOf(role, "assumeRolePolicy")).to.deep.equal(trustOf(service, source));
            expect(role.name).to.equal("role");
            expect(role.protect).to.equal(true);
            expect(made.childrenOf("test.Parent")).to.deep.equal(["aws.iam.Role role"]);
        });
    }
});

describe("policyDocument", () => {
    it("is a document with its statements, their outputs known", async () => {
        const text = policyDocument([
            { Effect: "Allow", Action: "s3:GetObject", Resource: [pulumi.output("arn:a"), "arn:b"] },
            {
                Effect: "Deny",
                Action: ["s3:*"],
                Resource: "*",
                Condition: { Bool: { "aws:SecureTransport": "false" } },
            },
        ]);
        expect(JSON.parse(await known(text))).to.deep.equal({
            Version: "2012-10-17",
            Statement: [
                { Effect: "Allow", Action: "s3:GetObject", Resource: ["arn:a", "arn:b"] },
                {
                    Effect: "Deny",
                    Action: ["s3:*"],
                    Resource: "*",
                    Condition: { Bool: { "aws:SecureTransport": "false" } },
                },
            ],
        });
    });
});

describe("whereabouts", () => {
    it("are account, region and partition of the parent's provider", async () => {
        const { outputs } = await make(() => accountAndRegion(parent()));
        expect(outputs).to.deep.equal({ account: ACCOUNT, region: REGION, partition: "aws" });
    });

    it("are asked for once of each provider", async () => {
        const asked: string[] = [];
        await pulumi.runtime.setMocks({
            newResource: ({ name, inputs }) => ({ id: `${name}_id`, state: inputs }),
            call: ({ token, provider, inputs }) => {
                asked.push(`${token.split(":").at(-1)} of ${provider?.split("::")[3]}`);
                return { ...inputs, region: provider?.split("::")[3] };
            },
        });
        const [a, b] = [new aws.Provider("a"), new aws.Provider("b")];
        const regions = [a, b, a].map((provider, i) => {
            const parent = new pulumi.ComponentResource("test:index:Parent", `parent-${i}`, {}, { provider });
            return known(accountAndRegion(parent).region);
        });
        expect(await Promise.all(regions)).to.deep.equal(["a", "b", "a"]);
        await pulumi.runtime.disconnect();
        expect(asked.sort()).to.deep.equal(
            ["getCallerIdentity", "getPartition", "getRegion"].flatMap((what) => [`${what} of a`, `${what} of b`]),
        );
    });
});
