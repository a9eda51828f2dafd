/** Queues that keep what EventBridge tells: failed runs, failed deployments and the like. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** Two weeks, the most that SQS keeps a message. */
const KEEP_SECONDS = 14 * 24 * 3600;

export const eventQueue = (name: string, opts: pulumi.CustomResourceOptions) =>
    new aws.sqs.Queue(name, { messageRetentionSeconds: KEEP_SECONDS, sqsManagedSseEnabled: true }, opts);

/** Lets rules of EventBridge, by their ARNs, and nothing else of it, send to a queue. */
export function letEventsIn(
    name: string,
    queue: aws.sqs.Queue,
    rules: pulumi.Input<string> | pulumi.Input<string>[],
    opts: pulumi.CustomResourceOptions,
): void {
    new aws.sqs.QueuePolicy(
        name,
        {
            queueUrl: queue.url,
            policy: pulumi.jsonStringify({
                Version: "2012-10-17",
                Statement: [
                    {
                        Effect: "Allow",
                        Principal: { Service: "events.amazonaws.com" },
                        Action: "sqs:SendMessage",
                        Resource: queue.arn,
                        Condition: { ArnEquals: { "aws:SourceArn": rules } },
                    },
                ],
            }),
        },
        opts,
    );
}
