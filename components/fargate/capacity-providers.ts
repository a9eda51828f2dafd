import { AsyncResource } from "node:async_hooks";
import type { ECSClient } from "@aws-sdk/client-ecs";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { hasEngine, valueOf } from "../engine";
import { clientOptions } from "./aws-clients";
import { isRoleNotVisibleYet, onceRolesAreSeen } from "./propagation";

const CAPACITY_PROVIDERS = ["FARGATE", "FARGATE_SPOT"];

/**
 * Fargate and Fargate Spot for a cluster.
 *
 * The first cluster of an account has ECS make its service-linked role, which ECS cannot assume for some seconds; and while the AWS
 * provider makes a cluster again for that reason, it does not put capacity providers again (`retryClusterCapacityProvidersPut`). So
 * ECS is asked for them before the provider is, until it has the role. Asked twice for the same, it does nothing.
 */
export function capacityProviders(
    name: string,
    cluster: aws.ecs.Cluster,
    region: string,
    opts: pulumi.CustomResourceOptions,
): aws.ecs.ClusterCapacityProviders {
    const hooks = hasEngine() ? { beforeCreate: [linkedRoleHook(name, cluster, region)] } : undefined;
    return new aws.ecs.ClusterCapacityProviders(
        name,
        { clusterName: cluster.name, capacityProviders: CAPACITY_PROVIDERS },
        { ...opts, hooks },
    );
}

function linkedRoleHook(name: string, cluster: aws.ecs.Cluster, region: string): pulumi.ResourceHook {
    // Bound to where it is made: the engine calls a hook from outside the program, where its log would go nowhere.
    const wait = AsyncResource.bind(async () => {
        const { ECSClient } = await import("@aws-sdk/client-ecs");
        const ecs = new ECSClient(await clientOptions(region));
        await untilRoleIsSeen(ecs, await valueOf(cluster.name), () =>
            pulumi.log.info("waiting for ECS's service-linked role, which is new in this account", cluster),
        );
    });
    return new pulumi.ResourceHook(`${name}-service-linked-role`, () => wait());
}

/** Ends when ECS can assume its service-linked role. Fails where it cannot after two minutes; what else is wrong the provider says. */
export async function untilRoleIsSeen(
    ecs: Pick<ECSClient, "send">,
    cluster: string,
    waiting: () => void,
    pollSeconds?: number,
): Promise<void> {
    const { PutClusterCapacityProvidersCommand } = await import("@aws-sdk/client-ecs");
    const put = new PutClusterCapacityProvidersCommand({
        cluster,
        capacityProviders: CAPACITY_PROVIDERS,
        defaultCapacityProviderStrategy: [],
    });
    await onceRolesAreSeen(() => ecs.send(put), { waiting, pollSeconds }).catch((error: unknown) => {
        if (isRoleNotVisibleYet(error)) throw error;
    });
}
