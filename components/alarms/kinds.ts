/**
 * The kinds of alarm: when each rings, and why then. docs/alarms.md has a section for each, which says what to do.
 *
 * The thresholds are for a platform that nobody watches: an alarm that rings means that users notice something, or will within days.
 */

/** What has alarms. `agents` and `keycloak` are services, too, and `target` is what one promises. */
export type AlarmOwner =
    "service" | "agents" | "keycloak" | "database" | "endpoint" | "network" | "platform" | "target";

export interface AlarmKind {
    readonly of: AlarmOwner;
    /** What is wrong, behind the name of what the alarm watches. */
    readonly says: (threshold: number) => string;
    readonly threshold: number;
    readonly unit: string;
    readonly comparison: "GreaterThanThreshold" | "LessThanThreshold" | "GreaterThanOrEqualToThreshold";
    /** Seconds of a datapoint, how many are looked at, and how many of them have to be over the threshold. */
    readonly period: number;
    readonly periods: number;
    readonly datapoints: number;
    /** What a datapoint means that is missing. */
    readonly missing: "notBreaching" | "breaching";
    /** Whether users notice it: then several ring for one cause, and one composite alarm tells of them all (`pages.ts`). */
    readonly noticed?: true;
}

const moreThan = (threshold: number, what: string) => (threshold === 0 ? what : `more than ${threshold} ${what}`);

const MINUTE = 60;
const DAY = 24 * 3600;
const OVER = { comparison: "GreaterThanThreshold", missing: "notBreaching" } as const;

export const ALARM_KINDS = {
    /** Rings for a fault of the application. ECS goes back to the version before where it rings during a deployment. */
    errors: {
        of: "service",
        noticed: true,
        ...OVER,
        says: (threshold) => `more than ${threshold} % of the requests, and five a minute, were answered with 5xx`,
        threshold: 1, // a promise of 99 % is broken
        unit: "% of requests",
        ...{ period: MINUTE, periods: 5, datapoints: 3 }, // one burst of a restart is over before
    },
    latency: {
        of: "service",
        noticed: true,
        ...OVER,
        says: (threshold) => `one request in twenty took longer than ${threshold} s`,
        threshold: 3, // people leave a page after some three seconds
        unit: "seconds (95th percentile)",
        ...{ period: MINUTE, periods: 10, datapoints: 8 },
    },
    /** The threshold is the number of tasks that the service never goes below. */
    unhealthy: {
        of: "service",
        noticed: true,
        comparison: "LessThanThreshold",
        missing: "notBreaching",
        says: (threshold) => `fewer than ${threshold} of its tasks pass the load balancer's health check`,
        threshold: 1,
        unit: "tasks",
        ...{ period: MINUTE, periods: 10, datapoints: 10 }, // a task that died is replaced within two or three minutes
    },
    cpu: {
        of: "service",
        ...OVER,
        says: (threshold) => `its tasks use more than ${threshold} % of their CPU, and autoscaling adds no more`,
        threshold: 90, // autoscaling's target is 70 %: above 90 % for 15 minutes it has come to its end
        unit: "% of the task's CPU",
        ...{ period: 5 * MINUTE, periods: 3, datapoints: 3 },
    },
    memory: {
        of: "service",
        ...OVER,
        says: (threshold) => `its tasks use more than ${threshold} % of their memory; at 100 % Fargate kills them`,
        threshold: 90,
        unit: "% of the task's memory",
        ...{ period: 5 * MINUTE, periods: 3, datapoints: 3 },
    },
    tasks: {
        of: "service",
        noticed: true,
        ...OVER,
        says: (threshold) => moreThan(threshold, "tasks that should run do not"),
        threshold: 0,
        unit: "tasks",
        ...{ period: MINUTE, periods: 10, datapoints: 10 },
    },
    /** The load balancer's own errors: it found no target that answers. The targets' are `errors`. */
    "balancer-errors": {
        of: "endpoint",
        noticed: true,
        ...OVER,
        says: (threshold) =>
            `it answered more than ${threshold} requests a minute with 5xx by itself: no target answered`,
        threshold: 10,
        unit: "requests a minute",
        ...{ period: MINUTE, periods: 5, datapoints: 3 },
    },
    "rejected-connections": {
        of: "endpoint",
        ...OVER,
        says: (threshold) => `it rejected ${moreThan(threshold, "connections")}, since it had reached its most`,
        threshold: 0,
        unit: "connections in 5 minutes",
        ...{ period: 5 * MINUTE, periods: 1, datapoints: 1 },
    },
    "target-tls": {
        of: "endpoint",
        ...OVER,
        says: (threshold) => moreThan(threshold, "TLS handshakes a minute with its targets failed"),
        threshold: 0,
        unit: "handshakes a minute",
        ...{ period: MINUTE, periods: 5, datapoints: 5 }, // a task that stops may cut one off
    },
    /** Scanners of the internet fail now and then: many, for a quarter of an hour, are clients that were locked out. */
    "client-tls": {
        of: "endpoint",
        ...OVER,
        says: (threshold) => `more than ${threshold} TLS handshakes with clients failed in five minutes`,
        threshold: 100,
        unit: "handshakes in 5 minutes",
        ...{ period: 5 * MINUTE, periods: 3, datapoints: 3 },
    },
    "database-down": {
        of: "database",
        comparison: "LessThanThreshold",
        says: () => "RDS has measured nothing: it does not run",
        threshold: 1,
        unit: "measurements a minute",
        ...{ period: MINUTE, periods: 5, datapoints: 5 }, // a failover takes one or two minutes
        missing: "breaching",
    },
    "database-storage": {
        of: "database",
        comparison: "LessThanThreshold",
        missing: "notBreaching",
        says: (threshold) => `less than ${threshold} % of the storage that it began with is free`,
        threshold: 10, // where RDS grows it, too: what grows by itself grows once in six hours at most
        unit: "% of storageGiB",
        ...{ period: 5 * MINUTE, periods: 6, datapoints: 6 },
    },
    "database-connections": {
        of: "database",
        ...OVER,
        says: (threshold) => `more than ${threshold} % of the connections that its class takes are open`,
        threshold: 80,
        unit: "% of max_connections",
        ...{ period: MINUTE, periods: 10, datapoints: 8 },
    },
    "database-cpu": {
        of: "database",
        ...OVER,
        says: (threshold) => `it uses more than ${threshold} % of its CPU`,
        threshold: 90,
        unit: "% of its CPU",
        ...{ period: 5 * MINUTE, periods: 3, datapoints: 3 },
    },
    /** Burstable classes alone. They are not slowed down, but billed (RDS user guide, "DB instance class types": unlimited mode). */
    "database-credits": {
        of: "database",
        ...OVER,
        says: () => "it has used up its CPU credits, and AWS bills each further one: its class is too small",
        threshold: 0,
        unit: "credits that are billed",
        ...{ period: 5 * MINUTE, periods: 12, datapoints: 12 },
    },
    "database-latency": {
        of: "database",
        ...OVER,
        says: (threshold) => `a read or a write of its disk takes longer than ${threshold} s on average`,
        threshold: 0.1, // gp3 takes milliseconds; more means that its operations or throughput are used up
        unit: "seconds",
        ...{ period: 5 * MINUTE, periods: 3, datapoints: 3 },
    },
    "nat-ports": {
        of: "network",
        ...OVER,
        says: (threshold) =>
            moreThan(threshold, "connections found no free port: too many go to one address at a time"),
        threshold: 0,
        unit: "connections in 5 minutes",
        ...{ period: 5 * MINUTE, periods: 1, datapoints: 1 },
    },
    /** ACM renews 60 days before the end (ACM user guide, "Managed certificate renewal"): below 30 it has failed for a month. */
    certificate: {
        of: "endpoint",
        comparison: "LessThanThreshold",
        missing: "notBreaching",
        says: (threshold) => `its certificate ends in less than ${threshold} days, and has not been renewed`,
        threshold: 30,
        unit: "days",
        ...{ period: DAY, periods: 1, datapoints: 1 },
    },
    /** By an event of ECS, RDS, AWS Backup or the like: see `EventAlarms`. */
    event: {
        of: "platform",
        comparison: "GreaterThanOrEqualToThreshold",
        missing: "notBreaching",
        says: () => "it happened",
        threshold: 1,
        unit: "events in 5 minutes",
        ...{ period: 5 * MINUTE, periods: 1, datapoints: 1 },
    },
    "failed-log-ins": {
        of: "keycloak",
        ...OVER,
        says: (threshold) =>
            `more than ${threshold} log-ins failed in 5 minutes: somebody guesses passwords, or a realm is broken`,
        threshold: 100,
        unit: "log-ins in 5 minutes",
        ...{ period: 5 * MINUTE, periods: 2, datapoints: 2 },
    },
    "failed-deliveries": {
        of: "agents",
        ...OVER,
        says: (threshold) => `more than ${threshold} messages or webhooks could not be delivered in 5 minutes`,
        threshold: 10,
        unit: "messages in 5 minutes",
        ...{ period: 5 * MINUTE, periods: 2, datapoints: 2 },
    },
    /** How fast the error budget of a target is used up, each in several windows (`targets.ts`), which have thresholds of their own. */
    availability: {
        of: "target",
        noticed: true,
        ...OVER,
        says: (threshold) => `more than ${threshold} % of the requests were answered with 5xx`,
        threshold: 100,
        unit: "% of requests",
        ...{ period: MINUTE, periods: 1, datapoints: 1 },
    },
    "latency-target": {
        of: "target",
        noticed: true,
        ...OVER,
        says: (threshold) => `more than ${threshold} % of the requests took longer than promised`,
        threshold: 100,
        unit: "% of requests",
        ...{ period: MINUTE, periods: 1, datapoints: 1 },
    },
} as const satisfies Record<string, AlarmKind>;

export type AlarmKindName = keyof typeof ALARM_KINDS;
export const ALARM_KIND_NAMES = Object.keys(ALARM_KINDS) as AlarmKindName[];
