/** A service's name in the VPC, by Cloud Map. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

export interface ServiceDiscoveryArgs {
    /** A private DNS namespace of Cloud Map; the tasks' addresses are at `<name>.<namespace>`. */
    namespaceId: pulumi.Input<string>;
    /** Where they listen. */
    port: number;
    /** Whose members may connect there. */
    callersGroupId: pulumi.Input<string>;
    /**
     * More groups whose members may, by what they are: of tasks that are in five groups already, the most that AWS takes, and whose way
     * out is open. @default none
     */
    alsoFrom?: Record<string, pulumi.Input<string>>;
}

/** Seconds that a resolver keeps the addresses: as long, at most, a caller may try a task that has gone. */
const DISCOVERY_TTL = 10;

/** The name that other tasks find a service's tasks by. */
export function registerService(name: string, { namespaceId }: ServiceDiscoveryArgs, parent: pulumi.Resource) {
    const registry = new aws.servicediscovery.Service(
        name,
        {
            name,
            dnsConfig: {
                namespaceId,
                dnsRecords: [{ type: "A", ttl: DISCOVERY_TTL }],
                routingPolicy: "MULTIVALUE",
            },
            // ECS tells Cloud Map when a task runs and its containers' health checks pass; without this the name leads to it before
            // (ECS guide, "Service discovery"). AWS takes 1 alone, and the provider warns of that; without a number it sends nothing.
            healthCheckCustomConfig: { failureThreshold: 1 },
            forceDestroy: true, // ECS takes a task's record away a moment after the task
        },
        // A registry that was created without it is left alone: adding it replaces the registry, and the old record goes first.
        { parent, ignoreChanges: ["healthCheckCustomConfig"] },
    );
    return { registryArn: registry.arn };
}
