import { expect } from "chai";
import { stackJsonSchema } from "../../config/json-schema";
import { readConfig } from "../../config/load";
import { POLICY_NAMES } from "../../policy/policies";
import { DEV, handedOver, problemsOf, refusals } from "./support";

const exceptions = (...lines: string[]) =>
    `${DEV}agents: { issuer: {} }\npolicyExceptions:\n${lines.map((line) => `    - ${line}\n`).join("")}`;
const ONE = "{ policy: ecs-read-only-root, resource: issuer, reason: it compiles its templates }";

describe("exceptions to policies in a stack file", () => {
    it("are what the file says, and none where it is silent", () => {
        const read = (yaml: string) => readConfig(handedOver(yaml), "identity", () => false).config?.policyExceptions;
        expect(read(exceptions(ONE))).to.eql([
            { policy: "ecs-read-only-root", resource: "issuer", reason: "it compiles its templates" },
        ]);
        expect(read(`${DEV}agents: { issuer: {} }\n`)).to.eql([]);
    });

    refusals({
        "a policy that is nearly there": [
            exceptions("{ policy: ecs-readonly-root, resource: issuer, reason: why not }"),
            "identity:policyExceptions[0].policy",
            /^.*"ecs-readonly-root" is not a choice$/,
            /^did you mean ecs-read-only-root\? .*docs\/policies\.md/,
        ],
        "a policy that is nowhere": [
            exceptions("{ policy: everything, resource: issuer, reason: why not }"),
            "identity:policyExceptions[0].policy",
            /"everything" is not a choice/,
            /^one of ecs-no-public-address, .*, tags\./,
        ],
        "no reason": [
            exceptions(ONE, "{ policy: tags, resource: issuer }"),
            "identity:policyExceptions[1].reason",
            /is missing/,
            /Why it may be so/,
        ],
        "a reason that says nothing": [
            exceptions('{ policy: tags, resource: issuer, reason: " " }'),
            "identity:policyExceptions[0].reason",
            /" " is no reason/,
            /Why it may be so/,
        ],
        "no resource": [
            exceptions("{ policy: tags, reason: why not }"),
            "identity:policyExceptions[0].resource",
            /is missing/,
            /The resource's name/,
        ],
        "two for the same": [
            exceptions(ONE, "{ policy: tags, resource: issuer, reason: why not }", ONE),
            "identity:policyExceptions[2]",
            /ecs-read-only-root of issuer has an exception already, \[0\]/,
            /one, with one reason/,
        ],
        "one that is no list": [
            `${DEV}agents: { issuer: {} }\npolicyExceptions: { ecs-read-only-root: issuer }\n`,
            "identity:policyExceptions",
            /is a mapping of keys, and should be a list/,
            /each with its reason/,
        ],
    });

    it("are told with everything else that is wrong", () => {
        expect(problemsOf(`${exceptions("{ policy: tags, resource: x }")}logRetentionDays: 6\n`)).to.have.length(2);
    });

    it("are completed by an editor", () => {
        const { properties } = stackJsonSchema() as { properties: { config: { properties: Record<string, object> } } };
        const { items } = properties.config.properties["identity:policyExceptions"] as {
            items: { properties: { policy: { enum: string[] } }; required: string[] };
        };
        expect(items.properties.policy.enum).to.eql(POLICY_NAMES);
        expect(items.required).to.have.members(["policy", "resource", "reason"]);
    });
});
