import type { DeploymentAlarms, ECSClient } from "@aws-sdk/client-ecs";

/** `replace` is for one deployment, after which the service rolls again; `stop-first` stays. */
export type Deployment = "rolling" | "replace" | "stop-first";

/**
 * How ECS goes from one set of tasks to the next. One that rolls starts new tasks before it stops old ones, and goes back where
 * they do not come up; one that does not stops every task first, **and so does ECS whenever it replaces tasks that are unwell**.
 */
export function deploymentSettings(deployment: Deployment) {
    const rolls = deployment === "rolling";
    return {
        minimumHealthyPercent: rolls ? 100 : 0,
        maximumPercent: rolls ? 200 : 100,
        rollback: deployment !== "replace",
        // ECS moves a task by starting the new one first, which takes more than 100 % (ECS guide, AZ rebalancing).
        availabilityZoneRebalancing: rolls ? ("ENABLED" as const) : ("DISABLED" as const),
    };
}

/**
 * Has a service roll again once the deployment that had to stop every task is over, in the same `up`: no task starts anew for it
 * (UpdateService starts a deployment for what tasks are made of alone). The next `up` finds it as it wants it.
 */
export async function rollAgain(
    ecs: ECSClient,
    cluster: string,
    service: string,
    alarms?: DeploymentAlarms,
): Promise<void> {
    const { UpdateServiceCommand } = await import("@aws-sdk/client-ecs");
    const { rollback, availabilityZoneRebalancing, ...percents } = deploymentSettings("rolling");
    await ecs.send(
        new UpdateServiceCommand({
            cluster,
            service,
            availabilityZoneRebalancing,
            deploymentConfiguration: {
                ...percents,
                deploymentCircuitBreaker: { enable: true, rollback },
                ...(alarms && { alarms: { ...alarms, rollback } }),
            },
        }),
    );
}
