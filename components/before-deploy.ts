import { AsyncResource } from "node:async_hooks";
import * as pulumi from "@pulumi/pulumi";
import { hasEngine, valueOf } from "./engine";
import { runTask } from "./fargate/run-task";
import type { FargateTask } from "./fargate-task";

/** What a service has to be given so that a task runs to its end before the service changes. */
export interface BeforeDeploy {
    readonly hooks: pulumi.ResourceHook[];
    /** What the task needs: the service comes after it. */
    readonly dependsOn: pulumi.Resource[];
}

/**
 * Runs a task in the middle of an `up`, before any of the services that are given this is made or gets another task definition: a
 * migration of the database, say. Once in an `up`, however many services wait for it; where it fails, the `up` fails with its exit
 * code and last log lines, and the services stay as they were. A preview runs nothing, and a change of a service's size neither.
 *
 * It is a hook of the engine (`pulumi.ResourceHook`): only the engine knows whether a service will change. An error of a hook
 * *before* a change stops that change, other than one after it (see `fargate/rollout.ts`).
 */
export function beforeDeploy(name: string, task: FargateTask, timeoutSeconds: number): BeforeDeploy {
    return before(`${name}-before-deploy`, `${name} before_deploy`, task, timeoutSeconds, "taskDefinition");
}

/** The same before a resource that is no service. `input`: where another value of it is a change, the task runs. */
export function before(
    name: string,
    title: string,
    task: FargateTask,
    timeoutSeconds: number,
    input: string,
): BeforeDeploy {
    if (!hasEngine()) return { hooks: [], dependsOn: task.ready };
    const known = pulumi.all([task.clusterArn, task.taskDefinitionArn, task.subnetIds, task.securityGroupIds]);
    let run: Promise<void> | undefined;
    // Bound to where it is made: the engine calls a hook from outside the program, where its log would go nowhere.
    const release = AsyncResource.bind(() =>
        valueOf(known).then(([cluster, taskDefinition, subnets, securityGroups]) =>
            runTask({ name: title, cluster, taskDefinition, subnets, securityGroups, timeoutSeconds }, task),
        ),
    );
    const hook = new pulumi.ResourceHook(name, async ({ newInputs, oldInputs }) => {
        if (oldInputs && newInputs?.[input] === oldInputs[input]) return;
        await (run ??= release());
    });
    return { hooks: [hook], dependsOn: task.ready };
}
