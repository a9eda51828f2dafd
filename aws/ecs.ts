/** Clusters, services and task definitions, on Fargate. */
import { type ByRegion, HOURS, type PriceList } from "./prices";
import { type Item, PART, type ResourceTypes, type ServiceSize } from "./resource-type";
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

/** The cost of a service's tasks. */
export function tasksItem({ cpu, memory, min, max, arm, spot }: ServiceSize, prices: PriceList): Item {
    const { vcpu, gib } = prices.of(FARGATE);
    const share = (arm ? ARM_SHARE : 1) * (spot ? SPOT_SHARE : 1);
    const kind = `${arm ? ", Graviton" : ""}${spot ? ", Spot" : ""}`;
    return {
        what: `task of ${cpu / 1024} vCPU and ${memory / 1024} GiB${kind}`,
        min,
        max,
        each: ((cpu / 1024) * vcpu + (memory / 1024) * gib) * share * HOURS,
    };
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
            month: (_, prices, size) => (size ? [tasksItem(size, prices)] : [{ unpriced: "ECS service" }]),
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
