/** Channels of Slack and Microsoft Teams that are told of alarms (Amazon Q Developer in chat applications, AWS Chatbot before). */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { accountAndRegion, policyDocument, roleFor } from "../iam";

export interface SlackChannel {
    /** The id of the workspace: `T07EA123LEP`. */
    workspace: string;
    /** The id of the channel: `C07EZ1ABC23`. */
    channel: string;
}

export interface TeamsChannel {
    /** The id of the tenant, a UUID: `tenantId` in the channel's link. */
    tenant: string;
    /** The id of the team, a UUID: `groupId` in the channel's link. */
    team: string;
    /** The id of the channel, as in its link or decoded: `19:…@thread.tacv2`. */
    channel: string;
}

interface ChatArgs {
    topicArn: pulumi.Input<string>;
    slack: readonly SlackChannel[];
    teams: readonly TeamsChannel[];
}

/** What the graph beside an alarm takes; none of these has a resource (service authorization reference, Amazon CloudWatch). */
const GRAPH_READS = ["cloudwatch:GetMetricStatistics", "cloudwatch:GetMetricWidgetImage"];
/** The same for a boundary, which has little room. */
export const CHAT_READS = ["cloudwatch:Describe*", "cloudwatch:Get*"];

/** AWS's policy above which no role of the channel goes, whatever it says. AWS's default is AdministratorAccess. */
const GUARDRAIL = "CloudWatchReadOnlyAccess";

/**
 * Subscribes channels to a topic. AWS subscribes by a role of its own (AWSServiceRoleForAWSChatbot), and SNS hands messages on decrypted, so that
 * neither the topic's policy nor its key has to name the service.
 */
export function chatChannels(name: string, { topicArn, slack, teams }: ChatArgs, parent: pulumi.Resource): void {
    if (slack.length + teams.length === 0) return;
    const child = { parent };
    const role = roleFor(`${name}-chat`, "chatbot.amazonaws.com", child);
    const { account, partition, region } = accountAndRegion(parent);
    const policy = policyDocument([
        { Effect: "Allow", Action: GRAPH_READS, Resource: "*" },
        {
            Effect: "Allow",
            Action: "cloudwatch:DescribeAlarms",
            Resource: pulumi.interpolate`arn:${partition}:cloudwatch:${region}:${account}:alarm:*`,
        },
    ]);
    const rolePolicy = new aws.iam.RolePolicy(`${name}-chat`, { role: role.name, policy }, child);
    const opts = { ...child, dependsOn: [rolePolicy] };
    const common = {
        iamRoleArn: role.arn,
        snsTopicArns: [topicArn],
        guardrailPolicyArns: [pulumi.interpolate`arn:${partition}:iam::aws:policy/${GUARDRAIL}`],
    };
    for (const { workspace, channel } of slack) {
        new aws.chatbot.SlackChannelConfiguration(
            `${name}-${channel}`,
            {
                ...common,
                configurationName: channelName(pulumi.getProject(), pulumi.getStack(), channel),
                slackTeamId: workspace,
                slackChannelId: channel,
            },
            opts,
        );
    }
    for (const { tenant, team, channel } of teams) {
        // The provider finds a configuration by its team: so it is called after the team, and another channel changes it in place.
        new aws.chatbot.TeamsChannelConfiguration(
            `${name}-${team}`,
            {
                ...common,
                configurationName: channelName(pulumi.getProject(), pulumi.getStack(), team),
                tenantId: tenant,
                teamId: team,
                channelId: channel.replace(":", "%3A").replace("@", "%40"), // the API takes it encoded, as it is in a link
            },
            opts,
        );
    }
}

/** One for all of the account: the deploy role tells a stack's own by its beginning. */
export const channelName = (project: string, stack: string, id: string) =>
    `${project}-${stack}-${id}`.replace(/[^A-Za-z0-9_-]/g, "-");
