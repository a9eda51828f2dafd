/**
 * What a stack is given where its file is silent. Where environments differ, `environments.ts` says in what.
 */
import { APPLICATION_PORT } from "../components/application-port";
import { CONNECTIONS, DATABASE_NAME } from "../components/application-database";
import { type Architecture, DEFAULT_ARCHITECTURE } from "../components/fargate/architecture";
import { VON_NETWORK_COMMIT } from "../components/dev-ledger/user-data";
import { GRPC_OK, HEALTH_CHECKS } from "../components/endpoint/health-checks";
import { PLANNED_CPU_PERCENT } from "../components/keycloak/sizing";
import { WEB_ACL_DEFAULTS } from "../components/web-acl";
import type { EachKey } from "./each-key";
import { type EnvironmentDefaults, environmentNamed } from "./environments";
import { type Here, namesHere } from "./names-here";
import type { HeritageInput } from "./heritage/schema";
import { daysOf } from "./days";
import { bindingDefaults } from "./heritage/uses-defaults";
import type { StackInput } from "./schema";
import type { AgentInput } from "./schema/agents";
import { type DatabaseInput, INSTANCE_KEYS, type InstanceInput } from "./schema/database";
import { sharedName } from "./shared-names";
import type { KeycloakInput } from "./schema/keycloak";
import type { ServiceInput } from "./schema/services";
import type { SpotInput } from "./schema/spot";

/** What the parts of a stack take where the file says nothing of them: the environment's defaults, and the stack's own choices. */
interface StackDefaults extends EnvironmentDefaults {
    readonly architecture: Architecture;
    /** Whether there is an instance that several databases share. */
    readonly hasShared: boolean;
}

const NETWORK_CIDR = "10.0.0.0/16";
/** 0.25 vCPU and 512 MiB, Fargate's least: Envoy rests at 15 MiB of it. */
const SERVICE_SIZE = { cpu: 256, memory: 512 };

/** The ARN of one that exists, the settings of one of the stack's own, or none. */
function webAclDefaults(input: NonNullable<StackInput["publicEndpoint"]>["webAcl"], d: EnvironmentDefaults) {
    if (typeof input === "string") return input;
    const own = input ?? d.webAcl;
    if (own === false) return undefined;
    const { mode, requests, logIns, countOnly } = own === true ? {} : own;
    return {
        mode: mode ?? WEB_ACL_DEFAULTS.mode,
        requests: requests ?? WEB_ACL_DEFAULTS.requests,
        logIns: logIns ?? WEB_ACL_DEFAULTS.logIns,
        countOnly: countOnly ?? [],
    } satisfies EachKey<Exclude<typeof own, boolean>>;
}

/** Of a network that exists there are no defaults but its zones: its private subnets, where they are named, say how many. */
function networkDefaults(input: NonNullable<StackInput["network"]>, d: EnvironmentDefaults) {
    const { existing } = input;
    if (!existing) {
        return {
            existing: undefined,
            cidr: input.cidr ?? NETWORK_CIDR,
            zones: input.zones ?? input.zoneNames?.length ?? d.zones,
            zoneNames: input.zoneNames,
            nat: input.nat ?? d.nat,
            interfaceEndpoints: input.interfaceEndpoints ?? false,
            flowLogs: input.flowLogs ?? d.flowLogs,
        } satisfies EachKey<StackInput["network"]>;
    }
    const { subnets } = existing;
    return {
        existing: {
            vpc: existing.vpc,
            subnets: {
                public: subnets.public,
                private: subnets.private,
                database: subnets.database ?? subnets.private,
            } satisfies EachKey<typeof subnets>,
        } satisfies EachKey<typeof existing>,
        cidr: input.cidr,
        zones: input.zones ?? (Array.isArray(subnets.private) ? subnets.private.length : d.zones),
        zoneNames: input.zoneNames,
        nat: input.nat,
        interfaceEndpoints: input.interfaceEndpoints,
        flowLogs: input.flowLogs,
    } satisfies EachKey<StackInput["network"]>;
}

/** Tasks that a service has; with autoscaling the fewest, which a file says as `count` or as `autoscaling.min`. */
const tasks = ({ count, autoscaling }: Pick<AgentInput, "count" | "autoscaling">, zones: number) =>
    count ?? autoscaling?.min ?? zones;

function autoscalingDefaults(input: AgentInput["autoscaling"]) {
    return (
        input &&
        ({
            min: input.min, // `count`, where the file does not say
            max: input.max,
            cpuPercent: input.cpuPercent ?? 70,
            memoryPercent: input.memoryPercent ?? 75,
        } satisfies EachKey<typeof input>)
    );
}

/** All tasks on Fargate Spot, none, or those beyond a base. */
export type SpotConfig = boolean | { readonly base: number; readonly share: number };

const spotDefaults = (input: SpotInput, d: EnvironmentDefaults): SpotConfig =>
    typeof input === "object"
        ? ({ base: input.base ?? 0, share: input.share ?? 100 } satisfies EachKey<typeof input>)
        : (input ?? d.spot);

function instanceDefaults(input: InstanceInput | undefined, d: EnvironmentDefaults) {
    return {
        engineVersion: input?.engineVersion ?? "17",
        instanceClass: input?.instanceClass ?? d.instanceClass,
        storageGiB: input?.storageGiB ?? 20,
        // RDS asks for a tenth more than there is, and recommends a quarter (user guide, storage autoscaling).
        maxStorageGiB: input?.maxStorageGiB ?? Math.max(100, Math.ceil((input?.storageGiB ?? 0) * 1.26)),
        multiAz: input?.multiAz ?? d.multiAz,
        blueGreen: input?.blueGreen ?? false,
        backupDays: input?.backupDays ?? d.backupDays,
        audit: input?.audit ?? d.databaseAudit,
        // A change of it would be made on a copy, when nobody has asked for one.
        monitoringSeconds: input?.monitoringSeconds ?? (input?.blueGreen ? 0 : d.databaseMonitoring),
        finalSnapshot: input?.finalSnapshot ?? d.finalSnapshot,
        restoreFrom: input?.restoreFrom,
    } satisfies EachKey<InstanceInput>;
}

/** No gate where the file asks for none: a basic scan names findings that no version of a package has a fix for, too. */
const imageDefaults = (input: StackInput["images"]) =>
    ({
        gate:
            input?.gate &&
            ({
                severity: input.gate.severity ?? "critical",
                except: (input.gate.except ?? []).map(({ cve, reason, until }) => ({
                    cve,
                    reason,
                    until: until.slice(0, "YYYY-MM-DD".length),
                })),
            } satisfies EachKey<typeof input.gate>),
    }) satisfies EachKey<StackInput["images"]>;

const databaseDefaults = (input: DatabaseInput | undefined, d: EnvironmentDefaults) =>
    ({
        ...instanceDefaults(input, d),
        // With what the file says of an instance that there is none of.
        shared: input?.shared ? { unused: INSTANCE_KEYS.filter((key) => input[key] !== undefined) } : undefined,
    }) satisfies EachKey<DatabaseInput>;

function serviceDefaults(name: string, input: ServiceInput, zones: number, d: StackDefaults) {
    const { database } = input;
    return {
        build: input.build,
        image: input.image,
        port: input.port ?? APPLICATION_PORT,
        protocol: input.protocol ?? ("http1" as const),
        healthCheckPath: input.healthCheckPath,
        host: input.host ?? name,
        paths: input.paths,
        priority: input.priority,
        count: tasks(input, zones),
        autoscaling: autoscalingDefaults(input.autoscaling),
        architecture: input.architecture ?? d.architecture,
        spot: spotDefaults(input.spot, d),
        cpu: input.cpu ?? SERVICE_SIZE.cpu,
        memory: input.memory ?? SERVICE_SIZE.memory,
        user: input.user ?? "1000",
        command: input.command,
        writable: input.writable ?? [],
        environment: input.environment ?? {},
        notSecret: input.notSecret ?? {},
        secrets: input.secrets ?? {},
        parameters: input.parameters ?? {},
        database:
            database &&
            ({
                ...databaseDefaults(database, d),
                name: database.name ?? (database.shared ? sharedName(name) : DATABASE_NAME),
                connections: database.connections ?? CONNECTIONS,
                credentials: database.credentials ?? ("environment" as const),
            } satisfies EachKey<typeof database>),
        certificate: input.certificate,
    } satisfies EachKey<ServiceInput>;
}

function agentDefaults(name: string, input: AgentInput, zones: number, d: StackDefaults) {
    return {
        label: input.label ?? name,
        host: input.host ?? name,
        count: tasks(input, input.mediator ? 1 : zones),
        autoscaling: autoscalingDefaults(input.autoscaling),
        architecture: input.architecture ?? d.architecture,
        spot: spotDefaults(input.spot, d),
        cpu: input.cpu ?? d.agentSize.cpu,
        memory: input.memory ?? d.agentSize.memory,
        didcommPort: input.didcommPort ?? 8020,
        adminPort: input.adminPort ?? 8021,
        webSocketPort: input.webSocketPort ?? (input.mediator ? 8022 : undefined),
        mediator: input.mediator ?? false,
        tails:
            input.tails &&
            ({
                port: input.tails.port ?? 8023,
                image: input.tails.image,
                backups: input.tails.backups ?? d.fileBackups,
            } satisfies EachKey<NonNullable<AgentInput["tails"]>>),
        tls: input.tls ?? true,
        walletName: input.walletName ?? `${name}-wallet`,
        walletType: input.walletType ?? ("askar-anoncreds" as const),
        walletConnections: input.walletConnections ?? d.walletConnections,
        tenants: input.tenants,
        genesisUrl: input.genesisUrl,
        logLevel: input.logLevel ?? ("info" as const),
        environment: input.environment ?? {},
        notSecret: input.notSecret ?? {},
        secrets: input.secrets ?? {},
    } satisfies EachKey<AgentInput>;
}

/** One vCPU and 2 GiB: a first start takes 25 s on it, and an idle node rests at about 600 MiB. */
const KEYCLOAK_SIZE = { cpu: 1024, memory: 2048 };

function keycloakDefaults(input: KeycloakInput, zones: number, d: StackDefaults) {
    return {
        version: input.version,
        host: input.host ?? "auth",
        count: tasks(input, zones), // the loss of a zone is that of one node
        autoscaling:
            input.autoscaling &&
            ({
                min: input.autoscaling.min,
                max: input.autoscaling.max,
                cpuPercent: input.autoscaling.cpuPercent ?? PLANNED_CPU_PERCENT,
            } satisfies EachKey<KeycloakInput["autoscaling"]>),
        architecture: input.architecture ?? d.architecture,
        spot: spotDefaults(input.spot, d),
        cpu: input.cpu ?? KEYCLOAK_SIZE.cpu,
        memory: input.memory ?? KEYCLOAK_SIZE.memory,
        poolSize: input.poolSize ?? d.keycloakPool,
        database: databaseDefaults(input.database, d),
        image: input.image,
        relativePath: input.relativePath ?? "",
        environment: input.environment ?? {},
        notSecret: input.notSecret ?? {},
        secrets: input.secrets ?? {},
        tls: input.tls ?? true,
        egress: input.egress, // none is not the same as nowhere else
    } satisfies EachKey<KeycloakInput>;
}

/** A quarter of an hour: a migration that takes longer had better not run while the old version serves. */
const BEFORE_DEPLOY_SECONDS = 900;

function heritageDefaults(name: string, input: HeritageInput, zones: number, d: StackDefaults, here: Here) {
    return {
        build: input.build,
        image: input.image,
        architecture: input.architecture ?? d.architecture,
        imageCredentials: input.imageCredentials,
        user: input.user ?? "1000",
        environment: input.environment ?? {},
        environmentFiles: input.environmentFiles ?? [],
        notSecret: input.notSecret ?? {},
        secrets: input.secrets ?? {},
        uses: mapValues(input.uses, (binding) => bindingDefaults(binding, d)),
        egress: input.egress ?? [],
        permissions: input.permissions ?? [],
        database:
            input.database &&
            ({
                ...heritageDatabase(input.database, d),
                credentials: input.database.credentials ?? ("environment" as const),
                variables: input.database.variables,
            } satisfies EachKey<HeritageInput["database"]>),
        volumes: mapValues(input.volumes, (volume) => volumeDefaults(volume, d)),
        services: mapValues(input.services, (service) => heritageServiceDefaults(name, service, zones, d, here)),
        scheduledTasks: mapValues(input.scheduledTasks, scheduledTaskDefaults),
        plugins: input.plugins,
        deploy: input.deploy,
        beforeDeploy:
            input.beforeDeploy &&
            ({
                entrypoint: input.beforeDeploy.entrypoint,
                command: commandWords(input.beforeDeploy.command),
                timeoutSeconds: input.beforeDeploy.timeoutSeconds ?? BEFORE_DEPLOY_SECONDS,
                mounts: input.beforeDeploy.mounts ?? {},
                writable: input.beforeDeploy.writable ?? [],
                ...sizeDefaults(input.beforeDeploy),
            } satisfies EachKey<HeritageInput["beforeDeploy"]>),
    } satisfies EachKey<HeritageInput>;
}

/** What the file says of an instance of its own is for the stacks where it has one. */
function heritageDatabase({ shared, ...input }: NonNullable<HeritageInput["database"]>, d: StackDefaults) {
    if (shared !== "where-there-is-one") return databaseDefaults({ ...input, shared }, d);
    return { ...databaseDefaults(input, d), shared: d.hasShared ? { unused: [] } : undefined };
}

type VolumeInput = NonNullable<HeritageInput["volumes"]>[string];

const volumeDefaults = ({ efs }: VolumeInput, d: EnvironmentDefaults) =>
    ({
        efs:
            efs &&
            ({
                existing: efs.existing,
                directory: efs.directory,
                backups: d.fileBackups,
            } satisfies EachKey<typeof efs> & { backups: boolean }),
    }) satisfies EachKey<VolumeInput>;

type HeritageServiceInput = NonNullable<HeritageInput["services"]>[string];
type ListenerInput = NonNullable<HeritageServiceInput["listeners"]>[number];
type ScheduledTaskInput = NonNullable<HeritageInput["scheduledTasks"]>[string];

function heritageServiceDefaults(
    heritage: string,
    input: HeritageServiceInput,
    zones: number,
    d: EnvironmentDefaults,
    here: Here,
) {
    return {
        listeners: (input.listeners ?? []).map(
            (listener) =>
                ({
                    endpoint: listener.endpoint ?? ("public" as const),
                    host: listener.host,
                    hosts: listener.hosts?.map(here.name) ?? [listener.host ?? heritage],
                    paths: listener.paths,
                    priority: listener.priority,
                    redirect: listener.redirect && here.redirect(listener.redirect),
                    login:
                        listener.login &&
                        ({
                            realm: listener.login.realm,
                            client: listener.login.client,
                            secret: listener.login.secret,
                            tokens:
                                listener.login.tokens &&
                                ({
                                    client: listener.login.tokens.client,
                                    scope: listener.login.tokens.scope,
                                } satisfies EachKey<typeof listener.login.tokens>),
                        } satisfies EachKey<typeof listener.login>),
                }) satisfies EachKey<ListenerInput>,
        ),
        reachable: input.reachable ?? false,
        spot: spotDefaults(input.spot, d),
        port: input.port,
        healthCheckPath: input.healthCheckPath,
        healthCheck: healthCheckDefaults(input),
        protocol: input.protocol,
        deregistrationSeconds: input.deregistrationSeconds,
        stickySeconds: input.stickySeconds,
        healthCheckCommand: input.healthCheckCommand,
        tls: input.tls,
        count: input.singleton ? (input.count ?? 1) : tasks(input, zones),
        singleton: input.singleton ?? false,
        mounts: input.mounts ?? {},
        sidecars: mapValues(input.sidecars, sidecarDefaults),
        receives: input.receives,
        stopFirst: input.stopFirst ?? false,
        autoscaling:
            input.autoscaling &&
            ({
                ...autoscalingDefaults(input.autoscaling)!,
                requestsPerTask: input.autoscaling.requestsPerTask,
                messagesPerTask: input.autoscaling.messagesPerTask,
            } satisfies EachKey<typeof input.autoscaling>),
        ...sizeDefaults(input),
        entrypoint: input.entrypoint,
        command: input.command === undefined ? undefined : commandWords(input.command),
        environment: input.environment ?? {},
        secrets: input.secrets ?? {},
        writable: input.writable ?? [],
        stopTimeout: input.stopTimeout,
    } satisfies EachKey<HeritageServiceInput>;
}

/** Container Insights counts the tasks that messages are divided by (`components/fargate/autoscaling.ts`). */
const countsMessages = ({ services = {} }: HeritageInput) =>
    Object.values(services).some(({ autoscaling }) => Object.keys(autoscaling?.messagesPerTask ?? {}).length > 0);

/** A load balancer's own settings are those of the component, said here so that what a file leaves out is checked with the rest. */
const healthCheckDefaults = ({ healthCheck: input, protocol }: HeritageServiceInput) =>
    input &&
    ({
        codes: input.codes ?? (protocol === "grpc" ? GRPC_OK : HEALTH_CHECKS.matcher),
        graceSeconds: input.graceSeconds ?? 60,
        intervalSeconds: input.intervalSeconds ?? HEALTH_CHECKS.interval,
        timeoutSeconds: input.timeoutSeconds ?? HEALTH_CHECKS.timeout,
        healthy: input.healthy ?? HEALTH_CHECKS.healthyThreshold,
        unhealthy: input.unhealthy ?? HEALTH_CHECKS.unhealthyThreshold,
    } satisfies EachKey<typeof input>);

const scheduledTaskDefaults = (input: ScheduledTaskInput) =>
    ({
        schedule: input.schedule,
        timeZone: input.timeZone ?? "UTC",
        entrypoint: input.entrypoint,
        command: commandWords(input.command),
        retries: input.retries ?? 2,
        ...sizeDefaults(input),
        environment: input.environment ?? {},
        secrets: input.secrets ?? {},
        mounts: input.mounts ?? {},
        writable: input.writable ?? [],
    }) satisfies EachKey<ScheduledTaskInput>;

type SidecarInput = NonNullable<HeritageServiceInput["sidecars"]>[string];

const sidecarDefaults = (input: SidecarInput) =>
    ({
        image: input.image,
        user: input.user,
        entrypoint: input.entrypoint,
        command: input.command === undefined ? undefined : commandWords(input.command),
        environment: input.environment ?? {},
        secrets: input.secrets ?? {},
        cpu: input.cpu,
        memory: input.memory,
        mounts: input.mounts ?? {},
        port: input.port,
        essential: input.essential,
        first: input.first ?? false,
    }) satisfies EachKey<SidecarInput>;

/** A text is for a shell, as in a Dockerfile's CMD. */
const commandWords = (command: string | string[]) =>
    typeof command === "string" ? ["/bin/sh", "-c", command] : command;

const sizeDefaults = ({ cpu, memory }: { cpu?: number; memory?: number }) => ({
    cpu: cpu ?? SERVICE_SIZE.cpu,
    memory: memory ?? SERVICE_SIZE.memory,
});

const mapValues = <In, Out>(record: Record<string, In> | undefined, make: (value: In, key: string) => Out) =>
    Object.fromEntries(Object.entries(record ?? {}).map(([key, value]) => [key, make(value, key)]));

/** The whole configuration of a stack: what its file says, and the environment's defaults where it says nothing. */
export function withDefaults(input: StackInput, region: string, heritages: Record<string, HeritageInput> = {}) {
    const { production, defaults } = environmentNamed(input.environment);
    const d: StackDefaults = {
        ...defaults,
        architecture: input.architecture ?? DEFAULT_ARCHITECTURE,
        hasShared: input.sharedDatabase !== undefined,
    };
    const network = networkDefaults(input.network ?? {}, d);
    const { zones } = network;
    return {
        region,
        environment: input.environment,
        production,
        domain:
            input.domain &&
            ({
                name: input.domain.name,
                zone: input.domain.zone ?? input.domain.name,
                createZone: input.domain.createZone ?? false,
                certificate: input.domain.certificate,
            } satisfies EachKey<StackInput["domain"]>),
        domains: (input.domains ?? []).map(
            (further) =>
                ({
                    name: further.name,
                    zone: further.zone ?? further.name,
                    certificate: further.certificate,
                }) satisfies EachKey<NonNullable<StackInput["domains"]>[number]>,
        ),
        network,
        architecture: d.architecture,
        cluster: input.cluster && ({ existing: input.cluster.existing } satisfies EachKey<StackInput["cluster"]>),
        publicEndpoint: {
            plainHttp: input.publicEndpoint?.plainHttp ?? false,
            allowedCidrs: input.publicEndpoint?.allowedCidrs ?? ["0.0.0.0/0"],
            accessLogs: input.publicEndpoint?.accessLogs ?? d.accessLogs,
            idleTimeoutSeconds: input.publicEndpoint?.idleTimeoutSeconds ?? 60,
            webAcl: webAclDefaults(input.publicEndpoint?.webAcl, d),
        } satisfies EachKey<StackInput["publicEndpoint"]>,
        adminEndpoint: {
            allowedCidrs: input.adminEndpoint?.allowedCidrs ?? [],
            allowedSecurityGroupIds: input.adminEndpoint?.allowedSecurityGroupIds ?? [],
            allowedApplications: input.adminEndpoint?.allowedApplications ?? [],
        } satisfies EachKey<StackInput["adminEndpoint"]>,
        walletDb: databaseDefaults(input.walletDb, d),
        sharedDatabase:
            input.sharedDatabase &&
            ({
                ...instanceDefaults(input.sharedDatabase, d),
                rotation: input.sharedDatabase.rotation ?? 0,
            } satisfies EachKey<StackInput["sharedDatabase"]>),
        agentImage: input.agentImage,
        agentVersion: input.agentVersion,
        agents: mapValues(input.agents, (agent, name) => agentDefaults(name, agent, zones, d)),
        services: mapValues(input.services, (service, name) => serviceDefaults(name, service, zones, d)),
        heritages: mapValues(heritages, (heritage, name) =>
            heritageDefaults(name, heritage, zones, d, namesHere(input)),
        ),
        permissionsBoundary: input.permissionsBoundary,
        alarmTopicArn: input.alarmTopicArn,
        alarms: {
            enabled: input.alarms?.enabled ?? d.alarms,
            emails: input.alarms?.emails ?? [],
            webhooks: input.alarms?.webhooks ?? [],
            slack: input.alarms?.slack ?? [],
            teams: input.alarms?.teams ?? [],
            settings: input.alarms?.settings ?? {},
            slo: input.alarms?.slo ?? {},
        } satisfies EachKey<StackInput["alarms"]>,
        budget: input.budget,
        plugins: input.plugins,
        envoyImage: input.envoyImage,
        devLedger:
            input.devLedger &&
            ({
                instanceType: input.devLedger.instanceType ?? "t3.small", // four nodes and their web server in 2 GiB
                volumeGiB: input.devLedger.volumeGiB ?? 20,
                commit: input.devLedger.commit ?? VON_NETWORK_COMMIT,
            } satisfies EachKey<StackInput["devLedger"]>),
        workbench:
            input.workbench &&
            ({
                instanceType: input.workbench.instanceType ?? "t4g.micro", // dnf runs out of memory in the 0.5 GiB of a t4g.nano
            } satisfies EachKey<StackInput["workbench"]>),
        images: imageDefaults(input.images),
        keycloak: input.keycloak && keycloakDefaults(input.keycloak, zones, d),
        backup:
            input.backup &&
            ({
                daily: input.backup.daily ?? 35, // as long as RDS's own can be
                weekly: input.backup.weekly,
                monthly: input.backup.monthly,
                copyTo: input.backup.copyTo ?? [],
                lock: input.backup.lock ?? production,
            } satisfies EachKey<StackInput["backup"]>),
        schedule:
            input.schedule &&
            ({
                off: input.schedule.off,
                on: input.schedule.on,
                days: daysOf(input.schedule.days ?? "mon-fri"),
                zone: input.schedule.zone ?? "UTC",
            } satisfies EachKey<StackInput["schedule"]>),
        exec: input.exec ?? d.exec,
        logRetentionDays: input.logRetentionDays ?? d.logRetentionDays,
        logKey: d.logKey,
        protect: input.protect ?? d.protect,
        containerInsights: d.containerInsights || Object.values(heritages).some(countsMessages),
        tags: input.tags ?? {},
        policyExceptions: input.policyExceptions ?? [],
    } satisfies EachKey<StackInput> & Record<"region" | "production" | "containerInsights" | "logKey", unknown>;
}

export type PlatformConfig = ReturnType<typeof withDefaults>;
export type AgentConfig = PlatformConfig["agents"][string];
export type ServiceConfig = PlatformConfig["services"][string];
export type HeritageConfig = PlatformConfig["heritages"][string];
export type KeycloakConfig = NonNullable<PlatformConfig["keycloak"]>;
export type DatabaseConfig = PlatformConfig["walletDb"];
export type InstanceConfig = Omit<NonNullable<PlatformConfig["sharedDatabase"]>, "rotation">;
/** A network that exists: where it is looked for. */
export type ExistingNetworkConfig = NonNullable<PlatformConfig["network"]["existing"]>;
export type SubnetTier = keyof ExistingNetworkConfig["subnets"];
export type SubnetChoice = ExistingNetworkConfig["subnets"][SubnetTier];

/** What runs all the time: clusters of agents, services, Keycloak, the services of heritages. */
export const workloadsOf = ({ agents, services, keycloak, heritages }: PlatformConfig) => [
    ...Object.values(agents),
    ...Object.values(services),
    ...(keycloak ? [keycloak] : []),
    ...Object.values(heritages).flatMap((heritage) => Object.values(heritage.services)),
];

/** The endpoints that the stack's heritages listen on, one for each listener. */
export const listenersOf = ({ heritages }: PlatformConfig) =>
    Object.values(heritages).flatMap(({ services }) =>
        Object.values(services).flatMap(({ listeners }) => listeners.map(({ endpoint }) => endpoint)),
    );

/** Agents and Keycloak with TLS up to an Envoy of theirs. */
export const hasTls = ({ agents, keycloak }: Pick<PlatformConfig, "agents" | "keycloak">) =>
    [...Object.values(agents), ...(keycloak ? [keycloak] : [])].filter(({ tls }) => tls);

/** Whether an Envoy stands before a heritage's service in its task. */
export const isBehindEnvoy = ({ listeners, tls }: Pick<HeritageConfig["services"][string], "listeners" | "tls">) =>
    listeners.length > 0 && tls !== false;

/** Whether a service of a heritage is reachable by name: then every task is told how to call it. */
export const hasReachable = ({ heritages }: PlatformConfig) =>
    Object.values(heritages).some(({ services }) => Object.values(services).some(({ reachable }) => reachable));
