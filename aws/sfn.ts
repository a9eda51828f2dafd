/** Step Functions. */
import { PART, type ResourceTypes } from "./resource-type";
import { named } from "./simulated";
import { DASHED, filled, upTo } from "./texts";

const READS = [
    "states:DescribeStateMachine",
    "states:ListStateMachineVersions",
    "states:ListTagsForResource",
    // whether a stack is asleep
    "states:ListExecutions",
    "states:DescribeExecution",
    "states:GetExecutionHistory",
    "states:ValidateStateMachineDefinition", // the provider calls it in each preview of a new definition
];

export const SFN = {
    "aws:sfn/stateMachine:StateMachine": {
        ...PART,
        simulated: {
            id: named,
            outputs: ({ id }, place) => ({ arn: place.arn("states", `stateMachine:${id}`), name: id }),
        },
        cost: {
            use: () => "deployments of applications by their CI, and off hours: 0.025 USD for 1,000 state transitions",
        },
        // Step Functions accepts more characters, but then CloudWatch Logs does not log it (CreateStateMachine, "name").
        texts: { name: filled(upTo(80, DASHED)) },
        laptop: "left out",
        reads: READS,
        writes: [
            "states:CreateStateMachine",
            "states:UpdateStateMachine",
            "states:DeleteStateMachine",
            "states:StartExecution", // a stack that is asleep is woken before an update
            "states:TagResource",
            "states:UntagResource",
        ],
    },
} satisfies ResourceTypes;
