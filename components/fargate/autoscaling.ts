/** How many tasks a service has, by load. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Route } from "../endpoint";

export interface AutoscalingArgs {
    /** The fewest tasks. @default the service's `count` */
    min?: number;
    /** The most tasks. */
    max: number;
    /** Average CPU of the tasks to hold, in percent of what they have. */
    cpuPercent: number;
    /** Average memory of the tasks to hold, in percent of what they have. @default none: by CPU alone */
    memoryPercent?: number;
    /** Requests that each task answers in a minute, by each of its load balancers. @default they are not counted */
    requestsPerTask?: number;
    /** Messages that wait in a queue for each task that runs, by a name for the policy; Container Insights count the tasks. @default none are counted */
    messagesPerTask?: Record<string, { queueName: pulumi.Input<string>; messages: number }>;
}

type Target = Omit<aws.types.input.appautoscaling.PolicyTargetTrackingScalingPolicyConfiguration, "targetValue">;

/** Target tracking: an alarm and a policy for each measure. The one that asks for the most tasks decides. Returns what is scaled. */
export function autoscale(
    name: string,
    cluster: pulumi.Input<string>,
    service: pulumi.Input<string>,
    args: AutoscalingArgs & { min: number },
    routes: readonly Route[],
    parent: pulumi.Resource,
): aws.appautoscaling.Target {
    const target = new aws.appautoscaling.Target(
        name,
        {
            serviceNamespace: "ecs",
            scalableDimension: "ecs:service:DesiredCount",
            resourceId: pulumi.interpolate`service/${cluster}/${service}`,
            minCapacity: args.min,
            maxCapacity: args.max,
        },
        { parent },
    );
    const hold = (
        metric: string,
        targetValue: number | undefined,
        what: Target,
        dependsOn?: readonly pulumi.Resource[],
    ) => {
        if (targetValue === undefined) return;
        new aws.appautoscaling.Policy(
            `${name}-${metric}`,
            {
                policyType: "TargetTrackingScaling",
                serviceNamespace: target.serviceNamespace,
                scalableDimension: target.scalableDimension,
                resourceId: target.resourceId,
                targetTrackingScalingPolicyConfiguration: {
                    ...what,
                    targetValue,
                    scaleOutCooldown: 60,
                    scaleInCooldown: 300, // out at once, in with care: a load that comes in waves would otherwise make tasks flap
                },
            },
            { parent, ...(dependsOn ? { dependsOn: [...dependsOn] } : {}) },
        );
    };
    hold("cpu", args.cpuPercent, predefined("ECSServiceAverageCPUUtilization"));
    hold("memory", args.memoryPercent, predefined("ECSServiceAverageMemoryUtilization"));
    routes.forEach((route, i) => {
        // AWS refuses the label of a target group that no load balancer leads to.
        const label = pulumi.interpolate`${route.metrics.loadBalancer}/${route.metrics.targetGroup}`;
        const metric = i === 0 ? "requests" : `requests-${i + 1}`;
        hold(metric, args.requestsPerTask, predefined("ALBRequestCountPerTarget", label), route.listening);
    });
    for (const [queue, { queueName, messages }] of Object.entries(args.messagesPerTask ?? {})) {
        hold(`queue-${queue}`, messages, backlogPerTask(queueName, cluster, service));
    }
    return target;
}

const predefined = (predefinedMetricType: string, resourceLabel?: pulumi.Input<string>): Target => ({
    predefinedMetricSpecification: { predefinedMetricType, ...(resourceLabel ? { resourceLabel } : {}) },
});

/**
 * Messages that wait, divided by tasks that run (Application Auto Scaling user guide, "Create a target tracking scaling policy using metric
 * math"). Container Insights counts the tasks.
 */
const backlogPerTask = (
    queueName: pulumi.Input<string>,
    cluster: pulumi.Input<string>,
    service: pulumi.Input<string>,
): Target => {
    const metric = (
        id: string,
        namespace: string,
        metricName: string,
        stat: string,
        of: Record<string, pulumi.Input<string>>,
    ) => ({
        id,
        metricStat: {
            metric: {
                namespace,
                metricName,
                dimensions: Object.entries(of).map(([name, value]) => ({ name, value })),
            },
            stat,
        },
        returnData: false,
    });
    return {
        customizedMetricSpecification: {
            metrics: [
                metric("waiting", "AWS/SQS", "ApproximateNumberOfMessagesVisible", "Sum", { QueueName: queueName }),
                metric("running", "ECS/ContainerInsights", "RunningTaskCount", "Average", {
                    ClusterName: cluster,
                    ServiceName: service,
                }),
                {
                    id: "each",
                    label: "Messages that wait for each task",
                    expression: "waiting / running",
                    returnData: true,
                },
            ],
        },
    };
};
