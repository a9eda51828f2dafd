import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Alarms, Measured, Metric, Watched } from "../alarms";
import type { AlarmKindName } from "./kinds";

/** The graphs, in the order in which somebody looks who was woken: do users see errors, why, and what is behind it. */
const GRAPHS: readonly Graph[] = [
    { title: "Errors, % of requests", kinds: ["errors"] },
    { title: "Requests a minute", kinds: ["errors"], measured: of("requests", {}) },
    { title: "Time to answer, 95th percentile, seconds", kinds: ["latency"] },
    { title: "Healthy targets", kinds: ["unhealthy"] },
    {
        title: "Errors of the load balancers themselves",
        kinds: ["balancer-errors", "rejected-connections", "target-tls", "client-tls"],
    },
    { title: "Requests that missed a target, %", kinds: ["availability", "latency-target"] },
    // Of a service that does not roll it is one.
    {
        title: "Deployments under way",
        kinds: ["tasks"],
        measured: of("running", { name: "DeploymentCount", stat: "Maximum" }),
    },
    { title: "Tasks that should run and do not", kinds: ["tasks"] },
    { title: "CPU of tasks, %", kinds: ["cpu"] },
    { title: "Memory of tasks, %", kinds: ["memory"] },
    { title: "CPU of databases, %", kinds: ["database-cpu"] },
    { title: "Connections to databases", kinds: ["database-connections"] },
    { title: "Free storage of databases, bytes", kinds: ["database-storage"] },
    { title: "Time of a read or a write, seconds", kinds: ["database-latency"] },
    { title: "Failed log-ins and deliveries", kinds: ["failed-log-ins", "failed-deliveries"] },
];

interface Graph {
    title: string;
    kinds: readonly AlarmKindName[];
    /** @default what the alarms measure */
    measured?: (of: Measured) => Measured;
}

/** Of what an alarm's expression is made of, one metric, or its neighbour. */
function of(id: string, changes: Partial<Metric>) {
    return (measured: Measured): Measured =>
        "metric" in measured ? measured : { metric: { ...measured.metrics[id]!, ...changes } };
}

/** CloudWatch's grid has 24 columns. */
const COLUMNS = 24;
const [WIDTH, HEIGHT] = [12, 6];
/** What one widget takes (CloudWatch API reference, "Dashboard body structure"). */
const MOST_ALARMS = 100;
/** What a widget and what a dashboard takes, metrics out of sight included (CloudWatch user guide, "CloudWatch service quotas"). */
const [MOST_METRICS, MOST_METRICS_OF_ALL] = [500, 2500];

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
    let room = MOST_METRICS_OF_ALL;
    for (const { title, kinds, measured = (same: Measured) => same } of GRAPHS) {
        const watched = alarms.made.map((alarm) => alarm.watched).filter(({ kind }) => kinds.includes(kind));
        const lines = watched.map((each, i) =>
            graphLines({ ...each, measured: measured(each.measured) }, i, kinds.length > 1),
        );
        const shown = fitting(lines, Math.min(MOST_METRICS, room));
        if (shown.length === 0) continue;
        const metrics = shown.flat();
        room -= metrics.length;
        const of = shown.length < lines.length ? ` (the first ${shown.length} of ${lines.length})` : "";
        widgets.push({ type: "metric", width: WIDTH, properties: { title: title + of, region, period: 60, metrics } });
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

/** The first groups that are together no more than `most`: an expression without one of its metrics is no graph. */
function fitting(groups: readonly unknown[][], most: number): unknown[][] {
    let size = 0;
    return groups.slice(0, groups.filter((group) => (size += group.length) <= most).length);
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

/**
 * The lines of a graph for one alarm: its metric; or its expression, with the metrics that this one is made of out of sight. Where a graph has
 * several kinds, a line is called after its own, too.
 */
function graphLines({ name, suffix, kind, measured, period }: Watched, index: number, ofKinds: boolean): unknown[] {
    const label = [name, suffix, ofKinds && kind].filter(Boolean).join("-");
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
