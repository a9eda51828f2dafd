/** Parameters. The deploy policy lists SSM's actions in statements of its own, which are limited to the stack's path. */
import { items, PART, type ResourceTypes } from "./resource-type";
import { named } from "./simulated";
import { READABLE, upTo } from "./texts";

/** The price of an advanced parameter for a month, in every region; standard parameters are free. */
const ADVANCED = 0.05;

const READS = [
    "ssm:DescribeParameters",
    "ssm:ListTagsForResource",
    // Whether a parameter exists, and its version. An encrypted value is not decrypted (automation/bootstrap/policies.ts).
    "ssm:GetParameter",
    "ssm:GetParameters",
    "ssm:GetParametersByPath",
];

export const SSM = {
    "aws:ssm/parameter:Parameter": {
        ...PART,
        simulated: {
            id: named,
            outputs: ({ inputs }, place) => ({ arn: place.arn("ssm", `parameter${inputs.name}`), version: 1 }),
        },
        cost: { month: ({ tier }) => (tier === "Advanced" ? [items("advanced SSM parameter", 1, ADVANCED)] : []) },
        texts: {
            name: {
                takes: /^\/?(?!aws|ssm)[A-Za-z0-9_.-]+(\/[A-Za-z0-9_.-]+){0,14}$/i,
                most: 1011,
                words: "up to 15 parts of letters, digits and . _ -, and not aws or ssm first",
            },
            description: upTo(1024, READABLE),
        },
        laptop: "real",
        reads: READS,
        writes: [],
    },
} satisfies ResourceTypes;
