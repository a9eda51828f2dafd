import type { Cases, Given } from "../support";

const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
/** An alarm on a metric of the resource that is judged, which is called "it". */
const alarm = (metricName: string, of = "it", statistic = "Average") => ({
    type: ALARM,
    name: `${of}-${metricName}`,
    inputs: { metricName, dimensions: of, statistic },
});
/** The same by an expression of metrics. */
const expression = (...metricNames: string[]) => ({
    type: ALARM,
    name: metricNames.join("-"),
    inputs: { metricQueries: metricNames.map((metricName) => ({ metric: { metricName } })) },
    names: { metricQueries: "it" },
});
const CPU_AND_MEMORY = expression("CPUUtilization", "MemoryUtilization");
const CLUSTER = "aws:ecs/cluster:Cluster";
const DASHBOARD = {
    type: "aws:cloudwatch/dashboard:Dashboard",
    name: "dashboard",
    inputs: { dashboardBody: "{}" },
};
const cluster = (value: string) => ({
    type: CLUSTER,
    name: "cluster",
    inputs: { settings: [{ name: "containerInsights", value }] },
});
const behind = { type: "aws:lb/targetGroup:TargetGroup", name: "group", inputs: {} };
const service = (inputs: Record<string, unknown>, ...beside: NonNullable<Given["beside"]>): Given => ({
    type: "aws:ecs/service:Service",
    inputs,
    beside,
});
const instance = (instanceClass: string, ...beside: NonNullable<Given["beside"]>): Given => ({
    type: "aws:rds/instance:Instance",
    inputs: { instanceClass },
    beside,
});
const WATCHED_INSTANCE = [
    ...["FreeStorageSpace", "DatabaseConnections", "CPUUtilization"].map((name) => alarm(name)),
    alarm("CPUUtilization", "it", "SampleCount"),
    expression("ReadLatency", "WriteLatency"),
];
const WATCHED_BALANCER = [
    ...["HTTPCode_ELB_5XX_Count", "RejectedConnectionCount", "TargetTLSNegotiationErrorCount"].map((name) =>
        alarm(name),
    ),
];
const ofBalancer = (protocol: string, loadBalancerArn = "it") => ({
    type: "aws:lb/listener:Listener",
    name: "listener",
    inputs: { protocol, loadBalancerArn },
});
const event = (name: string, eventPattern: string) => [
    { type: "aws:cloudwatch/eventRule:EventRule", name, inputs: { eventPattern } },
    alarm("TriggeredRules", name),
];
const FAILED = event("failed", '{"detail":{"eventName":["SERVICE_DEPLOYMENT_FAILED"]}}');
const KILLED = event("killed", '{"detail":{"containers":{"reason":[{"prefix":"OutOfMemoryError"}]}}}');
const told = (type: string, inputs: Record<string, unknown>, ...beside: NonNullable<Given["beside"]>): Given => ({
    type,
    inputs,
    beside,
});
const BACKUP_PLAN = "aws:backup/plan:Plan";
const KEYCLOAK = "identity:index:KeycloakHa";
const AGENTS = "identity:index:AgentCluster";
const counts = (pattern: string, name: string) => ({
    type: "aws:cloudwatch/logMetricFilter:LogMetricFilter",
    name,
    inputs: { pattern, metricTransformation: { name } },
});
const schedule = (inputs: Record<string, unknown>, ...beside: NonNullable<Given["beside"]>): Given => ({
    type: "aws:scheduler/schedule:Schedule",
    inputs,
    names: { target: "queue" },
    beside: [{ type: "aws:sqs/queue:Queue", name: "queue", inputs: {} }, ...beside],
});
const balancer = (...beside: NonNullable<Given["beside"]>): Given => ({
    type: "aws:lb/loadBalancer:LoadBalancer",
    inputs: { loadBalancerType: "application" },
    beside,
});

const group = (...beside: NonNullable<Given["beside"]>): Given => ({
    type: "aws:lb/targetGroup:TargetGroup",
    inputs: { port: 8080 },
    beside,
});
const NAT = "aws:ec2/natGateway:NatGateway";
const nat = (...beside: NonNullable<Given["beside"]>): Given => ({ type: NAT, inputs: {}, beside });
const ports = (name: string) => ({ type: ALARM, name, inputs: { metricName: "ErrorPortAllocation" } });
const listener = (inputs: Record<string, unknown>, ...beside: NonNullable<Given["beside"]>): Given => ({
    type: "aws:lb/listener:Listener",
    inputs,
    beside,
});
const expiry = (CertificateArn: string) => ({
    type: ALARM,
    name: CertificateArn,
    inputs: { metricName: "DaysToExpiry", dimensions: { CertificateArn } },
});
const silent = (inputs: Record<string, unknown>, ...beside: NonNullable<Given["beside"]>): Given => ({
    type: ALARM,
    inputs: { alarmActions: [], ...inputs },
    beside: [{ type: ALARM, name: "loud", inputs: { alarmActions: ["topic"] } }, ...beside],
});
const composite = (alarmRule: string, alarmActions: string[]) => ({
    type: "aws:cloudwatch/compositeAlarm:CompositeAlarm",
    name: "failing",
    inputs: { alarmRule, alarmActions },
});
/** An alarm on what a service promises, in a window of so many seconds. */
const promise = (period: number, kind = "availability", of = "group") => ({
    type: ALARM,
    name: `${of}-${kind}-${period}`,
    inputs: {
        alarmDescription: `What to do: docs/alarms.md#${kind}`,
        metricQueries: [{ expression: "a / b" }, { metric: { metricName: "RequestCount", period } }],
    },
    names: { metricQueries: of },
});
const promised = (...beside: NonNullable<Given["beside"]>): Given => ({
    ...promise(300),
    beside: [behind, { ...behind, name: "other" }, ...beside],
});
const logGroup = { type: "aws:cloudwatch/logGroup:LogGroup", name: "log", inputs: {} };
const question = { type: "aws:cloudwatch/queryDefinition:QueryDefinition", name: "errors", inputs: {} };
const TELLS_NOBODY = "it tells nobody, and neither does a composite alarm of it";

export const ALARMS: Record<string, Cases> = {
    "alarms-service": {
        passes: [
            service({ desiredCount: 2 }, alarm("CPUUtilization"), alarm("MemoryUtilization")),
            service({ desiredCount: 2 }, CPU_AND_MEMORY),
            service({ cluster: "cluster" }, cluster("disabled"), CPU_AND_MEMORY),
            service(
                { cluster: "cluster", loadBalancers: "group" },
                cluster("enabled"),
                behind,
                CPU_AND_MEMORY,
                alarm("RunningTaskCount"),
                alarm("HealthyHostCount", "group"),
            ),
        ],
        fails: [
            [service({ desiredCount: 2 }), "it has no alarm on CPUUtilization, MemoryUtilization"],
            [service({ desiredCount: 2 }, alarm("CPUUtilization")), "it has no alarm on MemoryUtilization"],
            [
                service({ desiredCount: 2 }, alarm("CPUUtilization", "other"), alarm("MemoryUtilization", "other")),
                "it has no alarm on CPUUtilization, MemoryUtilization",
            ],
            [
                service({ cluster: "cluster" }, cluster("enhanced"), CPU_AND_MEMORY),
                "it has no alarm on RunningTaskCount",
            ],
            [
                service({ loadBalancers: "group" }, behind, CPU_AND_MEMORY, alarm("HealthyHostCount", "other")),
                "none of its target groups has an alarm on HealthyHostCount",
            ],
        ],
    },
    "alarms-deployment": {
        passes: [
            service({ desiredCount: 1 }),
            service({ loadBalancers: [{}], alarms: { enable: true, alarmNames: ["a"] } }),
            service({ loadBalancers: [{}], deploymentController: { type: "CODE_DEPLOY" } }),
        ],
        fails: [
            [service({ loadBalancers: [{}] }), "a version that answers 500 stays"],
            [service({ loadBalancers: [{}], alarms: { enable: false } }), "a version that answers 500 stays"],
        ],
    },
    "alarms-database": {
        passes: [
            instance("db.m7g.large", ...WATCHED_INSTANCE),
            instance("db.t4g.micro", ...WATCHED_INSTANCE, alarm("CPUSurplusCreditsCharged")),
        ],
        fails: [
            [
                instance("db.m7g.large", ...WATCHED_INSTANCE.slice(0, 1), alarm("CPUUtilization", "other")),
                "it has no alarm on CPUUtilization (SampleCount), ReadLatency, WriteLatency, DatabaseConnections, CPUUtilization",
            ],
            [instance("db.t4g.micro", ...WATCHED_INSTANCE), "it has no alarm on CPUSurplusCreditsCharged"],
        ],
    },
    "alarms-load-balancer": {
        passes: [
            balancer(...WATCHED_BALANCER),
            balancer(...WATCHED_BALANCER, ofBalancer("HTTP"), ofBalancer("HTTPS", "other")),
            balancer(...WATCHED_BALANCER, ofBalancer("HTTPS"), alarm("ClientTLSNegotiationErrorCount")),
            { type: "aws:lb/loadBalancer:LoadBalancer", inputs: { loadBalancerType: "network" } },
        ],
        fails: [
            [
                balancer(alarm("RequestCount")),
                "it has no alarm on HTTPCode_ELB_5XX_Count, RejectedConnectionCount, TargetTLSNegotiationErrorCount",
            ],
            [balancer(...WATCHED_BALANCER, ofBalancer("HTTPS")), "it has no alarm on ClientTLSNegotiationErrorCount"],
        ],
    },
    "alarms-target-group": {
        passes: [group(alarm("TargetResponseTime"), expression("HTTPCode_Target_5XX_Count", "RequestCount"))],
        fails: [
            [
                group(expression("HTTPCode_Target_5XX_Count"), alarm("TargetResponseTime", "other")),
                "it has no alarm on TargetResponseTime",
            ],
        ],
    },
    "alarms-nat": {
        passes: [nat(ports("a")), nat({ type: NAT, name: "second", inputs: {} }, ports("a"), ports("b"))],
        fails: [
            [
                nat({ type: NAT, name: "second", inputs: {} }, ports("a")),
                "there are fewer alarms on ErrorPortAllocation than NAT gateways",
            ],
        ],
    },
    "alarms-certificate": {
        passes: [listener({ port: 80 }), listener({ certificateArn: "arn:a" }, expiry("arn:a"))],
        fails: [
            [listener({ certificateArn: "arn:a" }, expiry("arn:b")), "its certificate has no alarm on DaysToExpiry"],
            [
                told("aws:lb/listenerCertificate:ListenerCertificate", { certificateArn: "arn:a" }),
                "its certificate has no alarm on DaysToExpiry",
            ],
        ],
    },
    "alarms-events": {
        passes: [
            service({ desiredCount: 2 }, ...FAILED, ...KILLED),
            told("aws:rds/instance:Instance", {}, ...event("rds", '{"detail-type":["RDS DB Instance Event"]}')),
            told(BACKUP_PLAN, { rules: [{}] }, ...event("backup", '{"detail-type":["Backup Job State Change"]}')),
        ],
        fails: [
            [service({ desiredCount: 2 }), "no alarm tells of deployments that fail, tasks killed for lack of memory"],
            [service({ desiredCount: 2 }, ...FAILED, KILLED[0]!), "no alarm tells of tasks killed for lack of memory"],
            [told("aws:rds/instance:Instance", {}, ...FAILED), "no alarm tells of what RDS tells of"],
            [
                told(
                    BACKUP_PLAN,
                    { rules: [{}, { copyActions: [{}] }] },
                    ...event("backup", '{"detail-type":["Backup Job State Change"]}'),
                ),
                "no alarm tells of backups that are not copied",
            ],
        ],
    },
    "alarms-schedule": {
        passes: [
            schedule({ target: { ecsParameters: {} } }, alarm("NumberOfMessagesSent", "queue")),
            schedule({ target: { arn: "a state machine" } }),
        ],
        fails: [
            [
                schedule({ target: { ecsParameters: {} } }, alarm("NumberOfMessagesSent", "other")),
                "its queue of dead letters has no alarm on NumberOfMessagesSent",
            ],
        ],
    },
    "alarms-logs": {
        passes: [
            told(KEYCLOAK, {}, counts("LOGIN_ERROR", "log-ins"), alarm("log-ins")),
            told(AGENTS, {}, counts('"failed to deliver"', "given-up"), alarm("given-up")),
        ],
        fails: [
            [
                told(KEYCLOAK, {}, counts("LOGIN_ERROR", "log-ins")),
                "fewer of them have an alarm failed-log-ins than there are",
            ],
            [
                told(
                    AGENTS,
                    {},
                    { type: AGENTS, name: "second", inputs: {} },
                    counts('"failed to deliver"', "given-up"),
                    alarm("given-up"),
                ),
                "fewer of them have an alarm failed-deliveries than there are",
            ],
        ],
    },
    "alarms-dashboard": {
        passes: [
            { type: CLUSTER, inputs: { name: "platform" } },
            { type: CLUSTER, inputs: { name: "platform" }, beside: [alarm("CPUUtilization", "any"), DASHBOARD] },
        ],
        fails: [
            [
                { type: CLUSTER, inputs: { name: "platform" }, beside: [alarm("CPUUtilization", "any")] },
                "its stack has alarms and no dashboard",
            ],
        ],
    },
    "alarms-log-queries": {
        passes: [
            cluster("enabled"),
            { ...cluster("enabled"), beside: [ports("a")] },
            { ...cluster("enabled"), beside: [logGroup] },
            { ...cluster("enabled"), beside: [ports("a"), logGroup, question] },
        ],
        fails: [
            [
                { ...cluster("enabled"), beside: [ports("a"), logGroup] },
                "its stack has alarms and logs, and no saved questions to these",
            ],
        ],
    },
    "alarms-promise": {
        passes: [{ type: ALARM, inputs: {} }, promised(promise(3600), promise(1800), promise(21_600))],
        fails: [
            [
                promised(
                    promise(3600),
                    promise(1800, "latency-target"),
                    promise(1800, "availability", "other"),
                    promise(21_600),
                ),
                "no alarm watches its promise in a window of 30 minutes",
            ],
            [promised(), "no alarm watches its promise in a window of 60 minutes, 360 minutes, 30 minutes"],
        ],
    },
    "alarms-told": {
        passes: [
            { type: ALARM, inputs: { alarmActions: [] } }, // nobody is to be told of anything
            { type: ALARM, inputs: { alarmActions: ["topic"] } },
            silent({ alarmDescription: "web: slow. Muted: a batch" }),
            silent({}, composite("it", ["topic"])),
        ],
        fails: [
            [silent({}), TELLS_NOBODY],
            [silent({}, composite("it", [])), TELLS_NOBODY],
            [silent({}, composite("loud", ["topic"])), TELLS_NOBODY],
        ],
    },
};
