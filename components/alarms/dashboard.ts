import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Alarms, Metric, Watched } from "../alarms";
import type { AlarmKindName } from "./kinds";

/** The graphs, in the order in which somebody looks who was woken: do users see errors, why, and what is behind it. */
const GRAPHS: readonly { title: string; kinds: readonly AlarmKindName[] }[] = [
    { title: "Errors, % of requests", kinds: ["errors"] },
    { title: "Time to answer, 95th percentile, seconds", kinds: ["latency"] },
    { title: "Healthy targets", kinds: ["unhealthy"] },
    {
        title: "Errors of the load balancers themselves",
        kinds: ["balancer-errors", "rejected-connections", "target-tls", "client-tls"],
    },
    { title: "Requests that missed a target, %", kinds: ["availability", "latency-target"] },
    { title: "CPU of tasks, %", kinds: ["cpu"] },
    { title: "Memory of tasks, %", kinds: ["memory"] },
    { title: "CPU of databases, %", kinds: ["database-cpu"] },
    { title: "Connections to databases", kinds: ["database-connections"] },
    { title: "Free storage of databases, bytes", kinds: ["database-storage"] },
    { title: "Time of a read or a write, seconds", kinds: ["database-latency"] },
    { title: "Failed log-ins and deliveries", kinds: ["failed-log-ins", "failed-deliveries"] },
];

/** CloudWatch's grid has 24 columns. */
const COLUMNS = 24;
const [WIDTH, HEIGHT] = [12, 6];
/** What one widget takes (CloudWatch API reference, "Dashboard body structure"). */
const MOST_ALARMS = 100;
const MOST_METRICS = 500;

/**
 * A dashboard of what a stack's alarms watch: the alarms with their states on top, and a graph for each question below.
 *
 * @example
 * alarmDashboard("identity-prod", { alarms, region }, { provider });
 */
export function alarmDashboard(
    name: string,
    { alarms, region }: { alarms: Alarms; region: string },
    opts: pulumi.CustomResourceOptions,
): void {
    const widgets: Widget[] = [];
    for (let first = 0; first < alarms.made.length; first += MOST_ALARMS) {
        const arns = alarms.made.slice(first, first + MOST_ALARMS).map(({ alarm }) => alarm.arn);
        widgets.push({ type: "alarm", width: COLUMNS, properties: { title: "Alarms", alarms: arns } });
    }
    for (const { title, kinds } of GRAPHS) {
        const watched = alarms.made.map((one) => one.watched).filter(({ kind }) => kinds.includes(kind));
        const metrics = watched.flatMap(graphLines).slice(0, MOST_METRICS);
        if (metrics.length === 0) continue;
        widgets.push({ type: "metric", width: WIDTH, properties: { title, region, period: 60, metrics } });
    }
    new aws.cloudwatch.Dashboard(
        "platform",
        { dashboardName: name, dashboardBody: pulumi.jsonStringify({ widgets: placed(widgets) }) },
        opts,
    );
}

interface Widget {
    type: "alarm" | "metric";
    width: number;
    properties: Record<string, unknown>;
}

/** From left to right, and on in the next row where one is full. */
function placed(widgets: readonly Widget[]) {
    let [x, y] = [0, 0];
    return widgets.map((widget) => {
        if (x + widget.width > COLUMNS) [x, y] = [0, y + HEIGHT];
        const place = { ...widget, x, y, height: HEIGHT };
        x += widget.width;
        return place;
    });
}

/** The lines of a graph for one alarm: its metric; or its expression, with the metrics that this one is made of out of sight. */
function graphLines({ name, suffix, measured, period }: Watched, index: number): unknown[] {
    const label = [name, suffix].filter(Boolean).join("-");
    if ("metric" in measured) return [[...path(measured.metric), { label, stat: measured.metric.stat }]];
    // An id is unique in its graph.
    const unique = (id: string) => `${id}${index}`;
    const ids = Object.keys(measured.metrics);
    const expression = measured.expression.replace(/[a-z]+/g, (word) => (ids.includes(word) ? unique(word) : word));
    const hidden = Object.entries(measured.metrics).map(([id, metric]) => [
        ...path(metric),
        { id: unique(id), stat: metric.stat, visible: false, ...(period && { period }) },
    ]);
    return [[{ expression, label, id: `result${index}` }], ...hidden];
}

const path = ({ namespace, name, dimensions }: Metric) => [namespace, name, ...Object.entries(dimensions).flat()];
