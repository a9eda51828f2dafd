import type { Cases, Given } from "../support";

const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
/** An alarm on a metric of the resource that is judged, which is called "it". */
const alarm = (metricName: string, of = "it") => ({
    type: ALARM,
    name: `${of}-${metricName}`,
    inputs: { metricName, dimensions: of },
});
/** The same by an expression of metrics. */
const expression = (...metricNames: string[]) => ({
    type: ALARM,
    name: metricNames.join("-"),
    inputs: { metricQueries: metricNames.map((metricName) => ({ metric: { metricName } })) },
    names: { metricQueries: "it" },
});
const service = (inputs: Record<string, unknown>, ...beside: NonNullable<Given["beside"]>): Given => ({
    type: "aws:ecs/service:Service",
    inputs,
    beside,
});
const instance = (...beside: NonNullable<Given["beside"]>): Given => ({
    type: "aws:rds/instance:Instance",
    inputs: { engine: "postgres" },
    beside,
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
const TELLS_NOBODY = "it tells nobody, and neither does a composite alarm of it";

export const ALARMS: Record<string, Cases> = {
    "alarms-service": {
        passes: [
            service({ desiredCount: 2 }, alarm("CPUUtilization"), alarm("MemoryUtilization")),
            service({ desiredCount: 2 }, expression("CPUUtilization", "MemoryUtilization")),
        ],
        fails: [
            [service({ desiredCount: 2 }), "it has no alarm on CPUUtilization, MemoryUtilization"],
            [service({ desiredCount: 2 }, alarm("CPUUtilization")), "it has no alarm on MemoryUtilization"],
            [
                service({ desiredCount: 2 }, alarm("CPUUtilization", "other"), alarm("MemoryUtilization", "other")),
                "it has no alarm on CPUUtilization, MemoryUtilization",
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
        passes: [instance(alarm("FreeStorageSpace"), alarm("DatabaseConnections"), alarm("CPUUtilization"))],
        fails: [
            [
                instance(alarm("FreeStorageSpace"), alarm("CPUUtilization", "other")),
                "it has no alarm on DatabaseConnections, CPUUtilization",
            ],
        ],
    },
    "alarms-load-balancer": {
        passes: [balancer(alarm("HTTPCode_ELB_5XX_Count"))],
        fails: [[balancer(alarm("RequestCount")), "it has no alarm on HTTPCode_ELB_5XX_Count"]],
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
