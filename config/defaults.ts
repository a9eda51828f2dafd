/**
 * What a stack is given where its file is silent. `dev` is the cheapest thing that works; `prod` survives the loss of a
 * zone and of a careless hand. Each difference between the two is in the table below, with its reason.
 */
import type { AgentInput, StackInput } from "./schema";

export type Environment = StackInput["environment"];

const BY_ENVIRONMENT = {
    dev: {
        zones: 2, // a load balancer and a database's subnet group need two
        nat: "single", // 45 instead of 90 USD a month; without it there is no ECR, no other agent and no ledger to reach
        flowLogs: false,
        accessLogs: false,
        instanceClass: "db.t4g.micro", // 1 GiB: about 75 connections, enough for three clusters of two at five for each task
        walletConnections: 5,
        multiAz: false,
        backupDays: 7,
        finalSnapshot: false,
        exec: true, // a shell in a task is how one learns what it does
        logRetentionDays: 14,
        protect: false, // `pulumi destroy` must just work
        containerInsights: false,
    },
    prod: {
        zones: 3, // with two zones, the loss of one takes half of the capacity
        nat: "per-zone", // with a single one, the loss of its zone takes every zone's way out
        flowLogs: true, // who talked to whom, for the day when somebody asks
        accessLogs: true,
        instanceClass: "db.t4g.medium", // 4 GiB: about 300 connections, enough for five clusters of three
        walletConnections: 10, // what ACA-Py's own chart gives an agent
        multiAz: true, // fails over in a minute or two; the agents' pools heal by themselves
        backupDays: 14,
        finalSnapshot: true,
        exec: false, // an audited deployment is the way to change a task
        logRetentionDays: 90,
        protect: true,
        containerInsights: true,
    },
} as const satisfies Record<Environment, unknown>;

const NETWORK_CIDR = "10.0.0.0/16";
/** 0.5 vCPU and 1 GiB: ACA-Py starts in 2–4 s on it and rests at about 100 MiB. */
const AGENT_SIZE = { cpu: 512, memory: 1024 };

function agentDefaults(name: string, input: AgentInput, zones: number, walletConnections: number) {
    return {
        label: input.label ?? name,
        host: input.host ?? name,
        count: input.count ?? zones,
        autoscaling: input.autoscaling && {
            max: input.autoscaling.max,
            cpuPercent: input.autoscaling.cpuPercent ?? 70,
            memoryPercent: input.autoscaling.memoryPercent ?? 75,
        },
        cpu: input.cpu ?? AGENT_SIZE.cpu,
        memory: input.memory ?? AGENT_SIZE.memory,
        didcommPort: input.didcommPort ?? 8020,
        adminPort: input.adminPort ?? 8021,
        walletName: input.walletName ?? `${name}-wallet`,
        walletType: input.walletType ?? ("askar-anoncreds" as const),
        walletConnections: input.walletConnections ?? walletConnections,
        genesisUrl: input.genesisUrl,
        logLevel: input.logLevel ?? ("info" as const),
        environment: input.environment ?? {},
        secrets: input.secrets ?? {},
    };
}

/** The whole configuration of a stack: what its file says, and the environment's defaults where it says nothing. */
export function withDefaults(input: StackInput, region: string) {
    const d = BY_ENVIRONMENT[input.environment];
    const zones = input.network?.zones ?? input.network?.zoneNames?.length ?? d.zones;
    return {
        region,
        environment: input.environment,
        domain: input.domain && {
            name: input.domain.name,
            zone: input.domain.zone ?? input.domain.name,
            createZone: input.domain.createZone ?? false,
        },
        network: {
            cidr: input.network?.cidr ?? NETWORK_CIDR,
            zones,
            zoneNames: input.network?.zoneNames,
            nat: input.network?.nat ?? d.nat,
            interfaceEndpoints: input.network?.interfaceEndpoints ?? false,
            flowLogs: input.network?.flowLogs ?? d.flowLogs,
        },
        publicEndpoint: {
            plainHttp: input.publicEndpoint?.plainHttp ?? false,
            allowedCidrs: input.publicEndpoint?.allowedCidrs ?? ["0.0.0.0/0"],
            accessLogs: input.publicEndpoint?.accessLogs ?? d.accessLogs,
            idleTimeoutSeconds: input.publicEndpoint?.idleTimeoutSeconds ?? 60,
        },
        adminEndpoint: {
            allowedCidrs: input.adminEndpoint?.allowedCidrs ?? [],
            allowedSecurityGroupIds: input.adminEndpoint?.allowedSecurityGroupIds ?? [],
        },
        walletDb: {
            engineVersion: input.walletDb?.engineVersion ?? "17",
            instanceClass: input.walletDb?.instanceClass ?? d.instanceClass,
            storageGiB: input.walletDb?.storageGiB ?? 20,
            // RDS asks for a tenth more than there is, and recommends a quarter (user guide, storage autoscaling).
            maxStorageGiB:
                input.walletDb?.maxStorageGiB ?? Math.max(100, Math.ceil((input.walletDb?.storageGiB ?? 0) * 1.26)),
            multiAz: input.walletDb?.multiAz ?? d.multiAz,
            backupDays: input.walletDb?.backupDays ?? d.backupDays,
            finalSnapshot: input.walletDb?.finalSnapshot ?? d.finalSnapshot,
        },
        agentImage: input.agentImage,
        agents: Object.fromEntries(
            Object.entries(input.agents).map(([name, agent]) => [
                name,
                agentDefaults(name, agent, zones, d.walletConnections),
            ]),
        ),
        exec: input.exec ?? d.exec,
        logRetentionDays: input.logRetentionDays ?? d.logRetentionDays,
        protect: input.protect ?? d.protect,
        containerInsights: d.containerInsights,
        tags: input.tags ?? {},
    };
}

export type PlatformConfig = ReturnType<typeof withDefaults>;
export type AgentConfig = PlatformConfig["agents"][string];
