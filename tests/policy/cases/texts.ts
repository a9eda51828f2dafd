import type { Cases } from "../support";

const rule = (description: string) => ({
    type: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    inputs: { description },
});
const role = (name: string) => ({ type: "aws:iam/role:Role", name, inputs: { assumeRolePolicy: "{}" } });
const database = (identifier: string) => ({ type: "aws:rds/instance:Instance", inputs: { identifier } });
const task = (...names: string[]) => ({
    type: "aws:ecs/taskDefinition:TaskDefinition",
    inputs: { family: "a-b_c", containerDefinitions: JSON.stringify(names.map((name) => ({ name }))) },
});
const queue = (tags: Record<string, string>) => ({ type: "aws:sqs/queue:Queue", inputs: { tags } });
const GROUP = "letters, digits, spaces and . _ - : / ( ) # , @ [ ] + = & ; { } ! $ *";
const TAG = "letters, digits, spaces and . : + = @ _ / -";

export const TEXTS: Record<string, Cases> = {
    "aws-texts": {
        passes: [
            rule("Requests from the load balancer (8443, TLS)"),
            role("a".repeat(56)),
            database("identity-dev-wallet-db-0123abcd"),
            task("app", "log-router"),
            queue({ Team: "Équipe 1 + 2" }),
            { type: "aws:lb/targetGroup:TargetGroup", name: "public-a".repeat(9), inputs: { namePrefix: "a16let" } },
            { type: "aws:ssm/parameter:Parameter", inputs: { name: "/identity/dev/x/Y_Z" } },
            { type: "aws:kms/alias:Alias", inputs: { name: "alias/identity/dev" } },
        ],
        fails: [
            [rule("The ledger's web"), `AWS does not take its description, The ledger's web: ${GROUP}`],
            [role("a".repeat(57)), `its name has 65 characters, and AWS takes 64: ${"a".repeat(57)}-01…`],
            [
                database("identity-dev-a--b-db-0123abcd"),
                "AWS does not take its identifier, identity-dev-a--b-db-0123abcd: " +
                    "letters, digits and single dashes, a letter first and no dash last",
            ],
            [task("app", "log router"), "AWS does not take a container's name, log router: letters, digits, - and _"],
            [queue({ Team: "R&D" }), `AWS does not take its tag Team, R&D: ${TAG}`],
            [
                { type: "aws:lb/loadBalancer:LoadBalancer", name: "internal-x", inputs: {} },
                "AWS does not take its name, internal-x-0123456: letters, digits and dashes, none at either end, and not internal-",
            ],
            [
                { type: "aws:kms/alias:Alias", inputs: { name: "alias/aws/x" } },
                "AWS does not take its name, alias/aws/x: alias/ and letters, digits, / _ -",
            ],
        ],
    },
};
