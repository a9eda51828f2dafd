/** Queues. */
import { PART, type ResourceTypes } from "./resource-type";
import { PLAIN } from "./simulated";
import { DASHED, filled, upTo } from "./texts";

/** `arn:aws:sqs:eu-west-1:123456789012:jobs` */
function queueUrl(arn: string): string {
    const [, partition, , region, account, name] = arn.split(":");
    return `https://sqs.${region}.amazonaws.com${partition === "aws-cn" ? ".cn" : ""}/${account}/${name}`;
}

export const SQS = {
    "aws:sqs/queue:Queue": {
        ...PART,
        simulated: PLAIN,
        cost: { use: () => "messages" },
        search: { byTags: "sqs", id: queueUrl },
        texts: { name: filled(upTo(80, DASHED)) },
        laptop: "left out", // it keeps scheduled tasks that did not start
        actions: ["sqs:CreateQueue", "sqs:DeleteQueue", "sqs:SetQueueAttributes", "sqs:TagQueue", "sqs:UntagQueue"],
    },
    "aws:sqs/queuePolicy:QueuePolicy": {
        ...PART,
        simulated: PLAIN,
        search: { byName: (i) => i.queueUrl },
        texts: {},
        laptop: "left out",
        actions: ["sqs:SetQueueAttributes"],
    },
} satisfies ResourceTypes;
