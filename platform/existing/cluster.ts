/** An ECS cluster that exists (`identity:cluster`): whether the stack's tasks can run in it. It is only read. */
import type { Cluster, ECSClient } from "@aws-sdk/client-ecs";
import { Place } from "../../aws/simulated";
import type { Problem } from "../../components/aws-error";
import { type PlatformConfig, workloadsOf } from "../../config/defaults";
import { ownTags, type Owner } from "./owner";

export interface FoundCluster {
    readonly arn: string;
    readonly name: string;
}

export const CLUSTER_NEEDS = "ecs:DescribeClusters";
const KEY = "identity:cluster.existing";

export async function lookUpCluster(
    ecs: Pick<ECSClient, "send">,
    existing: string,
    config: PlatformConfig,
    owner: Owner,
): Promise<{ problems: Problem[]; cluster?: FoundCluster }> {
    const { DescribeClustersCommand } = await import("@aws-sdk/client-ecs");
    const { clusters = [] } = await ecs.send(
        new DescribeClustersCommand({ clusters: [existing], include: ["SETTINGS", "TAGS"] }),
    );
    const [found] = clusters;
    // A cluster that was deleted is described for a while, as INACTIVE (ECS API reference, DescribeClusters).
    if (found?.status !== "ACTIVE") {
        const what = `there is no ECS cluster ${existing} in ${config.region}, of this account`;
        return {
            problems: [{ what, fix: `${KEY}: the name of one that is there; \`aws ecs list-clusters\` names them` }],
        };
    }
    const cluster = { arn: found.clusterArn!, name: found.clusterName! };
    return { problems: [...ownerProblems(found, owner), ...missing(found, config)], cluster };
}

function ownerProblems({ clusterName, tags = [] }: Cluster, owner: Owner): Problem[] {
    const value = (wanted: string) => tags.find(({ key }) => key === wanted)?.value;
    if (Object.entries(ownTags(owner)).every(([key, own]) => value(key) === own)) {
        const what = `the cluster ${clusterName} is the one that this stack made itself: named as one that exists, the \`up\` would delete it`;
        return [{ what, fix: "leave identity:cluster out" }];
    }
    if (value("ManagedBy") !== "pulumi" || value("Stack") === undefined) return [];
    const what = `the cluster ${clusterName} belongs to the stack ${value("Stack")} of ${value("Project")}, and goes with it`;
    return [{ what, fix: `${KEY}: a cluster that no stack makes` }];
}

/** What the stack's tasks want of a cluster: the program sets both on one of its own, and changes neither on this one. */
function missing({ clusterName, capacityProviders = [], settings = [] }: Cluster, config: PlatformConfig): Problem[] {
    const problems: Problem[] = [];
    if (usesSpot(config) && !capacityProviders.includes("FARGATE_SPOT")) {
        const others = [...new Set([...capacityProviders, "FARGATE", "FARGATE_SPOT"])].join(" ");
        problems.push({
            what: `the cluster ${clusterName} has no capacity provider FARGATE_SPOT, and tasks of the stack run on Spot`,
            fix:
                `aws ecs put-cluster-capacity-providers --cluster ${clusterName} --capacity-providers ${others} ` +
                "--default-capacity-provider-strategy, with the strategy that it has; or spot: false",
        });
    }
    const insights = settings.find(({ name }) => name === "containerInsights")?.value ?? "disabled";
    if (config.containerInsights && insights === "disabled") {
        problems.push({
            what: `the cluster ${clusterName} has Container Insights off, and alarms or autoscaling of the stack count tasks by them`,
            fix: `aws ecs update-cluster-settings --cluster ${clusterName} --settings name=containerInsights,value=enabled`,
        });
    }
    return problems;
}

const usesSpot = (config: PlatformConfig) => workloadsOf(config).some(({ spot }) => spot !== false);

/** The cluster that the plan assumes, where there is no AWS to ask. */
export function simulatedCluster(existing: string, { region }: PlatformConfig): FoundCluster {
    const name = existing.split("/").at(-1)!;
    return { name, arn: new Place(region).arn("ecs", `cluster/${name}`) };
}
