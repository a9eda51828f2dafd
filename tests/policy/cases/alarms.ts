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
};
