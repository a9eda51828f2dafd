/** Queues. */
import { PART, type ResourceTypes } from "./resource-type";
import { PLAIN } from "./simulated";
import { DASHED, filled, upTo } from "./texts";

export const SQS = {
    "aws:sqs/queue:Queue": {
        ...PART,
        simulated: PLAIN,
        cost: { use: () => "messages" },
        texts: { name: filled(upTo(80, DASHED)) },
        laptop: "left out", // it keeps scheduled tasks that did not start
        actions: ["sqs:CreateQueue", "sqs:DeleteQueue", "sqs:SetQueueAttributes", "sqs:TagQueue", "sqs:UntagQueue"],
    },
    "aws:sqs/queuePolicy:QueuePolicy": {
        ...PART,
        simulated: PLAIN,
        texts: {},
        laptop: "left out",
        actions: ["sqs:SetQueueAttributes"],
    },
} satisfies ResourceTypes;
