/** An alarm on what a service writes into its log. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Alarms } from "../alarms";
import type { AlarmKindName } from "./kinds";

/** Words that a line has, by CloudWatch Logs' syntax of filter patterns. */
export const LOG_PATTERNS = {
    /** How Keycloak's log names a log-in that failed (its event listener jboss-logging, at the level WARN that it has by default). */
    "failed-log-ins": "LOGIN_ERROR",
    /** How ACA-Py's log names a message, or a webhook, that it has given up to deliver (1.7, transport/outbound/manager.py). */
    "failed-deliveries": '"failed to deliver"',
} as const satisfies Partial<Record<AlarmKindName, string>>;

interface LogLines {
    kind: keyof typeof LOG_PATTERNS;
    logGroup: pulumi.Input<string>;
}

/** Counts the lines that match, and rings where they are too many. **Cost**: 0.30 USD a month for the metric, 0.10 for the alarm. */
export function logAlarm(
    alarms: Alarms,
    name: string,
    { kind, logGroup }: LogLines,
    opts: pulumi.CustomResourceOptions,
): void {
    const namespace = `${pulumi.getProject()}/${pulumi.getStack()}`;
    const metricName = `${name}-${kind}`;
    new aws.cloudwatch.LogMetricFilter(
        metricName,
        {
            logGroupName: logGroup,
            pattern: LOG_PATTERNS[kind],
            metricTransformation: { namespace, name: metricName, value: "1", defaultValue: "0" },
        },
        opts,
    );
    const metric = { namespace, name: metricName, stat: "Sum" as const, dimensions: {} };
    alarms.make({ name, kind, measured: { metric } }, opts);
}
