/** Queues. */
import { PART, type ResourceTypes } from "./resource-type";
import { PLAIN } from "./simulated";
import { filled } from "./texts";

const READS = ["sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ListQueueTags"];

export const SQS = {
    "aws:sqs/queue:Queue": {
        ...PART,
        simulated: PLAIN,
        cost: { use: () => "messages" },
        texts: {
            // SQS API reference, CreateQueue: the name of a FIFO queue ends in .fifo.
            name: filled({
                takes: /^[A-Za-z0-9_-]+(\.fifo)?$/,
                most: 80,
                words: "letters, digits, - and _, with .fifo behind them or not",
            }),
        },
        laptop: "real",
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
