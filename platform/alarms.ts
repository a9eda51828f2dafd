/** The alarms of a stack: whom they tell, and those that belong to no single component. */
import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { AlarmTopic } from "../components/alarm-topic";
import { Alarms } from "../components/alarms";
import { alarmDashboard } from "../components/alarms/dashboard";
import { pages } from "../components/alarms/pages";
import type { Backups } from "../components/backups";
import { EventAlarms } from "../components/event-alarms";
import type { PlatformConfig } from "../config/defaults";
import { databaseOfServices } from "../config/instances";
import type { District } from "./district";

/** The topic that the stack file names, or one for those whom it names; undefined where it names nobody. */
export function alarmTopic(
    { alarmTopicArn, alarms: { emails, webhooks, slack, teams } }: PlatformConfig,
    opts: { provider: aws.Provider },
): pulumi.Input<string> | undefined {
    const told = emails.length + webhooks.length + slack.length + teams.length;
    if (alarmTopicArn !== undefined || told === 0) return alarmTopicArn;
    return new AlarmTopic("alarms", { emails, webhooks, slack, teams }, opts).arn;
}

export function newAlarms(
    { alarms: { enabled, settings, slo }, containerInsights }: PlatformConfig,
    topicArn: pulumi.Input<string> | undefined,
): Alarms | undefined {
    return enabled ? new Alarms({ topicArn, settings, slo, containerInsights, onePage: true }) : undefined;
}

/** Those of the network, and of what ECS, RDS and AWS Backup tell of; and the dashboard. To be called last: it has to know everything. */
export function alarmsOfTheWhole(district: District, backups: Backups | undefined): void {
    const { alarms, vpc, cluster, opts, config } = district;
    if (!alarms) return;
    const databases = district.instanceIdentifiers();
    const events = new EventAlarms("platform", { alarms, cluster, databases, vault: backups }, opts);
    vpc.natGatewayIds.forEach((NatGatewayId, i) => {
        const metric = {
            namespace: "AWS/NATGateway",
            name: "ErrorPortAllocation",
            stat: "Sum" as const,
            dimensions: { NatGatewayId },
        };
        alarms.make({ name: "vpc", kind: "nat-ports", suffix: String(i + 1), measured: { metric } }, { parent: vpc });
    });
    pages(alarms, databaseOfServices(config), { parent: events });
    alarmDashboard(
        `${pulumi.getProject()}-${pulumi.getStack()}`,
        { alarms, region: config.region },
        { parent: events },
    );
}
