/** Queues. */
import { PART, type ResourceTypes } from "./resource-type";
import { ACCOUNT, named, PLAIN } from "./simulated";
import { filled } from "./texts";

const READS = ["sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ListQueueTags"];

export const SQS = {
    "aws:sqs/queue:Queue": {
        ...PART,
        simulated: {
            id: named,
            outputs: ({ id }, place) => ({
                name: id,
                arn: place.arn("sqs", id),
                url: `https://sqs.${place.region}.amazonaws.com/${ACCOUNT}/${id}`,
            }),
        },
        cost: { use: () => "messages" },
        texts: {
            // SQS API reference, CreateQueue: the name of a FIFO queue ends in .fifo.
            name: filled({
                takes: /^[A-Za-z0-9_-]+(\.fifo)?$/,
                most: 80,
                words: "letters, digits, - and _, with .fifo behind them or not",
            }),
        },
        laptop: "rendered", // where a task role names it
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
