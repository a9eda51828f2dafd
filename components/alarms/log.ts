/** An alarm on what a service writes into its log. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Alarms } from "../alarms";
import type { AlarmKindName } from "./kinds";

interface LogLines {
    kind: Extract<AlarmKindName, "failed-log-ins" | "failed-deliveries">;
    logGroup: pulumi.Input<string>;
    /** Words that a line has, by CloudWatch Logs' syntax of filter patterns. */
    pattern: string;
}

/** Counts the lines that match, and rings where they are too many. **Cost**: 0.30 USD a month for the metric, 0.10 for the alarm. */
export function logAlarm(
    alarms: Alarms,
    name: string,
    { kind, logGroup, pattern }: LogLines,
    opts: pulumi.CustomResourceOptions,
): void {
    const namespace = `${pulumi.getProject()}/${pulumi.getStack()}`;
    const metricName = `${name}-${kind}`;
    new aws.cloudwatch.LogMetricFilter(
        metricName,
        {
            logGroupName: logGroup,
            pattern,
            metricTransformation: { namespace, name: metricName, value: "1", defaultValue: "0" },
        },
        opts,
    );
    const metric = { namespace, name: metricName, stat: "Sum" as const, dimensions: {} };
    alarms.make({ name, kind, measured: { metric } }, opts);
}
