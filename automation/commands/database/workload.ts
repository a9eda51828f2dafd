/** Whose database it is: where it is, and the services whose tasks use it. */
import type { ECSClient } from "@aws-sdk/client-ecs";
import { type Database, type Outputs, pick } from "../../runner/deployed";
import type { StateResource } from "../../runner/stack";
import { nameOf } from "../../runner/urn";
import type { Subject } from "./data";

export interface Workload extends Subject {
    readonly access: Database;
    /** Whether it is on the stack's shared instance. */
    readonly shared: boolean;
    /** Other clusters of agents on the same instance, all as one role. */
    readonly neighbours: readonly string[];
    /** By the names that the stack has for them. */
    readonly services: Readonly<Record<string, DeployedService>>;
}

export interface DeployedService {
    /** Its name in ECS. */
    readonly inEcs: string;
    /** How many tasks it has by the state: where the autoscaler sets that, the fewest. */
    readonly count: number;
}

const WALLETS = "wallet-db";

/** A cluster of agents, Keycloak, a service or a heritage that has a database. Fails with the list of those where there is none of the name. */
export function workloadOf(
    { databases, adminUrls }: Outputs,
    resources: readonly StateResource[],
    { name, prefix }: { name: string; prefix: string },
): Workload {
    const agents = databases[WALLETS] === undefined ? [] : Object.keys(adminUrls);
    const all = Object.fromEntries([
        ...agents.map((agent) => [agent, databases[WALLETS]!] as const),
        ...Object.entries(databases)
            .filter(([instance]) => instance !== WALLETS)
            .map(([instance, access]) => [instance.replace(/-db$/, ""), access] as const),
    ]);
    const access = pick(all, name, "database of");
    const kind = Object.hasOwn(adminUrls, name) ? "wallet" : "database";
    const shared = access.host.startsWith(`${prefix}-shared-db-`.toLowerCase());
    const neighbours = agents.filter((agent) => agent !== name);
    return {
        name,
        kind,
        access,
        shared,
        neighbours: kind === "wallet" ? neighbours : [],
        services: servicesOf(resources, name),
    };
}

const SERVICE = "aws:ecs/service:Service";
/** The components that a workload is. */
const WORKLOADS = ["AgentCluster", "TlsService", "KeycloakHa", "Heritage"].map(
    (component) => `identity:index:${component}`,
);

/** The services in ECS that a workload has, by the names of their resources. */
export function servicesOf(resources: readonly StateResource[], name: string): Record<string, DeployedService> {
    const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
    const isOf = (resource: StateResource | undefined): boolean =>
        resource !== undefined &&
        ((WORKLOADS.includes(resource.type) && nameOf(resource.urn) === name) ||
            isOf(byUrn.get(resource.parent ?? "")));
    return Object.fromEntries(
        resources
            .filter((resource) => resource.type === SERVICE && isOf(resource))
            .map(({ urn, inputs, outputs }) => [
                nameOf(urn),
                { inEcs: String(outputs?.name), count: Number(inputs?.desiredCount ?? 0) },
            ]),
    );
}

/** A wallet's name, and whether its agents make more databases, for tenants: as the task definition has it. */
export async function walletOf(
    ecs: Pick<ECSClient, "send">,
    cluster: string,
    service: string,
): Promise<{ wallet: string; tenants: boolean }> {
    const { DescribeServicesCommand, DescribeTaskDefinitionCommand } = await import("@aws-sdk/client-ecs");
    const { services = [] } = await ecs.send(new DescribeServicesCommand({ cluster, services: [service] }));
    const { taskDefinition } = await ecs.send(
        new DescribeTaskDefinitionCommand({ taskDefinition: services[0]!.taskDefinition }),
    );
    const variables = (taskDefinition?.containerDefinitions ?? []).flatMap(({ environment = [] }) => environment);
    const value = (name: string) => variables.find((variable) => variable.name === name)?.value;
    return { wallet: value("ACAPY_WALLET_NAME")!, tenants: value("ACAPY_MULTITENANT") === "true" };
}
