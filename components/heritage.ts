import * as pulumi from "@pulumi/pulumi";
import { APPLICATION_PORT } from "./application-port";
import { applicationDatabase, type ApplicationDatabaseArgs } from "./application-database";
import { type BeforeDeploy, beforeDeploy } from "./before-deploy";
import type { CertificateAuthority } from "./certificate-authority";
import { DeployMachine } from "./deploy-machine";
import { DeployRole, type DeployRoleArgs } from "./deploy-role";
import type { DatabaseAccess } from "./database";
import type { Endpoint, RequestsArgs, RouteArgs } from "./endpoint";
import type { HealthCheckSettings } from "./endpoint/health-checks";
import type { ContainerArgs } from "./fargate/container";
import { FargateService, type FargateServiceArgs, type ServiceDiscoveryArgs } from "./fargate-service";
import { FargateTask } from "./fargate-task";
import { afterFirst, receiverOf, type SidecarArgs, sidecarContainers } from "./heritage/sidecars";
import { type Plugins, mergePlugins } from "./plugins";
import { ScheduledTask, type ScheduledTaskArgs } from "./scheduled-task";
import type { ParameterPath, Secret, SecretStore } from "./secret-store";
import { TlsService } from "./tls-service";
import { UserError } from "./user-error";

interface Size {
    /** CPU units (1024 are one vCPU) and MiB of a task. */
    cpu: number;
    memory: number;
}

/** @example { endpoint: "public", host: ["shop", "www.other.example"], paths: ["/orders/*"] } */
export interface HeritageListener extends RequestsArgs {
    endpoint: "public" | "internal";
    /** Another address to which these requests are sent on. @default they go to the service */
    redirect?: string;
}

export interface HeritageServiceArgs
    extends
        Size,
        Pick<FargateServiceArgs, "count" | "autoscaling" | "spot">,
        Pick<RouteArgs, "deregistrationSeconds" | "stickySeconds"> {
    /**
     * Ways in through the endpoints of the district, at most one through each; and what redirects to another address (`redirectTo`),
     * as many as there are. @default none, a worker
     */
    listeners?: HeritageListener[];
    /**
     * Other tasks of the district reach it at `<heritage>-<service>.<stack>.internal`: on its own port, or where it has listeners and
     * TLS on 8443, with a certificate of the district's authority. @default false
     */
    reachable?: boolean;
    /** Where the application listens: it gets PORT. @default 8080 */
    port?: number;
    /**
     * What it speaks there. With `http2` and `grpc` it is HTTP/2 from the load balancer on, in the clear from Envoy to the application
     * (h2c, without an upgrade). WebSockets need `http1`. @default "http1"
     */
    protocol?: "http1" | "http2" | "grpc";
    /** A path that answers 200 when it is well (of gRPC a method that answers 0); needed where there are listeners. */
    healthCheckPath?: string;
    /** How load balancers ask it, and how long after a task's start its answer does not count. @default every 10 s; 60 s */
    healthCheck?: HealthCheckSettings & { graceSeconds?: number };
    /** A command in the container that exits 0 when it is well. @default none */
    healthCheckCommand?: string[];
    /** TLS from the load balancer up to the task (see `TlsService`). @default true */
    tls?: boolean;
    /** One task, never two: it stops before the one that takes its place starts. @default false */
    singleton?: boolean;
    /** Which volumes it shares with sidecars, and where. @default none */
    mounts?: Record<string, string>;
    /** Containers beside the application, by name. @default none */
    sidecars?: Record<string, SidecarArgs>;
    /** The sidecar that gets the requests in the application's place; it has a port. @default the application */
    receives?: string;
    /** All tasks stop before new ones start, for versions that may not run side by side. @default false */
    stopFirst?: boolean;
    /** What the command's words are given to. @default the image's own */
    entrypoint?: string[];
    /** @default the image's own */
    command?: string[];
    /** In the clear, beside the heritage's. */
    environment?: Record<string, string>;
    /** Of this service alone, beside the heritage's. @default none */
    secrets?: Record<string, Secret>;
    /** Directories that it may write to. @default none */
    writable?: string[];
    /** Seconds between SIGTERM and SIGKILL. @default 30 */
    stopTimeout?: number;
}

export interface HeritageTaskArgs extends Size, Pick<ScheduledTaskArgs, "schedule" | "timeZone" | "retries"> {
    /** What the command's words are given to. @default the image's own */
    entrypoint?: string[];
    command: string[];
    environment?: Record<string, string>;
    /** Of this task alone, beside the heritage's. @default none */
    secrets?: Record<string, Secret>;
}

/** What a heritage is put into: the network and all else that the applications of one environment share. */
export interface HeritageDistrict extends Pick<FargateServiceArgs, "cluster" | "exec" | "logRetentionDays"> {
    vpc: FargateServiceArgs["vpc"] & { isolatedSubnetIds: pulumi.Input<string[]> };
    secrets: SecretStore;
    endpoints: { public: Endpoint; internal: Endpoint };
    /** Signs the certificates of Envoys; needed with `envoyImage` where a service has listeners and TLS. */
    authority?: CertificateAuthority;
    envoyImage?: pulumi.Input<string>;
    /** Where services get names; needed where one is reachable. Every task may then call them. */
    discovery?: Omit<ServiceDiscoveryArgs, "port">;
    /** Agents beside every service. @default none */
    plugins?: Plugins;
    /** The schedule group of its scheduled tasks. @default "default" */
    scheduleGroup?: pulumi.Input<string>;
    /** Whom alarms tell. @default nobody */
    alarmTopicArn?: pulumi.Input<string>;
    /** Refuse to delete or replace the database and its password. @default false */
    protect?: boolean;
}

/**
 * @example
 * new Heritage("blog", {
 *     district: { cluster, vpc, secrets, authority, envoyImage: envoy.reference, endpoints: { public: endpoint, internal: admin } },
 *     image: image.reference,
 *     services: {
 *         web: {
 *             cpu: 256,
 *             memory: 512,
 *             count: 2,
 *             listeners: [{ endpoint: "public", host: "blog", paths: ["/blog/*"] }],
 *             healthCheckPath: "/healthz",
 *         },
 *         worker: { cpu: 256, memory: 512, count: 1, command: ["node", "worker.js"] },
 *     },
 *     beforeDeploy: { cpu: 256, memory: 512, command: ["node", "migrate.js"], timeoutSeconds: 900 },
 * });
 */
export interface HeritageArgs {
    district: HeritageDistrict;
    /** By digest; every task runs it. */
    image: pulumi.Input<string>;
    /** A secret in Secrets Manager with which the image is pulled from a private registry, by ARN (see `ContainerArgs`). @default none */
    imageCredentials?: string;
    /** Who it runs as, by number. @default "1000" */
    user?: string;
    environment?: Record<string, pulumi.Input<string>>;
    /** Variables of any of its tasks that look like secrets and are none, each with the reason. @default none */
    notSecret?: Record<string, string>;
    secrets?: Record<string, Secret>;
    /** A PostgreSQL instance of its own. @default none */
    database?: ApplicationDatabaseArgs;
    /** Endpoints that let in all of its tasks (see `TaskArgs`). @default none */
    clientOf?: FargateServiceArgs["clientOf"];
    /** Where all of its tasks may connect to, beside port 443 and its database. @default nothing */
    egress?: FargateServiceArgs["egress"];
    /** What of the district all of its tasks may connect to by its security group, e.g. a `Redis`. @default nothing */
    connections?: FargateServiceArgs["connections"];
    /** What all of its tasks may do in AWS. @default nothing */
    taskRoleStatements?: FargateServiceArgs["taskRoleStatements"];
    services?: Record<string, HeritageServiceArgs>;
    scheduledTasks?: Record<string, HeritageTaskArgs>;
    /**
     * Agents beside each of its services; one that the district has, too, is as it is here. Tasks that run to their end have none: an
     * agent that is stopped with its task ends with an exit code that would count as the run's. @default the district's
     */
    plugins?: Plugins;
    /** For its CI on GitHub: a state machine that deploys a digest, and a role that starts it (`DeployMachine`, `DeployRole`). @default none */
    deploy?: Pick<DeployRoleArgs, "repository" | "environment">;
    /** Runs to its end, with the new image and all secrets, before any service changes (see `beforeDeploy`). @default none */
    beforeDeploy?: Size & { entrypoint?: string[]; command: string[]; timeoutSeconds: number };
}

/** Which HTTP a load balancer speaks for what the application speaks. */
const PROTOCOL_VERSIONS = { http1: "HTTP1", http2: "HTTP2", grpc: "GRPC" } as const;
const USER = "1000";
/** Days that logs are kept where the district does not say. */
const LOG_RETENTION_DAYS = 30;
/** What the task is called that is run by hand and before a deployment, beside services and scheduled tasks. */
const ONE_OFF = "oneoff";
/** Of that task, where nothing runs before a deployment: 0.25 vCPU and 512 MiB, Fargate's least. */
const ONE_OFF_SIZE = { cpu: 256, memory: 512 };

/**
 * An application in a district: services that run all the time, tasks that run by the clock, a task before each deployment, a
 * database, secrets. All of its tasks run one image with the same variables and secrets; command, size and listeners differ.
 */
export class Heritage extends pulumi.ComponentResource {
    /** Where each service with listeners answers, by its name: the first of its listeners. */
    readonly urls: Record<string, pulumi.Output<string>> = {};
    readonly serviceNames: Record<string, pulumi.Output<string>> = {};
    readonly logGroupNames: Record<string, pulumi.Output<string>> = {};
    /** What its CI may assume; undefined where there is no `deploy`. */
    readonly deployRoleArn: pulumi.Output<string> | undefined;
    /** What its CI starts with `{"digest": "sha256:…"}`; undefined where there is no `deploy`. */
    readonly deployMachineArn: pulumi.Output<string> | undefined;
    /** Undefined where it has none. */
    readonly database: DatabaseAccess | undefined;
    /** Runs any command with the heritage's image, secrets and network: before a deployment, or by hand. */
    readonly oneOff: FargateTask;
    private readonly name: string;
    private readonly args: HeritageArgs;
    private readonly services: Record<string, FargateService> = {};
    private readonly scheduled: Record<string, FargateTask> = {};

    constructor(name: string, args: HeritageArgs, opts?: pulumi.ComponentResourceOptions) {
        super("identity:index:Heritage", name, {}, opts);
        this.name = name;
        this.args = args;
        const { inputs, database } = this.taskInputs();
        this.database = database;
        this.oneOff = this.oneOffTask(inputs);
        const release = args.beforeDeploy;
        const before = release && beforeDeploy(name, this.oneOff, release.timeoutSeconds);
        for (const [key, service] of Object.entries(args.services ?? {})) this.service(key, service, inputs, before);
        for (const [key, task] of Object.entries(args.scheduledTasks ?? {})) this.scheduledTask(key, task, inputs);
        const machine = args.deploy && this.deployMachine();
        this.deployMachineArn = machine?.arn;
        this.deployRoleArn = machine && this.deployRole(args.deploy!, machine);
        this.registerOutputs({ urls: this.urls, serviceNames: this.serviceNames });
    }

    /** Creates the database, where there is one. Returns what each task gets, and how a person gets at the database. */
    private taskInputs(): { inputs: TaskInputs; database?: DatabaseAccess } {
        const { district, database: settings } = this.args;
        const { discovery, authority, vpc, secrets: store, protect } = district;
        const environment: Record<string, pulumi.Input<string>> = { ...this.args.environment };
        // To verify services that are reached by name over TLS, and an endpoint without a domain.
        if (authority && (discovery || this.args.clientOf?.length)) environment.DISTRICT_CA_PEM = authority.certificate;
        const secrets = { ...this.args.secrets };
        const callers = discovery ? [discovery.callersGroupId] : [];
        if (!settings) return { inputs: { environment, secrets, securityGroupIds: callers } };
        const logRetentionDays = district.logRetentionDays ?? LOG_RETENTION_DAYS;
        const place = { vpc, secrets: store, logRetentionDays, protect };
        const database = applicationDatabase(this.name, settings, place, { parent: this });
        const hasParameters = Object.keys(database.parameters).length > 0;
        return {
            inputs: {
                environment: { ...environment, ...database.environment },
                secrets: { ...secrets, ...database.secrets },
                parameterPath: hasParameters ? store.path(this.name, database.parameters) : undefined,
                securityGroupIds: [database.clientsGroupId, ...callers],
            },
            database: database.access,
        };
    }

    /** One task definition for whatever runs once: the command before a deployment, and those that somebody runs by hand. */
    private oneOffTask(inputs: TaskInputs): FargateTask {
        const { cpu, memory, entrypoint, command }: Size & Partial<HeritageTaskArgs> = {
            ...ONE_OFF_SIZE,
            ...this.args.beforeDeploy,
        };
        const args = this.task({ cpu, memory, entrypoint, command, inputs });
        const task = new FargateTask(`${this.name}-${ONE_OFF}`, args, { parent: this });
        this.logGroupNames[ONE_OFF] = task.logGroupName;
        return task;
    }

    private service(key: string, service: HeritageServiceArgs, inputs: TaskInputs, before: BeforeDeploy | undefined) {
        const { district, image, imageCredentials, user = USER, notSecret } = this.args;
        const { healthCheckPath = "/", port = APPLICATION_PORT, reachable, protocol = "http1" } = service;
        const { graceSeconds, ...healthCheckSettings } = service.healthCheck ?? {};
        const { deregistrationSeconds, stickySeconds } = service;
        const name = `${this.name}-${key}`;
        if (reachable && !district.discovery) {
            throw new UserError(`${name}: to be reachable by name it needs the district's discovery`);
        }
        const shared = {
            cluster: district.cluster,
            vpc: district.vpc,
            exec: district.exec,
            logRetentionDays: district.logRetentionDays,
            cpu: service.cpu,
            memory: service.memory,
            count: service.count,
            autoscaling: service.autoscaling,
            spot: service.spot,
            deployment: service.singleton || service.stopFirst ? ("stop-first" as const) : undefined,
            healthCheckGraceSeconds: graceSeconds,
            before,
            discovery: reachable ? { ...district.discovery!, port: receiverOf(service)?.port ?? port } : undefined,
            plugins: mergePlugins(district.plugins, this.args.plugins),
            securityGroupIds: inputs.securityGroupIds,
            ...this.network(),
        };
        const container: ContainerArgs = {
            image,
            imageCredentials,
            user,
            notSecret,
            environment: { ...inputs.environment, ...service.environment },
            secrets: { ...inputs.secrets, ...service.secrets },
            parameterPath: inputs.parameterPath,
            entryPoint: service.entrypoint,
            command: service.command,
            healthCheck: service.healthCheckCommand && { command: ["CMD", ...service.healthCheckCommand] },
            writable: service.writable,
            mounts: service.mounts,
            dependsOn: afterFirst(service.sidecars),
            stopTimeout: service.stopTimeout,
        };
        const receiver = receiverOf(service);
        const sidecars = sidecarContainers(service.sidecars, user, notSecret);
        const listeners = (service.listeners ?? []).flatMap(({ endpoint: which, redirect, ...requests }) => {
            const endpoint = district.endpoints[which];
            if (redirect === undefined) return [{ ...requests, endpoint }];
            endpoint.redirect(name, { ...requests, to: redirect });
            return [];
        });
        if (listeners.length > 0 && (service.tls ?? true)) {
            const { authority, envoyImage, secrets } = district;
            if (!authority || !envoyImage) {
                throw new UserError(`${name}: TLS to the task needs the district's authority and Envoy's image`);
            }
            const tlsService = new TlsService(
                name,
                {
                    ...shared,
                    ...container,
                    listeners,
                    port,
                    sidecars,
                    receiver,
                    protocol: protocol === "http1" ? "http1" : "http2",
                    targetProtocolVersion: PROTOCOL_VERSIONS[protocol],
                    healthCheckPath,
                    healthCheckSettings,
                    deregistrationSeconds,
                    stickySeconds,
                    envoyImage,
                    secrets,
                    certificate: authority,
                    appSecrets: container.secrets,
                },
                { parent: this },
            );
            this.urls[key] = tlsService.url;
            this.keep(key, tlsService.service);
            return;
        }
        const routes = listeners.map(({ endpoint, ...listener }) =>
            endpoint.route(name, {
                ...listener,
                port: receiver?.port ?? port,
                protocolVersion: PROTOCOL_VERSIONS[protocol],
                httpsOnly: true,
                healthCheck: { path: healthCheckPath, ...healthCheckSettings },
                deregistrationSeconds,
                stickySeconds,
            }),
        );
        const isServer = routes.length > 0 || reachable;
        const server = {
            ...(receiver ? { innerPorts: [port] } : { ports: [port] }),
            environment: { HOST: receiver ? "127.0.0.1" : "0.0.0.0", PORT: String(port), ...container.environment },
        };
        const others = receiver
            ? { ...sidecars, [receiver.container]: { ...sidecars[receiver.container]!, ports: [receiver.port] } }
            : sidecars;
        // A service that had TLS before stays the same resource.
        const withTls = { parent: pulumi.createUrn(name, "identity:index:TlsService", this) };
        const fargateService = new FargateService(
            name,
            { ...shared, containers: { ...others, app: { ...container, ...(isServer ? server : {}) } }, routes },
            { parent: this, aliases: [withTls] },
        );
        if (routes[0]) this.urls[key] = routes[0].url;
        this.keep(key, fargateService);
    }

    private scheduledTask(key: string, task: HeritageTaskArgs, inputs: TaskInputs) {
        const { schedule, timeZone, retries } = task;
        const { scheduleGroup, alarmTopicArn } = this.args.district;
        const scheduledTask = new ScheduledTask(
            `${this.name}-${key}`,
            {
                ...this.task({ ...task, inputs }),
                schedule,
                timeZone,
                retries,
                groupName: scheduleGroup,
                alarmTopicArn,
            },
            { parent: this },
        );
        this.logGroupNames[key] = scheduledTask.logGroupName;
        this.scheduled[key] = scheduledTask.task;
    }

    private deployMachine() {
        const { district, image, beforeDeploy } = this.args;
        return new DeployMachine(
            `${this.name}-deployment`,
            {
                cluster: district.cluster,
                image,
                services: this.services,
                scheduledTasks: this.scheduled,
                oneOff: { name: ONE_OFF, task: this.oneOff },
                beforeDeploySeconds: beforeDeploy?.timeoutSeconds,
            },
            { parent: this },
        );
    }

    private deployRole(deploy: NonNullable<HeritageArgs["deploy"]>, machine: DeployMachine) {
        const { image } = this.args;
        return new DeployRole(`${this.name}-deploy`, { ...deploy, image, machine }, { parent: this }).arn;
    }

    /** A task that runs to its end. */
    private task({
        cpu,
        memory,
        entrypoint,
        command,
        environment,
        secrets,
        inputs,
    }: Size & Partial<HeritageTaskArgs> & { inputs: TaskInputs }) {
        const { image, imageCredentials, user = USER, district, notSecret } = this.args;
        const app: ContainerArgs = {
            image,
            imageCredentials,
            user,
            entryPoint: entrypoint,
            command,
            notSecret,
            environment: { ...inputs.environment, ...environment },
            secrets: { ...inputs.secrets, ...secrets },
            parameterPath: inputs.parameterPath,
        };
        return {
            cluster: district.cluster,
            vpc: district.vpc,
            logRetentionDays: district.logRetentionDays,
            cpu,
            memory,
            securityGroupIds: inputs.securityGroupIds,
            ...this.network(),
            containers: { app },
        };
    }

    /** What all of its tasks may connect to and do. */
    private network() {
        const { clientOf, egress, connections, taskRoleStatements } = this.args;
        return { clientOf, egress, connections, taskRoleStatements };
    }

    private keep(key: string, service: FargateService) {
        this.services[key] = service;
        this.serviceNames[key] = service.serviceName;
        this.logGroupNames[key] = service.logGroupName;
    }
}

/** What each of the heritage's tasks gets. */
interface TaskInputs {
    parameterPath?: ParameterPath;
    environment: Record<string, pulumi.Input<string>>;
    secrets: Record<string, Secret>;
    securityGroupIds: pulumi.Input<string>[];
}
