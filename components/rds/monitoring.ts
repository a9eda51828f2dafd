/** Enhanced Monitoring: what the operating system of an instance says of itself, in CloudWatch Logs. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { accountAndRegion, roleFor } from "../iam";

/** Seconds from one measurement to the next (RDS API reference, "MonitoringInterval"). 0 is none. */
export const MONITORING_SECONDS = [0, 1, 5, 10, 15, 30, 60] as const;
export type MonitoringSeconds = (typeof MONITORING_SECONDS)[number];

/** AWS's own policy for the role that RDS writes by. AWS changes it when RDS needs another action. */
export const MONITORING_POLICY = "service-role/AmazonRDSEnhancedMonitoringRole";

/** The only log group that RDS writes these to, one of the account and region: RDS makes it, and keeps lines for 30 days. */
export const MONITORING_LOG_GROUP = "RDSOSMetrics";

/** What an instance is given, and what has to be there before it: a role of its own. Nothing for 0. */
export function monitoring(
    name: string,
    seconds: MonitoringSeconds,
    parent: pulumi.Resource,
): { args: Pick<aws.rds.InstanceArgs, "monitoringInterval" | "monitoringRoleArn">; dependsOn: pulumi.Resource[] } {
    if (seconds === 0) return { args: {}, dependsOn: [] };
    const { partition } = accountAndRegion(parent);
    const role = roleFor(`${name}-monitoring`, "monitoring.rds.amazonaws.com", { parent });
    const policy = new aws.iam.RolePolicyAttachment(
        `${name}-monitoring`,
        { role: role.name, policyArn: pulumi.interpolate`arn:${partition}:iam::aws:policy/${MONITORING_POLICY}` },
        { parent },
    );
    return { args: { monitoringInterval: seconds, monitoringRoleArn: role.arn }, dependsOn: [policy] };
}
