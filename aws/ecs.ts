/** Clusters, services and task definitions, on Fargate. */
import { type ByRegion, HOURS, type PriceList } from "./prices";
import { type Inputs, type Item, PART, type ResourceTypes, type ServiceSize } from "./resource-type";
import { named, PLAIN } from "./simulated";
import { DASHED, filled } from "./texts";

/** Prices for an hour on Linux and x86. */
export const FARGATE: ByRegion<{ readonly vcpu: number; readonly gib: number }> = {
    "us-east-1": { vcpu: 0.04048, gib: 0.004445 },
    "eu-west-1": { vcpu: 0.04048, gib: 0.004445 },
    "eu-central-1": { vcpu: 0.04656, gib: 0.00511 },
    "ap-northeast-1": { vcpu: 0.05056, gib: 0.00553 },
};
/** The price of Fargate on Graviton as a share of the price on x86: 0.05056 and 0.04045 in Tokyo, the same share elsewhere. */
const ARM_SHARE = 0.8;
/** The price of Fargate Spot as a share of the price on demand. AWS adjusts it by spare capacity; this one was read as 0.0234 of 0.0696. */
const SPOT_SHARE = 0.34;

/** Of a service that has no task on Spot, and of one that has no other. */
export const ON_DEMAND: ServiceSize["spot"] = { base: 0, share: 0 };
export const ALL_SPOT: ServiceSize["spot"] = { base: 0, share: 1 };

/** Which tasks of a service are on Spot, by its inputs. */
export function spotOf({ capacityProviderStrategies }: Inputs): ServiceSize["spot"] {
    const strategies = (capacityProviderStrategies ?? []) as {
        capacityProvider: string;
        base?: number;
        weight?: number;
    }[];
    const weight = (spot: boolean) =>
        strategies
            .filter(({ capacityProvider }) => (capacityProvider === "FARGATE_SPOT") === spot)
            .reduce((total, strategy) => total + (strategy.weight ?? 0), 0);
    if (weight(true) === 0) return ON_DEMAND;
    const base = strategies.find(({ capacityProvider }) => capacityProvider === "FARGATE")?.base ?? 0;
    return { base, share: weight(true) / (weight(true) + weight(false)) };
}

/** How many of a number of tasks are on Spot, on average. */
export const tasksOnSpot = (tasks: number, { base, share }: ServiceSize["spot"]) => Math.max(0, tasks - base) * share;

/** The cost of a service's tasks, those on demand and those on Spot. */
export function tasksItems({ cpu, memory, min, max, arm, spot }: ServiceSize, prices: PriceList): Item[] {
    const { vcpu, gib } = prices.of(FARGATE);
    const each = ((cpu / 1024) * vcpu + (memory / 1024) * gib) * (arm ? ARM_SHARE : 1) * HOURS;
    const what = `task of ${cpu / 1024} vCPU and ${memory / 1024} GiB${arm ? ", Graviton" : ""}`;
    const onSpot = { min: tasksOnSpot(min, spot), max: tasksOnSpot(max, spot) };
    return [
        { what, min: min - onSpot.min, max: max - onSpot.max, each, stops: true },
        { what: `${what}, Spot`, ...onSpot, each: each * SPOT_SHARE, stops: true },
    ].filter((item) => item.max > 0);
}

const READS = ["ecs:Describe*", "ecs:List*"];

export const ECS = {
    "aws:ecs/cluster:Cluster": {
        ...PART,
        simulated: { id: named, outputs: ({ id }, place) => ({ name: id, arn: place.arn("ecs", `cluster/${id}`) }) },
        texts: { name: filled(DASHED) },
        laptop: "left out",
        reads: READS,
        writes: [
            "ecs:CreateCluster",
            "ecs:UpdateCluster",
            "ecs:UpdateClusterSettings",
            "ecs:DeleteCluster",
            "ecs:TagResource",
            "ecs:UntagResource",
        ],
        // AmazonECS/latest/developerguide/using-service-linked-roles-for-clusters.html
        linkedRole: { service: "ecs.amazonaws.com", role: "AWSServiceRoleForECS" },
    },
    "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders": {
        ...PART,
        simulated: PLAIN,
        minutes: 0.2,
        texts: {},
        laptop: "left out",
        reads: READS,
        writes: ["ecs:PutClusterCapacityProviders"],
    },
    "aws:ecs/service:Service": {
        ...PART,
        simulated: { id: named, outputs: ({ id }) => ({ name: id }) },
        cost: {
            month: (_, prices, size) => (size ? tasksItems(size, prices) : [{ unpriced: "ECS service" }]),
        },
        // Until its tasks are healthy and the deployment is complete (`fargate/rollout.ts`). Keycloak starts in 25 s on a new database.
        minutes: (_, name) => (name.includes("keycloak") ? 4 : 2.5),
        picture: { section: "services" },
        address: ({ networkConfiguration }) => {
            const network = networkConfiguration as
                { securityGroups?: string[]; subnets?: string[]; assignPublicIp?: boolean } | undefined;
            return {
                kind: "service",
                securityGroups: network?.securityGroups,
                subnets: network?.subnets,
                isPublic: network?.assignPublicIp ?? false,
            };
        },
        quota: {
            service: "fargate",
            onDemand: { what: "vCPUs of Fargate", code: "L-3032A538" },
            spot: { what: "vCPUs of Fargate Spot", code: "L-36FBB829" },
        },
        texts: { name: filled(DASHED) },
        laptop: "rendered",
        reads: READS,
        writes: [
            "ecs:CreateService",
            "ecs:UpdateService",
            "ecs:DeleteService",
            // For the task before a deployment, and for the running version of Keycloak.
            "ecs:RunTask",
            "ecs:StopTask",
        ],
    },
    "aws:ecs/taskDefinition:TaskDefinition": {
        ...PART,
        simulated: {
            id: named,
            outputs: ({ inputs }, place) => ({
                arn: place.arn("ecs", `task-definition/${inputs.family}:1`),
                revision: 1,
            }),
        },
        texts: { family: DASHED },
        laptop: "rendered",
        reads: READS,
        writes: ["ecs:RegisterTaskDefinition", "ecs:DeregisterTaskDefinition"],
    },
} satisfies ResourceTypes;
