/** Queues. */
import { PART, type ResourceTypes } from "./resource-type";
import { PLAIN } from "./simulated";
import { DASHED, filled, upTo } from "./texts";

const READS = ["sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ListQueueTags"];

export const SQS = {
    "aws:sqs/queue:Queue": {
        ...PART,
        simulated: PLAIN,
        cost: { use: () => "messages" },
        texts: { name: filled(upTo(80, DASHED)) },
        laptop: "left out", // a dead-letter queue: it keeps scheduled tasks that did not start
        reads: READS,
        writes: ["sqs:CreateQueue", "sqs:DeleteQueue", "sqs:SetQueueAttributes", "sqs:TagQueue", "sqs:UntagQueue"],
    },
    "aws:sqs/queuePolicy:QueuePolicy": {
        ...PART,
        simulated: PLAIN,
        texts: {},
        laptop: "left out",
        reads: READS,
        writes: ["sqs:SetQueueAttributes"],
    },
} satisfies ResourceTypes;
