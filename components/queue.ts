import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Statement } from "./iam";
import { tlsOnly } from "./tls-only";

/**
 * @example
 * const jobs = new Queue("blog-jobs", { visibilitySeconds: 60 });
 * // a FargateService with taskRoleStatements: queueStatements(jobs.arn)
 */
export interface QueueArgs {
    /** Seconds in which a message that somebody took is nobody else's: longer than the work on one takes. @default 30 */
    visibilitySeconds?: number;
    /** In order, and each message once. Another choice makes the queue anew. @default false */
    fifo?: boolean;
    /** Refuse to delete or replace it. @default false */
    protect?: boolean;
}

export const QUEUE_VISIBILITY_SECONDS = 30;
/** How often a message is taken before it goes among the dead letters. */
const ATTEMPTS = 5;
/** Two weeks, the most that SQS keeps a message. */
const KEEP_SECONDS = 14 * 24 * 3600;

/** A queue of an application, and beside it one of the messages that nobody could work off. Both are encrypted, and take TLS alone. */
export class Queue extends pulumi.ComponentResource {
    readonly url: pulumi.Output<string>;
    readonly arn: pulumi.Output<string>;
    readonly name: pulumi.Output<string>;
    /** Where messages are that were taken five times, and never taken out. */
    readonly deadLettersUrl: pulumi.Output<string>;

    constructor(name: string, args: QueueArgs = {}, opts?: pulumi.ComponentResourceOptions) {
        super("identity:index:Queue", name, {}, opts);
        const own = (suffix: string) =>
            `${pulumi.getProject()}-${pulumi.getStack()}-${name}${suffix}${args.fifo ? ".fifo" : ""}`;
        const shared = { fifoQueue: args.fifo ? true : undefined, sqsManagedSseEnabled: true };
        const options = { parent: this, protect: args.protect };
        const dead = new aws.sqs.Queue(
            `${name}-dlq`,
            { ...shared, name: own("-dlq"), messageRetentionSeconds: KEEP_SECONDS },
            options,
        );
        const queue = new aws.sqs.Queue(
            name,
            {
                ...shared,
                name: own(""),
                visibilityTimeoutSeconds: args.visibilitySeconds ?? QUEUE_VISIBILITY_SECONDS,
                messageRetentionSeconds: KEEP_SECONDS,
                redrivePolicy: pulumi.jsonStringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: ATTEMPTS }),
            },
            options,
        );
        for (const [each, of] of [
            [name, queue],
            [`${name}-dlq`, dead],
        ] as const) {
            new aws.sqs.QueuePolicy(each, { queueUrl: of.url, policy: tlsOnly("sqs:*", [of.arn]) }, { parent: this });
        }
        this.url = queue.url;
        this.arn = queue.arn;
        this.name = queue.name;
        this.deadLettersUrl = dead.url;
        this.registerOutputs({ url: this.url, arn: this.arn, deadLettersUrl: this.deadLettersUrl });
    }
}

/** What an application needs to fill a queue and to work it off. */
export const queueStatements = (arn: pulumi.Input<string>): Statement[] => [
    { Effect: "Allow", Action: [...QUEUE_ACTIONS], Resource: arn },
];

export const QUEUE_ACTIONS = [
    "sqs:SendMessage",
    "sqs:ReceiveMessage",
    "sqs:DeleteMessage",
    "sqs:ChangeMessageVisibility",
    "sqs:GetQueueAttributes",
    "sqs:GetQueueUrl",
] as const;
