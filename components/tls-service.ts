import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Endpoint, RequestsArgs, RouteArgs } from "./endpoint";
import type { HealthCheckSettings } from "./endpoint/health-checks";
import { type EnvoyCertificate, envoyKeyPair } from "./envoy/key-pair";
import { ENVOY_ADMIN_PORT, ENVOY_PORT, envoySidecar } from "./envoy/sidecar";
import type { ContainerArgs } from "./fargate/container";
import { FargateService, type FargateServiceArgs, type ServiceDiscoveryArgs } from "./fargate-service";
import type { ParameterPath, Secret, SecretStore } from "./secret-store";
import type { Transform } from "./transform";
import { UserError } from "./user-error";

/** What a load balancer sends to a service. */
export interface Listener {
    /** The load balancer. It has to have HTTPS. */
    endpoint: Endpoint;
    /** See `RequestsArgs.host`. @default the component's own name */
    host?: RequestsArgs["host"];
    /** Path patterns that lead here. @default every path of the host */
    paths?: readonly string[];
    /** See `RequestsArgs.priority`. */
    priority?: number;
    /** See `RouteArgs.login`. @default everybody who may connect */
    login?: RouteArgs["login"];
}

/**
 * @example
 * new TlsService("shop", {
 *     cluster,
 *     vpc,
 *     secrets,
 *     cpu: 256,
 *     memory: 512,
 *     count: 2,
 *     listeners: [{ endpoint, paths: ["/shop/*"] }],
 *     image: image.reference,
 *     envoyImage: envoy.reference,
 *     certificate: authority,
 *     port: 3000,
 *     healthCheckPath: "/healthz",
 *     appSecrets: { API_TOKEN: secrets.generate("shop", "API_TOKEN") },
 * });
 */
export interface TlsServiceArgs
    extends
        Pick<RouteArgs, "deregistrationSeconds" | "stickySeconds">,
        Pick<
            FargateServiceArgs,
            | "cluster"
            | "vpc"
            | "cpu"
            | "memory"
            | "alarms"
            | "count"
            | "autoscaling"
            | "securityGroupIds"
            | "clientOf"
            | "egressPorts"
            | "egress"
            | "connections"
            | "efsVolumes"
            | "taskRoleStatements"
            | "healthCheckGraceSeconds"
            | "deployment"
            | "before"
            | "architecture"
            | "spot"
            | "plugins"
            | "exec"
            | "logRetentionDays"
            | "rolloutTimeoutSeconds"
        > {
    /** Ways in through load balancers, one at least. `url` is the first one's. */
    listeners: Listener[];
    /** A name within the VPC by which other tasks reach Envoy, on 8443 and with the same certificate. @default none */
    discovery?: Omit<ServiceDiscoveryArgs, "port">;
    /** The application's image, by digest. It gets HOST (127.0.0.1) and PORT in its environment, and listens there. */
    image: pulumi.Input<string>;
    /** What the application's image is pulled with, from a private registry (see `ContainerArgs`). @default nothing */
    imageCredentials?: string;
    /** An image made like `images/envoy`, by digest. */
    envoyImage: pulumi.Input<string>;
    /** Who signs Envoy's certificate, which the program then renews; or a certificate from elsewhere with its key. */
    certificate: EnvoyCertificate;
    /** Where Envoy's certificate and key are kept. */
    secrets: SecretStore;
    /** Where the application listens on 127.0.0.1; neither 8443 nor 9901, which are Envoy's. */
    port: number;
    /** What the application speaks there. With `http2` (h2c, without an upgrade) Envoy hands HTTP/2 on to it. @default "http1" */
    protocol?: "http1" | "http2";
    /** Which HTTP load balancers speak to Envoy; with `HTTP2` and `GRPC` the application speaks `http2`. @default "HTTP1" */
    targetProtocolVersion?: RouteArgs["protocolVersion"];
    /** A path that answers 200 when the application is well; the load balancer asks it through Envoy, and so through TLS. */
    healthCheckPath: string;
    /** How the load balancer asks it, and which answers mean well. @default every 10 s, and 200 */
    healthCheckSettings?: HealthCheckSettings;
    /** The application's user, by number. @default "1000" */
    user?: string;
    /** What the command's words are given to. @default the image's own */
    entryPoint?: string[];
    command?: string[];
    environment?: Record<string, pulumi.Input<string>>;
    /** Variables in it that look like secrets and are none, each with the reason. @default none */
    notSecret?: Record<string, string>;
    appSecrets?: Record<string, Secret>;
    parameterPath?: ParameterPath;
    /** Directories that the application may write to. @default none */
    writable?: string[];
    /** Volumes that the application shares with sidecars, and where. @default none */
    mounts?: Record<string, string>;
    /** Containers beside the application and Envoy, by name. @default none */
    sidecars?: Record<string, ContainerArgs>;
    /** The sidecar that Envoy hands requests on to, and where it listens on 127.0.0.1. @default the application */
    receiver?: { container: string; port: number };
    /** What the application waits for, by the sidecar's name. @default nothing */
    dependsOn?: ContainerArgs["dependsOn"];
    /** The container's own check, for ECS. @default none: the load balancer's goes all the way to the application */
    healthCheck?: ContainerArgs["healthCheck"];
    stopTimeout?: number;
    transform?: {
        taskDefinition?: Transform<aws.ecs.TaskDefinitionArgs>;
        service?: Transform<aws.ecs.ServiceArgs>;
        targetGroup?: Transform<aws.lb.TargetGroupArgs>;
    };
}

/**
 * An application with TLS up to its task: from the client to the load balancer, and again from there to Envoy, which stands
 * beside the application and reaches it over loopback. The tasks let in the load balancer, on Envoy's port, and nobody else.
 */
export class TlsService extends pulumi.ComponentResource {
    readonly url: pulumi.Output<string>;
    readonly serviceName: pulumi.Output<string>;
    readonly logGroupName: pulumi.Output<string>;
    /** The application and its Envoy. */
    readonly service: FargateService;

    constructor(name: string, args: TlsServiceArgs, opts?: pulumi.ComponentResourceOptions) {
        super("identity:index:TlsService", name, {}, opts);
        if (args.port === ENVOY_PORT || args.port === ENVOY_ADMIN_PORT) {
            throw new UserError(
                `${name}: port ${args.port} is Envoy's own in the task; another one for the application`,
            );
        }
        const { listeners } = args;
        if (listeners.length === 0) throw new UserError(`${name}: listeners is empty, and nobody could reach it`);
        for (const path of [args.healthCheckPath, ...listeners.flatMap(({ paths = [] }) => paths)]) {
            if (!path.startsWith("/")) throw new UserError(`${name}: the path ${path} has no slash in front`);
        }
        const version = args.targetProtocolVersion ?? "HTTP1";
        if (version !== "HTTP1" && args.protocol !== "http2") {
            throw new UserError(
                `${name}: targetProtocolVersion ${version} is for an application whose protocol is http2`,
            );
        }
        const routes = listeners.map(({ endpoint, host, paths, priority, login }) =>
            endpoint.route(name, {
                host: host ?? name,
                paths,
                priority,
                login,
                port: ENVOY_PORT,
                targetProtocol: "HTTPS",
                protocolVersion: args.targetProtocolVersion,
                httpsOnly: true,
                healthCheck: { path: args.healthCheckPath, ...args.healthCheckSettings },
                deregistrationSeconds: args.deregistrationSeconds,
                stickySeconds: args.stickySeconds,
                transform: { targetGroup: args.transform?.targetGroup },
            }),
        );
        const app: ContainerArgs = {
            image: args.image,
            imageCredentials: args.imageCredentials,
            user: args.user ?? "1000",
            entryPoint: args.entryPoint,
            command: args.command,
            innerPorts: [args.port],
            environment: { HOST: "127.0.0.1", PORT: String(args.port), ...args.environment },
            notSecret: args.notSecret,
            secrets: args.appSecrets,
            parameterPath: args.parameterPath,
            healthCheck: args.healthCheck,
            writable: args.writable,
            mounts: args.mounts,
            dependsOn: args.dependsOn,
            stopTimeout: args.stopTimeout,
        };
        const envoy = envoySidecar({
            image: args.envoyImage,
            app: {
                ...(args.receiver ?? { container: "app", port: args.port }),
                protocol: args.protocol ?? "http1",
                healthChecked: args.healthCheck !== undefined && !args.receiver,
            },
            ...envoyKeyPair(name, args, this),
        });
        const discovery = args.discovery && { ...args.discovery, port: ENVOY_PORT };
        const containers = { ...args.sidecars, app, envoy };
        // A service that had no TLS before stays the same resource.
        const without = { parent: opts?.parent?.urn ?? pulumi.rootStackResource };
        const service = new FargateService(
            name,
            { ...args, containers, routes, discovery },
            { parent: this, aliases: [without] },
        );

        this.url = routes[0]!.url;
        this.serviceName = service.serviceName;
        this.logGroupName = service.logGroupName;
        this.service = service;
        this.registerOutputs({ url: this.url, serviceName: this.serviceName });
    }
}
