import path from "node:path";
import { expect } from "chai";
import { typeEntry } from "../../../aws/types";
import { type PlannedStack, planStack } from "../../../automation/plan/plan-stack";
import type { ResourcePolicy } from "../../../policy/policy";
import { TEXT_POLICIES } from "../../../policy/rules/texts";
import { EVERYTHING, planEverything } from "../../stacks/everything";

const ROOT = path.join(__dirname, "../../..");
const STACKS: Record<string, () => Promise<PlannedStack>> = {
    dev: () => planStack({ root: ROOT, stack: "dev" }),
    prod: () => planStack({ root: ROOT, stack: "prod" }),
    ...Object.fromEntries(EVERYTHING.map((stack) => [stack, () => planEverything(stack)])),
};

const policy = TEXT_POLICIES[0] as ResourcePolicy;

/** How a property is called that is a name or a text. */
const TEXT = /^(bucket|.*(name|description|identifier|family|comment|alias|prefix))$/i;
/** Names of something else, which have a rule where that is made, or which AWS gave it. */
const REFERENCES =
    /^(bucket|clusterName|metricName|service(Name|Namespace)|\w+GroupName|caCertIdentifier|snapshotIdentifier|engineVersion|performanceInsightsKmsKeyId)$/;

describe("names and texts that go to AWS", () => {
    for (const [name, plan] of Object.entries(STACKS)) {
        it(`have a rule, and keep to it, in the stack ${name}`, async () => {
            const { resources } = await plan();
            const made = resources.filter(({ type }) => type.startsWith("aws:"));
            const texts = made.flatMap(({ type, inputs }) =>
                Object.entries(inputs)
                    .filter(
                        ([key, value]) => typeof value === "string" && TEXT.test(key) && !typeEntry(type)?.texts[key],
                    )
                    .filter(([key]) => !REFERENCES.test(key))
                    .map(([key]) => `${type} ${key}`),
            );
            expect([...new Set(texts)], "texts without a rule").to.deep.equal([]);
            const found = made.flatMap((resource) =>
                policy
                    .check({ ...resource, defaultTags: {} })
                    .map(({ what }) => `${resource.type} ${resource.name}: ${what}`),
            );
            expect(found).to.deep.equal([]);
        });
    }
});
