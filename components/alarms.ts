import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Targets } from "./alarms/targets";
import { ALARM_KINDS, type AlarmKind, type AlarmKindName } from "./alarms/kinds";

/**
 * @example
 * const alarms = new Alarms({
 *     topicArn: "arn:aws:sns:eu-central-1:123456789012:on-call",
 *     settings: { latency: { threshold: 10 }, "shop-web/errors": { muted: "the old API, until June" } },
 * });
 * new Endpoint("shop", { vpc, allowedCidrs: ["0.0.0.0/0"], alarms });
 */
export interface AlarmsArgs {
    /** An SNS topic, which is told when an alarm begins to ring and when it is over. @default nobody is told: CloudWatch shows it */
    topicArn?: pulumi.Input<string>;
    /**
     * Whether the clusters have Container Insights. Without it nobody counts the tasks that run, and there is no alarm `tasks`.
     * @default false
     */
    containerInsights?: boolean;
    /**
     * Have what users notice of a service or a load balancer tell nobody by itself. `pages` makes one alarm of it, which tells the topic.
     * @default false: each alarm tells the topic
     */
    onePage?: boolean;
    /** Changes to alarms, by `<kind>` or, which goes first, by `<resource>/<kind>`. @default none */
    settings?: Readonly<Record<string, AlarmSetting>>;
    /**
     * What services promise, by their names. Alarms on it tell nobody by themselves, since only several of them together say something: `onePage`
     * and `pages` tell. @default nothing
     * @example { "shop-web": { availability: 99.9, latency: { ms: 500, percent: 99 } } }
     */
    slo?: Readonly<Record<string, Targets>>;
}

export interface AlarmSetting {
    /** When it rings, in the unit of its kind (`ALARM_KINDS`). @default the kind's */
    threshold?: number;
    /** Why nobody is told of it. It stays in CloudWatch, and no deployment goes back because of it. @default somebody is told */
    muted?: string;
}

export interface Metric {
    namespace: string;
    name: string;
    /** `PR(:0.5)`: the percentage of values up to 0.5. */
    stat: "Sum" | "Average" | "Minimum" | "Maximum" | "SampleCount" | "p95" | `PR(:${number})`;
    dimensions: Record<string, pulumi.Input<string>>;
}

/** One metric, or an expression of several by their names. */
export type Measured = { metric: Metric } | { expression: string; metrics: Record<string, Metric> };

export interface Watched {
    /** The name of the resource, which the alarm's begins with. */
    name: string;
    kind: AlarmKindName;
    /** What tells it from another one of the same kind and resource. @default nothing */
    suffix?: string;
    measured: Measured;
    /** The kind's threshold, where it depends on the resource. `settings` go first. @default the kind's */
    threshold?: number;
    /** From the unit of `threshold` to the metric's, e.g. from percent to bytes. @default the same */
    toMetric?: (threshold: number) => number;
    /** Seconds of a datapoint, where they are not the kind's: a window of a target. @default the kind's */
    period?: number;
    /** What it has in common with other alarms of the resource, where a page tells of them only if all ring. @default it rings alone */
    together?: string;
    /** What happened, for an alarm on an event. @default what its kind says */
    says?: string;
}

/**
 * Makes alarms in CloudWatch for what a component creates: the component says what is measured, `ALARM_KINDS` says when it rings and why, and
 * the stack whom it tells. Each says in its description what to do.
 *
 * **Cost**: 0.10 USD a month for each metric of an alarm.
 */
export class Alarms {
    /** Every alarm that was made, with what it watches, for a dashboard. */
    readonly made: { watched: Watched; alarm: aws.cloudwatch.MetricAlarm; muted: boolean }[] = [];
    /** The names of the composite alarms that `pages` made. */
    readonly pages: pulumi.Output<string>[] = [];
    readonly containerInsights: boolean;
    readonly topicArn: pulumi.Input<string> | undefined;
    /** Whether `pages` tells of what users notice: somebody is told, once. */
    readonly onePage: boolean;

    constructor(private readonly args: AlarmsArgs = {}) {
        this.containerInsights = args.containerInsights ?? false;
        this.topicArn = args.topicArn;
        this.onePage = args.topicArn !== undefined && (args.onePage ?? false);
    }

    make(watched: Watched, opts: pulumi.CustomResourceOptions): MadeAlarm {
        const { name, kind: kindName, suffix, measured } = watched;
        const kind: AlarmKind = ALARM_KINDS[kindName];
        const { muted, threshold = watched.threshold ?? kind.threshold } = this.settingOf(name, kindName);
        const { topicArn } = this;
        const byPage = (this.onePage && kind.noticed) || kind.of === "target";
        const actions = topicArn === undefined || muted !== undefined || byPage ? [] : [topicArn];
        const says = watched.says ?? kind.says(threshold);
        const alarm = new aws.cloudwatch.MetricAlarm(
            [name, suffix, kindName].filter(Boolean).join("-"),
            {
                alarmDescription:
                    `${name}: ${says}. What to do: docs/alarms.md#${kindName}` +
                    (muted === undefined ? "" : `. Muted: ${muted}`),
                ...queries(measured, watched.period ?? kind.period),
                comparisonOperator: kind.comparison,
                threshold: watched.toMetric?.(threshold) ?? threshold,
                evaluationPeriods: kind.periods,
                datapointsToAlarm: kind.datapoints,
                treatMissingData: kind.missing,
                alarmActions: actions,
                okActions: actions,
            },
            opts,
        );
        this.made.push({ watched, alarm, muted: muted !== undefined });
        return { name: alarm.name, muted: muted !== undefined };
    }

    targetsOf(name: string): Targets {
        return this.args.slo?.[name] ?? {};
    }

    private settingOf(name: string, kind: AlarmKindName): AlarmSetting {
        const { settings = {} } = this.args;
        return { ...settings[kind], ...settings[`${name}/${kind}`] };
    }
}

export interface MadeAlarm {
    readonly name: pulumi.Output<string>;
    readonly muted: boolean;
}

function queries(measured: Measured, period: number): Partial<aws.cloudwatch.MetricAlarmArgs> {
    if ("metric" in measured) {
        const { namespace, name, stat, dimensions } = measured.metric;
        const statistic = stat === "p95" ? { extendedStatistic: stat } : { statistic: stat };
        return { namespace, metricName: name, ...statistic, dimensions, period };
    }
    const { expression, metrics } = measured;
    return {
        metricQueries: [
            { id: "result", expression, label: expression, returnData: true },
            ...Object.entries(metrics).map(([id, { namespace, name, stat, dimensions }]) => ({
                id,
                metric: { namespace, metricName: name, stat, dimensions, period },
            })),
        ],
    };
}
