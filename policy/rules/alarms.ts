/** Policies for alarms: whether somebody is told when a resource fails. */
import { LOG_PATTERNS } from "../../components/alarms/log";
import { WINDOWS } from "../../components/alarms/targets";
import type { Finding, Policy, PolicyResourceInStack, PolicyStack } from "../policy";
import { findingUnless, oncePerStack } from "../policy";
import { BACKUP_PLAN } from "./backups";
import { INSTANCE } from "./databases";
import { isApplication, LISTENERS, LOAD_BALANCERS, TARGET_GROUPS } from "./load-balancers";
import { CLUSTER, SCHEDULE, SERVICE, startsTask } from "./services";

const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
const COMPOSITE_ALARM = "aws:cloudwatch/compositeAlarm:CompositeAlarm";
const NAT_GATEWAY = "aws:ec2/natGateway:NatGateway";
const EVENT_RULE = "aws:cloudwatch/eventRule:EventRule";
const LOG_METRIC_FILTER = "aws:cloudwatch/logMetricFilter:LogMetricFilter";
const LISTENER_CERTIFICATES = [
    "aws:lb/listenerCertificate:ListenerCertificate",
    "aws:alb/listenerCertificate:ListenerCertificate",
];
const DASHBOARD = "aws:cloudwatch/dashboard:Dashboard";
const LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup";
const QUERY = "aws:cloudwatch/queryDefinition:QueryDefinition";

interface Alarm {
    dimensions?: { CertificateArn?: string };
    alarmActions?: unknown[];
    alarmDescription?: string;
    metricName?: string;
    statistic?: string;
    metricQueries?: { metric?: { metricName?: string; period?: number } }[];
}

interface Cluster {
    settings?: { name?: string; value?: string }[];
}

interface BackupPlan {
    rules?: { copyActions?: unknown[] }[];
}

interface Service {
    loadBalancers?: unknown[];
    deploymentController?: { type?: string };
    alarms?: { enable?: boolean };
}

/** The names of the metrics on which there are alarms, by the URN of the resource that they measure. */
const metricsByUrn = oncePerStack((stack) => {
    const index = new Map<string, Set<string>>();
    // Those of a promise measure the same as those of each service, and ring later.
    for (const alarm of stack.ofType([ALARM]).filter(({ inputs }) => promiseOf(inputs) === undefined)) {
        for (const measured of [...alarm.refersTo("dimensions"), ...alarm.refersTo("metricQueries")]) {
            const metrics = index.get(measured.urn) ?? new Set();
            index.set(measured.urn, metrics);
            for (const name of metricNames(alarm.inputs)) metrics.add(name);
        }
    }
    return index;
});

const alarmsOn = ({ urn }: PolicyResourceInStack, stack: PolicyStack): ReadonlySet<string> =>
    metricsByUrn(stack).get(urn) ?? new Set();

/** Those of all alarms, whatever resource they measure. */
const metricsOfAlarms = oncePerStack(
    (stack) => new Set(stack.ofType([ALARM]).flatMap(({ inputs }) => metricNames(inputs))),
);

/** Whether anything is measured at all is another question than what it is. */
const MEASURED = "SampleCount";

const metricNames = ({ metricName, statistic, metricQueries = [] }: Alarm) =>
    [
        statistic === MEASURED ? `${metricName} (${MEASURED})` : metricName,
        ...metricQueries.map(({ metric }) => metric?.metricName),
    ].filter((name) => name !== undefined);

const missing = (resource: PolicyResourceInStack, stack: PolicyStack, wanted: readonly string[]): Finding[] => {
    const there = alarmsOn(resource, stack);
    const without = wanted.filter((name) => !there.has(name));
    return findingUnless(without.length === 0, `it has no alarm on ${without.join(", ")}`);
};

const alarmsWith = (stack: PolicyStack, wanted: (alarm: Alarm) => boolean) =>
    stack.ofType([ALARM]).filter(({ inputs }) => wanted(inputs as Alarm));

/** Container Insights of a cluster that is not of this stack is nobody's to see here. */
const countsTasks = (service: PolicyResourceInStack) =>
    service
        .refersTo("cluster")
        .filter(({ type }) => type === CLUSTER)
        .flatMap(({ inputs }) => (inputs as Cluster).settings ?? [])
        .some(({ name, value }) => name === "containerInsights" && value !== "disabled");

/** The tasks behind all load balancers of a service are the same: one that counts the healthy ones is enough. */
function countsHealthy(service: PolicyResourceInStack, stack: PolicyStack): boolean {
    const groups = service.refersTo("loadBalancers").filter(({ type }) => TARGET_GROUPS.includes(type));
    return groups.length === 0 || groups.some((group) => alarmsOn(group, stack).has("HealthyHostCount"));
}

/** What an event's pattern has to have, by the type of what tells of it. */
function eventsOf({ type, inputs }: PolicyResourceInStack): Record<string, string> {
    if (type === SERVICE) {
        return {
            SERVICE_DEPLOYMENT_FAILED: "deployments that fail",
            OutOfMemoryError: "tasks killed for lack of memory",
        };
    }
    if (type === INSTANCE) return { "RDS DB Instance Event": "what RDS tells of" };
    const isCopied = (inputs as BackupPlan).rules?.some(({ copyActions = [] }) => copyActions.length > 0) ?? false;
    return {
        "Backup Job State Change": "backups that fail",
        ...(isCopied && { "Copy Job State Change": "backups that are not copied" }),
    };
}

/** The patterns of the event rules on which there are alarms. */
const watchedPatterns = oncePerStack((stack) =>
    stack
        .ofType([EVENT_RULE])
        .filter((rule) => alarmsOn(rule, stack).has("TriggeredRules"))
        .map(({ inputs }) => String(inputs.eventPattern)),
);

/** By type of component: which lines of its log are counted. */
const LOGS = {
    "identity:index:KeycloakHa": "failed-log-ins",
    "identity:index:AgentCluster": "failed-deliveries",
} as const;

/** The kind of promise (SLO) that an alarm watches, by the section that its description names. */
const promiseOf = ({ alarmDescription = "" }: Alarm) => /#(availability|latency-target)\b/.exec(alarmDescription)?.[1];

/** The windows in which each promise is watched, by its kind and by what is measured. */
const promiseKey = (alarm: PolicyResourceInStack) =>
    [promiseOf(alarm.inputs), ...alarm.refersTo("metricQueries").map(({ urn }) => urn)].join();
const windowsOfPromises = oncePerStack((stack) => {
    const windows = new Map<string, Set<number | undefined>>();
    for (const alarm of alarmsWith(stack, (candidate) => promiseOf(candidate) !== undefined)) {
        const { metricQueries = [] } = alarm.inputs as Alarm;
        const key = promiseKey(alarm);
        windows.set(key, new Set([...(windows.get(key) ?? []), ...metricQueries.map(({ metric }) => metric?.period)]));
    }
    return windows;
});

const tells = ({ alarmActions = [] }: Alarm) => alarmActions.length > 0;

const FIX = "alarms: a component's argument, or `alarms.enabled: true` of a stack file, its default in prod";

export const ALARM_POLICIES: readonly Policy[] = [
    {
        name: "alarms-service",
        asks: "In prod somebody is told of a service whose tasks run out of CPU or memory, do not run or are not healthy.",
        fix: FIX,
        dev: "off",
        types: [SERVICE],
        checkInStack: (service, stack) => [
            ...missing(service, stack, [
                "CPUUtilization",
                "MemoryUtilization",
                ...(countsTasks(service) ? ["RunningTaskCount"] : []),
            ]),
            ...findingUnless(
                countsHealthy(service, stack),
                "none of its target groups has an alarm on HealthyHostCount",
            ),
        ],
    },
    {
        name: "alarms-deployment",
        asks: "In prod a deployment of a service behind a load balancer goes back where requests fail.",
        fix: FIX,
        dev: "off",
        types: [SERVICE],
        check: ({ inputs }) => {
            const { loadBalancers = [], deploymentController, alarms } = inputs as Service;
            const isWatched = alarms?.enable === true || (deploymentController?.type ?? "ECS") !== "ECS";
            return findingUnless(loadBalancers.length === 0 || isWatched, "a version that answers 500 stays");
        },
    },
    {
        name: "alarms-database",
        asks: "In prod somebody is told of a database that is down or slow, or runs out of storage, connections, CPU or credits.",
        fix: FIX,
        dev: "off",
        types: [INSTANCE],
        checkInStack: (instance, stack) =>
            missing(instance, stack, [
                `CPUUtilization (${MEASURED})`,
                "ReadLatency",
                "WriteLatency",
                "FreeStorageSpace",
                "DatabaseConnections",
                "CPUUtilization",
                ...(String(instance.inputs.instanceClass).startsWith("db.t") ? ["CPUSurplusCreditsCharged"] : []),
            ]),
    },
    {
        name: "alarms-load-balancer",
        asks: "In prod somebody is told of an application load balancer that finds no target, takes no more connections, or fails at TLS.",
        fix: FIX,
        dev: "off",
        types: LOAD_BALANCERS,
        checkInStack: (balancer, stack) => {
            if (!isApplication(balancer.inputs)) return [];
            const speaksTls = stack
                .ofType(LISTENERS)
                .filter((listener) => listener.refersTo("loadBalancerArn").some(({ urn }) => urn === balancer.urn))
                .some(({ inputs }) => inputs.protocol === "HTTPS");
            return missing(balancer, stack, [
                "HTTPCode_ELB_5XX_Count",
                "RejectedConnectionCount",
                "TargetTLSNegotiationErrorCount",
                ...(speaksTls ? ["ClientTLSNegotiationErrorCount"] : []),
            ]);
        },
    },
    {
        name: "alarms-target-group",
        asks: "In prod somebody is told of targets that answer 5xx, or late.",
        fix: FIX,
        dev: "off",
        types: TARGET_GROUPS,
        checkInStack: (group, stack) => missing(group, stack, ["HTTPCode_Target_5XX_Count", "TargetResponseTime"]),
    },
    {
        name: "alarms-nat",
        asks: "In prod somebody is told of a NAT gateway without a free port.",
        fix: FIX,
        dev: "off",
        types: [NAT_GATEWAY],
        // By number: a network's component tells the ids of its gateways, and not which is whose.
        checkInStack: (_, stack) =>
            findingUnless(
                alarmsWith(stack, ({ metricName }) => metricName === "ErrorPortAllocation").length >=
                    stack.ofType([NAT_GATEWAY]).length,
                "there are fewer alarms on ErrorPortAllocation than NAT gateways",
            ),
    },
    {
        name: "alarms-certificate",
        asks: "In prod somebody is told of a listener's certificate that ends soon.",
        fix: FIX,
        dev: "off",
        types: [...LISTENERS, ...LISTENER_CERTIFICATES],
        checkInStack: ({ inputs }, stack) => {
            const { certificateArn } = inputs as { certificateArn?: string };
            if (certificateArn === undefined) return [];
            const watched = alarmsWith(
                stack,
                ({ metricName, dimensions }) =>
                    metricName === "DaysToExpiry" && dimensions?.CertificateArn === certificateArn,
            );
            return findingUnless(watched.length > 0, "its certificate has no alarm on DaysToExpiry");
        },
    },
    {
        name: "alarms-events",
        asks: "In prod somebody is told of deployments, databases and backups that fail, and of tasks killed for lack of memory.",
        fix: `EventAlarms of the components; ${FIX}`,
        dev: "off",
        types: [SERVICE, INSTANCE, BACKUP_PLAN],
        checkInStack: (resource, stack) => {
            const without = Object.entries(eventsOf(resource))
                .filter(([words]) => !watchedPatterns(stack).some((pattern) => pattern.includes(words)))
                .map(([, what]) => what);
            return findingUnless(without.length === 0, `no alarm tells of ${without.join(", ")}`);
        },
    },
    {
        name: "alarms-schedule",
        asks: "Somebody is told of a scheduled task that could not be started.",
        fix: "an alarm on messages that its queue of dead letters gets, as ScheduledTask has it",
        dev: "advisory",
        types: [SCHEDULE],
        checkInStack: (schedule, stack) => {
            if (!startsTask(schedule)) return [];
            const isWatched = schedule
                .refersTo("target")
                .some((queue) => alarmsOn(queue, stack).has("NumberOfMessagesSent"));
            return findingUnless(isWatched, "its queue of dead letters has no alarm on NumberOfMessagesSent");
        },
    },
    {
        name: "alarms-logs",
        asks: "In prod somebody is told of log-ins that fail and of messages that agents do not deliver, as far as logs tell.",
        fix: FIX,
        dev: "off",
        types: Object.keys(LOGS),
        // By number: a component does not tell which log group is its own.
        checkInStack: ({ type }, stack) => {
            const kind = LOGS[type as keyof typeof LOGS];
            const counted = stack
                .ofType([LOG_METRIC_FILTER])
                .map(({ inputs }) => inputs as { pattern?: string; metricTransformation?: { name?: string } })
                .filter(({ pattern }) => pattern === LOG_PATTERNS[kind])
                .filter(({ metricTransformation: { name = "" } = {} }) => metricsOfAlarms(stack).has(name));
            return findingUnless(
                counted.length >= stack.ofType([type]).length,
                `fewer of them have an alarm ${kind} than there are`,
            );
        },
    },
    {
        name: "alarms-dashboard",
        asks: "In prod, where there are alarms, a dashboard has what they measure.",
        fix: "a dashboard of the alarms, as `alarms.enabled: true` of a stack file makes it",
        dev: "off",
        types: [CLUSTER],
        checkInStack: (_, stack) =>
            findingUnless(
                stack.ofType([ALARM]).length === 0 || stack.ofType([DASHBOARD]).length > 0,
                "its stack has alarms and no dashboard",
            ),
    },
    {
        name: "alarms-log-queries",
        asks: "In prod, where there are alarms, questions to the logs are saved.",
        fix: "saved questions, as `alarms.enabled: true` of a stack file makes them",
        dev: "off",
        types: [CLUSTER],
        checkInStack: (_, stack) =>
            findingUnless(
                [ALARM, LOG_GROUP].some((type) => stack.ofType([type]).length === 0) ||
                    stack.ofType([QUERY]).length > 0,
                "its stack has alarms and logs, and no saved questions to these",
            ),
    },
    {
        name: "alarms-promise",
        asks: "In prod what a service promises (SLO) is watched in all windows: long and short, for a fast loss and a slow one.",
        fix: "`alarms.slo` of a stack file, or `slo` of Alarms, makes the alarm of each window",
        dev: "off",
        types: [ALARM],
        checkInStack: (alarm, stack) => {
            if (promiseOf(alarm.inputs) === undefined) return [];
            const watched = windowsOfPromises(stack).get(promiseKey(alarm));
            const without = WINDOWS.filter((seconds) => !watched?.has(seconds));
            return findingUnless(
                without.length === 0,
                `no alarm watches its promise in a window of ${without.map((seconds) => `${seconds / 60} minutes`).join(", ")}`,
            );
        },
    },
    {
        name: "alarms-told",
        asks: "In prod, where alarms tell somebody, each does: by itself, by a composite alarm, or it says why it is muted.",
        fix: "alarmActions; a composite alarm of it that has them; or `muted` with a reason in `alarms.settings`",
        dev: "off",
        types: [ALARM],
        checkInStack: ({ urn, inputs }, stack) => {
            const alarm = inputs as Alarm;
            if (tells(alarm) || alarmsWith(stack, tells).length === 0) return [];
            const isToldOf = stack
                .ofType([COMPOSITE_ALARM])
                .some((page) => tells(page.inputs) && page.refersTo("alarmRule").some((of) => of.urn === urn));
            const isMuted = alarm.alarmDescription?.includes("Muted: ") ?? false;
            return findingUnless(isToldOf || isMuted, "it tells nobody, and neither does a composite alarm of it");
        },
    },
];
