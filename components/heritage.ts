import * as pulumi from "@pulumi/pulumi";
import { type BeforeDeploy, beforeDeploy } from "./before-deploy";
import type { CertificateAuthority } from "./certificate-authority";
import { DeployMachine } from "./deploy-machine";
import { DeployRole, type DeployRoleArgs } from "./deploy-role";
import { Database, type DatabaseAccess, type DatabaseArgs } from "./database";
import type { Endpoint } from "./endpoint";
import type { ContainerArgs } from "./fargate/container";
import { FargateService, type FargateServiceArgs, type ServiceDiscoveryArgs } from "./fargate-service";
import { FargateTask } from "./fargate-task";
import { type Plugins, together } from "./plugins";
import { ScheduledTask, type ScheduledTaskArgs } from "./scheduled-task";
import type { ParameterPath, Secret, SecretStore } from "./secret-store";
import { TlsService } from "./tls-service";
import { UserError } from "./user-error";

interface Size {
    /** CPU units (1024 are one vCPU) and MiB of a task. */
    cpu: number;
    memory: number;
}

export interface HeritageServiceArgs extends Size, Pick<FargateServiceArgs, "count" | "autoscaling" | "spot"> {
    /** Ways in through the endpoints of the district, at most one through each. @default none, a worker */
    listeners?: { endpoint: "public" | "internal"; host: string; paths?: string[]; priority?: number }[];
    /**
     * Other tasks of the district reach it at `<heritage>-<service>.<stack>.internal`: on its own port, or where it has listeners and
     * TLS on 8443, with a certificate of the district's authority. @default false
     */
    reachable?: boolean;
    /** Where the application listens: it gets PORT. @default 8080 */
    port?: number;
    /** A path that answers 200 when it is well; needed where there are listeners. */
    healthCheckPath?: string;
    /** A command in the container that exits 0 when it is well. @default none */
    healthCheckCommand?: string[];
    /** TLS from the load balancer up to the task (see `TlsService`). @default true */
    tls?: boolean;
    /** @default the image's own */
    command?: string[];
    /** In the clear, beside the heritage's. */
    environment?: Record<string, string>;
    /** Directories that it may write to. @default none */
    writable?: string[];
    /** Seconds between SIGTERM and SIGKILL. @default 30 */
    stopTimeout?: number;
}

export interface HeritageTaskArgs extends Size, Pick<ScheduledTaskArgs, "schedule" | "timeZone" | "retries"> {
    command: string[];
    environment?: Record<string, string>;
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

export interface HeritageDatabaseArgs extends Omit<
    DatabaseArgs,
    "vpc" | "username" | "password" | "databaseName" | "kmsKeyArn" | "logRetentionDays" | "protect"
> {
    /**
     * `environment`: ECS injects DB_USER, DB_PASSWORD, DB_HOST, DB_PORT and DB_NAME. `path`: the application reads them by itself, at
     * `database/app/user` and so on below PARAMETER_STORE_PREFIX. @default "environment"
     */
    credentials?: "environment" | "path";
}

export interface HeritageArgs {
    district: HeritageDistrict;
    /** By digest; every task runs it. */
    image: pulumi.Input<string>;
    /** A secret in Secrets Manager with which the image is pulled from a private registry, by ARN (see `ContainerArgs`). @default none */
    imageCredentials?: string;
    /** Who it runs as, by number. @default "1000" */
    user?: string;
    environment?: Record<string, string>;
    /** Variables of any of its tasks that look like secrets and are none, each with the reason. @default none */
    notSecret?: Record<string, string>;
    secrets?: Record<string, Secret>;
    /** A PostgreSQL instance of its own. @default none */
    database?: HeritageDatabaseArgs;
    /** Connections that one task may open (DB_POOL_MAX). @default 5 */
    databaseConnections?: number;
    /** Endpoints that let in all of its tasks (see `TaskArgs`). @default none */
    clientOf?: FargateServiceArgs["clientOf"];
    /** PEM of who signs the database's certificate, which the tasks get as DB_CA_PEM. @default they are not told */
    databaseAuthorities?: string;
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
    beforeDeploy?: Size & { command: string[]; timeoutSeconds: number };
}

const PORT = 8080;
const CONNECTIONS = 5;
/** The database, and its owner. */
const DATABASE = "app";
/** What the task is called that is run by hand and before a deployment, beside services and scheduled tasks. */
const ONE_OFF = "oneoff";
/** Of that task, where nothing runs before a deployment: 0.25 vCPU and 512 MiB, Fargate's least. */
const ONE_OFF_SIZE = { cpu: 256, memory: 512 };

/**
 * An application in a district: services that run all the time, tasks that run by the clock, a task before each deployment, a
 * database, secrets. All of its tasks run one image and are told the same; what differs is command, size, and who may reach them.
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
        const told = this.told();
        this.database = told.database;
        this.oneOff = this.oneOffTask(told);
        const release = args.beforeDeploy;
        const before = release && beforeDeploy(name, this.oneOff, release.timeoutSeconds);
        for (const [key, service] of Object.entries(args.services ?? {})) this.service(key, service, told, before);
        for (const [key, task] of Object.entries(args.scheduledTasks ?? {})) this.scheduledTask(key, task, told);
        const machine = args.deploy && this.deployMachine();
        this.deployMachineArn = machine?.arn;
        this.deployRoleArn = machine && this.deployRole(args.deploy!, machine);
        this.registerOutputs({ urls: this.urls, serviceNames: this.serviceNames });
    }

    /** What each of its tasks is told, and where each may go. */
    private told(): Told {
        const { district, database: settings } = this.args;
        const { discovery, authority } = district;
        const environment: Record<string, pulumi.Input<string>> = { ...this.args.environment };
        // To verify the services that are reached by name and speak TLS, and an endpoint without a domain.
        if (authority && (discovery || this.args.clientOf?.length)) environment.DISTRICT_CA_PEM = authority.certificate;
        const secrets = { ...this.args.secrets };
        const callers = discovery ? [discovery.callersGroupId] : [];
        if (!settings) return { environment, secrets, securityGroupIds: callers };
        const { vpc, logRetentionDays, protect } = district;
        const password = district.secrets.password(`${this.name}-db-password`, { length: 32, protect });
        const database = new Database(
            `${this.name}-db`,
            {
                ...settings,
                ...{ vpc, password, protect, username: DATABASE, databaseName: DATABASE },
                logRetentionDays: logRetentionDays ?? 30,
                kmsKeyArn: district.secrets.keyArn,
            },
            { parent: this },
        );
        if (this.args.databaseAuthorities) environment.DB_CA_PEM = this.args.databaseAuthorities;
        environment.DB_POOL_MAX = String(this.args.databaseConnections ?? CONNECTIONS);
        const all = { user: DATABASE, host: database.host, name: DATABASE, port: String(database.port) };
        const told: Told = { environment, secrets, securityGroupIds: [database.clientsGroupId, ...callers] };
        if (settings.credentials === "path") {
            const values = Object.entries({ ...all, password }).map(([key, value]) => [
                `database/${DATABASE}/${key}`,
                value,
            ]);
            told.parameterPath = district.secrets.path(this.name, Object.fromEntries(values));
            const { parameterName } = told.parameterPath.parameters[`database/${DATABASE}/password`]!;
            told.database = database.access(DATABASE, parameterName);
        } else {
            for (const [key, value] of Object.entries(all)) environment[`DB_${key.toUpperCase()}`] = value;
            secrets.DB_PASSWORD = district.secrets.put(this.name, "DB_PASSWORD", password);
            told.database = database.access(DATABASE, secrets.DB_PASSWORD.parameterName);
        }
        return told;
    }

    /** One task definition for whatever runs once: the command before a deployment, and those that somebody runs by hand. */
    private oneOffTask(told: Told): FargateTask {
        const { cpu, memory, command } = { ...ONE_OFF_SIZE, ...this.args.beforeDeploy };
        const args = this.task({ cpu, memory, command, told });
        const task = new FargateTask(`${this.name}-${ONE_OFF}`, args, { parent: this });
        this.logGroupNames[ONE_OFF] = task.logGroupName;
        return task;
    }

    private service(key: string, service: HeritageServiceArgs, told: Told, before: BeforeDeploy | undefined) {
        const { district, image, imageCredentials, user = USER, notSecret } = this.args;
        const { listeners = [], healthCheckPath = "/", port = PORT, spot, reachable } = service;
        const name = `${this.name}-${key}`;
        const { cluster, vpc, exec, logRetentionDays, secrets: store, endpoints } = district;
        const environment = { ...told.environment, ...service.environment };
        const { cpu, memory, count, autoscaling } = service;
        if (reachable && !district.discovery) {
            throw new UserError(`${name}: to be reachable by name it needs the district's discovery`);
        }
        const discovery = reachable ? { ...district.discovery!, port } : undefined;
        const shared = {
            ...{ cluster, vpc, exec, logRetentionDays, cpu, memory, count, autoscaling, before, spot, discovery },
            plugins: together(district.plugins, this.args.plugins),
            securityGroupIds: told.securityGroupIds,
            clientOf: this.args.clientOf,
        };
        const healthCheck = service.healthCheckCommand && { command: ["CMD", ...service.healthCheckCommand] };
        const container: ContainerArgs = {
            ...{ image, imageCredentials, user, environment, notSecret, healthCheck },
            ...{ secrets: told.secrets, parameterPath: told.parameterPath },
            ...{ command: service.command, writable: service.writable, stopTimeout: service.stopTimeout },
        };
        const [first, ...more] = listeners.map((one) => ({ ...one, endpoint: endpoints[one.endpoint] }));
        const opts = { parent: this };
        if (first && (service.tls ?? true)) {
            const { authority, envoyImage } = district;
            if (!authority || !envoyImage) {
                throw new UserError(`${name}: TLS to the task needs the district's authority and Envoy's image`);
            }
            const made = new TlsService(
                name,
                {
                    ...shared,
                    ...container,
                    ...first,
                    ...{ port, healthCheckPath, envoyImage, secrets: store, certificate: authority },
                    appSecrets: told.secrets,
                    alsoThrough: more,
                },
                opts,
            );
            this.urls[key] = made.url;
            this.made(key, made.service);
            return;
        }
        const routes = [first, ...more].flatMap(
            (one) =>
                one?.endpoint.route(name, { ...one, port, httpsOnly: true, healthCheck: { path: healthCheckPath } }) ??
                [],
        );
        const web =
            first || reachable
                ? { ports: [port], environment: { HOST: "0.0.0.0", PORT: String(port), ...environment } }
                : {};
        // One that had TLS before stays the one that it is.
        const withTls = { parent: pulumi.createUrn(name, "identity:index:TlsService", this) };
        const made = new FargateService(
            name,
            { ...shared, containers: { app: { ...container, ...web } }, routes },
            { ...opts, aliases: [withTls] },
        );
        if (routes[0]) this.urls[key] = routes[0].url;
        this.made(key, made);
    }

    private scheduledTask(key: string, task: HeritageTaskArgs, told: Told) {
        const { schedule, timeZone, retries } = task;
        const made = new ScheduledTask(
            `${this.name}-${key}`,
            {
                ...this.task({ ...task, told }),
                ...{ schedule, timeZone, retries, groupName: this.args.district.scheduleGroup },
                alarmTopicArn: this.args.district.alarmTopicArn,
            },
            { parent: this },
        );
        this.logGroupNames[key] = made.logGroupName;
        this.scheduled[key] = made.task;
    }

    private deployMachine() {
        const { district, image, beforeDeploy } = this.args;
        return new DeployMachine(
            `${this.name}-deployment`,
            {
                ...{ cluster: district.cluster, image, services: this.services, scheduledTasks: this.scheduled },
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
    private task({ cpu, memory, command, environment, told }: Size & Partial<HeritageTaskArgs> & { told: Told }) {
        const { image, imageCredentials, user = USER, district, notSecret } = this.args;
        const app: ContainerArgs = {
            ...{ image, imageCredentials, user, command, notSecret },
            ...{ secrets: told.secrets, parameterPath: told.parameterPath },
            environment: { ...told.environment, ...environment },
        };
        const { cluster, vpc, logRetentionDays } = district;
        return {
            ...{ cluster, vpc, logRetentionDays, cpu, memory, securityGroupIds: told.securityGroupIds },
            clientOf: this.args.clientOf,
            containers: { app },
        };
    }

    private made(key: string, service: FargateService) {
        const { serviceName, logGroupName } = service;
        this.services[key] = service;
        this.serviceNames[key] = serviceName;
        this.logGroupNames[key] = logGroupName;
    }
}

const USER = "1000";

interface Told {
    database?: DatabaseAccess;
    parameterPath?: ParameterPath;
    environment: Record<string, pulumi.Input<string>>;
    secrets: Record<string, Secret>;
    securityGroupIds: pulumi.Input<string>[];
}
