/** How many tasks a service has, by load. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

export interface AutoscalingArgs {
    /** The fewest tasks. @default the service's `count` */
    min?: number;
    /** The most tasks. */
    max: number;
    /** Average CPU of the tasks to hold, in percent of what they have. */
    cpuPercent: number;
    /** Average memory of the tasks to hold, in percent of what they have. @default none: by CPU alone */
    memoryPercent?: number;
}

/** Target tracking: an alarm and a policy for each measure. */
export function autoscale(
    name: string,
    cluster: pulumi.Input<string>,
    service: pulumi.Output<string>,
    { min, max, cpuPercent, memoryPercent }: AutoscalingArgs & { min: number },
    parent: pulumi.Resource,
) {
    const target = new aws.appautoscaling.Target(
        name,
        {
            serviceNamespace: "ecs",
            scalableDimension: "ecs:service:DesiredCount",
            resourceId: pulumi.interpolate`service/${cluster}/${service}`,
            minCapacity: min,
            maxCapacity: max,
        },
        { parent },
    );
    for (const [metric, type, percent] of [
        ["cpu", "ECSServiceAverageCPUUtilization", cpuPercent],
        ["memory", "ECSServiceAverageMemoryUtilization", memoryPercent],
    ] as const) {
        if (percent === undefined) continue;
        new aws.appautoscaling.Policy(
            `${name}-${metric}`,
            {
                policyType: "TargetTrackingScaling",
                serviceNamespace: target.serviceNamespace,
                scalableDimension: target.scalableDimension,
                resourceId: target.resourceId,
                targetTrackingScalingPolicyConfiguration: {
                    predefinedMetricSpecification: { predefinedMetricType: type },
                    targetValue: percent,
                    scaleOutCooldown: 60,
                    scaleInCooldown: 300, // out at once, in with care: a load that comes in waves would otherwise make tasks flap
                },
            },
            { parent },
        );
    }
}
