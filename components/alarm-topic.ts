import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { chatChannels, type SlackChannel, type TeamsChannel } from "./alarms/chat";
import { accountAndRegion } from "./iam";
import { serviceKey } from "./service-key";

/**
 * @example
 * const topic = new AlarmTopic("alarms", { emails: ["on-call@example.com"] });
 * const alarms = new Alarms({ topicArn: topic.arn });
 */
export interface AlarmTopicArgs {
    /** Who is told by e-mail. AWS sends each a link first, and tells nothing before it was followed. @default none */
    emails?: readonly string[];
    /** Addresses that SNS posts to, as PagerDuty, Opsgenie and incident.io give one. @default none */
    webhooks?: readonly string[];
    /**
     * Channels of Slack, through Amazon Q Developer in chat applications. A person authorises the workspace in AWS's console first; without that,
     * and for a channel that the account has a configuration of already, AWS refuses to make one. @default none
     */
    slack?: readonly SlackChannel[];
    /** Channels of Microsoft Teams, in the same way; one to a team, in all of the account. @default none */
    teams?: readonly TeamsChannel[];
}

/**
 * Tells people of alarms: an encrypted topic, to which the alarms of this account alone may publish.
 *
 * Its key is its own, since CloudWatch has to be let in by the key's policy: with AWS's key for SNS no alarm reaches anybody (SNS developer
 * guide, "Key management"). **Cost**: 1 USD a month for the key.
 */
export class AlarmTopic extends pulumi.ComponentResource {
    readonly arn: pulumi.Output<string>;

    constructor(name: string, args: AlarmTopicArgs, opts?: pulumi.ComponentResourceOptions) {
        super("identity:index:AlarmTopic", name, {}, opts);
        const child = { parent: this };
        const { account } = accountAndRegion(this);
        const fromAlarms = { StringEquals: { "aws:SourceAccount": account } };
        const cloudWatch = { Service: "cloudwatch.amazonaws.com" };
        const key = serviceKey(
            name,
            {
                description: `Messages of the alarms of ${pulumi.getProject()}, ${pulumi.getStack()}`,
                deletionWindowInDays: 7, // nothing is kept that needs it
                statement: {
                    Sid: "Alarms",
                    Effect: "Allow",
                    Principal: cloudWatch,
                    Action: ["kms:Decrypt", "kms:GenerateDataKey*"],
                    Resource: "*",
                    Condition: fromAlarms,
                },
            },
            this,
        );
        const topic = new aws.sns.Topic(name, { kmsMasterKeyId: key.arn }, child);
        new aws.sns.TopicPolicy(
            name,
            {
                arn: topic.arn,
                policy: pulumi.jsonStringify({
                    Version: "2012-10-17",
                    Statement: [
                        {
                            Sid: "Alarms",
                            Effect: "Allow",
                            Principal: cloudWatch,
                            Action: "sns:Publish",
                            Resource: topic.arn,
                            Condition: fromAlarms,
                        },
                    ],
                }),
            },
            child,
        );
        const subscribers = [
            ...(args.emails ?? []).map((endpoint) => ({ protocol: "email", endpoint })),
            ...(args.webhooks ?? []).map((endpoint) => ({ protocol: "https", endpoint })),
        ];
        for (const { protocol, endpoint } of subscribers) {
            new aws.sns.TopicSubscription(
                `${name}-${endpoint.replace(/^https:\/\//, "")}`,
                { topic: topic.arn, protocol, endpoint },
                child,
            );
        }
        chatChannels(name, { topicArn: topic.arn, slack: args.slack ?? [], teams: args.teams ?? [] }, this);
        this.arn = topic.arn;
        this.registerOutputs({ arn: this.arn });
    }
}
