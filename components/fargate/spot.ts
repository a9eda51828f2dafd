import type * as aws from "@pulumi/aws";

/** How many of a service's tasks are on Fargate Spot. */
export interface SpotShare {
    /** Tasks that are always on demand. @default 0 */
    base?: number;
    /** The percentage of the tasks beyond `base` that is on Spot. The others are on demand. @default 100 */
    share?: number;
}

/** All tasks (true), none (false), or some of them. */
export type Spot = boolean | SpotShare;

/**
 * Where ECS places a service's tasks. A base on demand with a weight of 0 takes its number of tasks and no more
 * (AmazonECS/latest/APIReference/API_CapacityProviderStrategyItem.html).
 */
export function placement(spot: Spot = false): Pick<aws.ecs.ServiceArgs, "launchType" | "capacityProviderStrategies"> {
    const { base = 0, share = 100 } = typeof spot === "object" ? spot : {};
    if (spot === false) return { launchType: "FARGATE" };
    if (base === 0 && share === 100) return onSpot(1);
    const weight = 100 - share;
    return {
        capacityProviderStrategies: [
            { capacityProvider: "FARGATE", base, weight },
            ...onSpot(weight === 0 ? 1 : share).capacityProviderStrategies,
        ],
    };
}

const onSpot = (weight: number) => ({ capacityProviderStrategies: [{ capacityProvider: "FARGATE_SPOT", weight }] });
