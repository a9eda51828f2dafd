import type { ECSClient } from "@aws-sdk/client-ecs";

/**
 * How ECS goes from one set of tasks to the next. One that rolls starts new tasks before it stops old ones, and goes back where
 * they do not come up; one that does not stops every task first, **and so does ECS whenever it replaces tasks that are unwell**.
 */
export const deploymentSettings = (rolls: boolean) => ({
    minimumHealthyPercent: rolls ? 100 : 0,
    maximumPercent: rolls ? 200 : 100,
    rollback: rolls,
    // ECS moves a task by starting the new one first, which takes more than 100 % (ECS guide, AZ rebalancing).
    availabilityZoneRebalancing: rolls ? ("ENABLED" as const) : ("DISABLED" as const),
});

/**
 * Has a service roll again once the deployment that had to stop every task is over, in the same `up`: no task starts anew for it
 * (UpdateService starts a deployment for what tasks are made of alone). The next `up` finds it as it wants it.
 */
export async function rollAgain(ecs: ECSClient, cluster: string, service: string): Promise<void> {
    const { UpdateServiceCommand } = await import("@aws-sdk/client-ecs");
    const { rollback, availabilityZoneRebalancing, ...percents } = deploymentSettings(true);
    await ecs.send(
        new UpdateServiceCommand({
            cluster,
            service,
            availabilityZoneRebalancing,
            deploymentConfiguration: { ...percents, deploymentCircuitBreaker: { enable: true, rollback } },
        }),
    );
}
