/** What a heritage is made of: its services, its tasks, and the district that it is put into. */
import type * as pulumi from "@pulumi/pulumi";
import type { Alarms } from "../alarms";
import type { ApplicationDatabaseArgs, SharedApplicationDatabaseArgs } from "../application-database";
import type { CertificateAuthority } from "../certificate-authority";
import type { DeployRoleArgs } from "../deploy-role";
import type { Endpoint, RequestsArgs, RouteArgs } from "../endpoint";
import type { HealthCheckSettings } from "../endpoint/health-checks";
import type { FargateServiceArgs, ServiceDiscoveryArgs } from "../fargate-service";
import type { Plugins } from "../plugins";
import type { ScheduledTaskArgs } from "../scheduled-task";
import type { Secret, SecretStore } from "../secret-store";
import type { SidecarArgs } from "./sidecars";

export interface Size {
    /** CPU units (1024 are one vCPU) and MiB of a task. */
    cpu: number;
    memory: number;
}

/** @example { endpoint: "public", host: ["shop", "www.other.example"], paths: ["/orders/*"] } */
export interface HeritageListener extends RequestsArgs {
    endpoint: "public" | "internal";
    /** Another address to which these requests are sent on. @default they go to the service */
    redirect?: string;
    /** Who may come in, by a log-in (see `LoginArgs`). @default everybody who may connect */
    login?: RouteArgs["login"];
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
    /** Which of the heritage's file systems it mounts, and where. @default none */
    mounts?: Record<string, string>;
    /** Directories that it may write to. @default none */
    writable?: string[];
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
    /** Makes the alarms of services and the database. @default none */
    alarms?: Alarms;
    /** Whom the alarms of scheduled tasks tell. @default nobody */
    alarmTopicArn?: pulumi.Input<string>;
    /** Refuse to delete or replace the database and its password. @default false */
    protect?: boolean;
}

export interface HeritageArgs {
    district: HeritageDistrict;
    /** By digest; every task runs it. */
    image: pulumi.Input<string>;
    /** The processors that the image, and those of its sidecars and plugins, are built for (see `TaskArgs`). @default "x86_64" */
    architecture?: FargateServiceArgs["architecture"];
    /** A secret in Secrets Manager with which the image is pulled from a private registry, by ARN (see `ContainerArgs`). @default none */
    imageCredentials?: string;
    /** Who it runs as, by number. @default "1000" */
    user?: string;
    environment?: Record<string, pulumi.Input<string>>;
    /** Variables of any of its tasks that look like secrets and are none, each with the reason. @default none */
    notSecret?: Record<string, string>;
    secrets?: Record<string, Secret>;
    /** A PostgreSQL instance of its own, or a role on a `SharedDatabase`. @default none */
    database?: ApplicationDatabaseArgs | SharedApplicationDatabaseArgs;
    /** Endpoints that let in all of its tasks (see `TaskArgs`). @default none */
    clientOf?: FargateServiceArgs["clientOf"];
    /** Where all of its tasks may connect to, beside port 443 and its database. @default nothing */
    egress?: FargateServiceArgs["egress"];
    /** What of the district all of its tasks may connect to by its security group, e.g. a `Redis`. @default nothing */
    connections?: FargateServiceArgs["connections"];
    /** What all of its tasks may do in AWS. @default nothing */
    taskRoleStatements?: FargateServiceArgs["taskRoleStatements"];
    /** Which of the names in `mounts` are file systems, which outlive a task (see `FileSystem`). @default none */
    efsVolumes?: FargateServiceArgs["efsVolumes"];
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
    beforeDeploy?: Size &
        Pick<HeritageTaskArgs, "entrypoint" | "command" | "mounts" | "writable"> & {
            timeoutSeconds: number;
        };
}
