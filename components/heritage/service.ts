/** A service of a heritage: an Envoy in front of the application where it has listeners and TLS, the application alone elsewhere. */
import * as pulumi from "@pulumi/pulumi";
import { APPLICATION_PORT } from "../application-port";
import type { BeforeDeploy } from "../before-deploy";
import type { Endpoint, RequestsArgs, RouteArgs } from "../endpoint";
import type { ContainerArgs } from "../fargate/container";
import { FargateService } from "../fargate-service";
import { mergePlugins } from "../plugins";
import { TlsService } from "../tls-service";
import { UserError } from "../user-error";
import type { HeritageArgs, HeritageDistrict, HeritageServiceArgs } from "./args";
import { applicationContainer, networkAndRights, type TaskInputs, USER } from "./inputs";
import { afterFirst, receiverOf, sidecarContainers } from "./sidecars";
import { mountedEfs } from "./volumes";

/** Which HTTP a load balancer speaks for what the application speaks. */
const PROTOCOL_VERSIONS = { http1: "HTTP1", http2: "HTTP2", grpc: "GRPC" } as const;

export interface ServiceOfHeritage {
    /** `<heritage>-<service>`. */
    name: string;
    heritage: HeritageArgs;
    service: HeritageServiceArgs;
    inputs: TaskInputs;
    before: BeforeDeploy | undefined;
    parent: pulumi.Resource;
}

/** What an endpoint sends to the service. */
type Listener = RequestsArgs & Pick<RouteArgs, "login"> & { endpoint: Endpoint };

/** The service, and where it answers: the first of its listeners. */
interface Created {
    service: FargateService;
    url?: pulumi.Output<string>;
}

export function heritageService(of: ServiceOfHeritage): Created {
    const { name, heritage, service, inputs } = of;
    const { district } = heritage;
    if (service.reachable && !district.discovery) {
        throw new UserError(`${name}: to be reachable by name it needs the district's discovery`);
    }
    const container: ContainerArgs = {
        ...applicationContainer(heritage, inputs, { ...service, entryPoint: service.entrypoint }),
        healthCheck: service.healthCheckCommand && { command: ["CMD", ...service.healthCheckCommand] },
        dependsOn: afterFirst(service.sidecars),
        stopTimeout: service.stopTimeout,
    };
    const listeners = listenersOf(name, service, district);
    return listeners.length > 0 && (service.tls ?? true)
        ? behindEnvoy(of, container, listeners)
        : withoutEnvoy(of, container, listeners);
}

/** Creates the redirects. Returns the listeners that lead to the service. */
function listenersOf(name: string, service: HeritageServiceArgs, { endpoints }: HeritageDistrict): Listener[] {
    return (service.listeners ?? []).flatMap(({ endpoint: which, redirect, login, ...requests }) => {
        const endpoint = endpoints[which];
        if (redirect === undefined) return [{ ...requests, login, endpoint }];
        endpoint.redirect(name, { ...requests, to: redirect });
        return [];
    });
}

/** Settings of the ECS service. */
function serviceSettings({ heritage, service, inputs, before }: ServiceOfHeritage) {
    const { district, plugins } = heritage;
    const port = receiverOf(service)?.port ?? service.port ?? APPLICATION_PORT;
    return {
        cluster: district.cluster,
        vpc: district.vpc,
        exec: district.exec,
        logRetentionDays: district.logRetentionDays,
        alarms: district.alarms,
        cpu: service.cpu,
        memory: service.memory,
        architecture: heritage.architecture,
        count: service.count,
        autoscaling: service.autoscaling,
        spot: service.spot,
        deployment: service.singleton || service.stopFirst ? ("stop-first" as const) : undefined,
        healthCheckGraceSeconds: service.healthCheck?.graceSeconds,
        before,
        discovery: service.reachable ? { ...district.discovery!, port } : undefined,
        plugins: mergePlugins(district.plugins, plugins),
        securityGroupIds: inputs.securityGroupIds,
        efsVolumes: mountedEfs(heritage.efsVolumes, service),
        ...networkAndRights(heritage),
    };
}

/** How load balancers ask a service's tasks, and when they let go of them. */
function targetSettings({ healthCheckPath = "/", healthCheck = {}, ...service }: HeritageServiceArgs) {
    const { graceSeconds: _, ...healthCheckSettings } = healthCheck;
    const { deregistrationSeconds, stickySeconds } = service;
    return { healthCheckPath, healthCheckSettings, deregistrationSeconds, stickySeconds };
}

function behindEnvoy(of: ServiceOfHeritage, container: ContainerArgs, listeners: Listener[]): Created {
    const { name, heritage, service, parent } = of;
    const { district, user = USER, notSecret } = heritage;
    const { protocol = "http1" } = service;
    const { authority, envoyImage, secrets } = district;
    if (!authority || !envoyImage) {
        throw new UserError(`${name}: TLS to the task needs the district's authority and Envoy's image`);
    }
    const tlsService = new TlsService(
        name,
        {
            ...serviceSettings(of),
            ...container,
            ...targetSettings(service),
            listeners,
            port: service.port ?? APPLICATION_PORT,
            sidecars: sidecarContainers(service.sidecars, user, notSecret),
            receiver: receiverOf(service),
            protocol: protocol === "http1" ? "http1" : "http2",
            targetProtocolVersion: PROTOCOL_VERSIONS[protocol],
            envoyImage,
            secrets,
            certificate: authority,
            appSecrets: container.secrets,
        },
        { parent },
    );
    return { service: tlsService.service, url: tlsService.url };
}

function withoutEnvoy(of: ServiceOfHeritage, container: ContainerArgs, listeners: Listener[]): Created {
    const { name, heritage, service, parent } = of;
    const { user = USER, notSecret } = heritage;
    const { port = APPLICATION_PORT, protocol = "http1" } = service;
    const { healthCheckPath, healthCheckSettings, ...connections } = targetSettings(service);
    const receiver = receiverOf(service);
    const routes = listeners.map(({ endpoint, ...listener }) =>
        endpoint.route(name, {
            ...listener,
            ...connections,
            port: receiver?.port ?? port,
            protocolVersion: PROTOCOL_VERSIONS[protocol],
            httpsOnly: true,
            healthCheck: { path: healthCheckPath, ...healthCheckSettings },
        }),
    );
    const isServer = routes.length > 0 || service.reachable;
    const server = {
        ...(receiver ? { innerPorts: [port] } : { ports: [port] }),
        environment: { HOST: receiver ? "127.0.0.1" : "0.0.0.0", PORT: String(port), ...container.environment },
    };
    const sidecars = sidecarContainers(service.sidecars, user, notSecret);
    const others = receiver
        ? { ...sidecars, [receiver.container]: { ...sidecars[receiver.container]!, ports: [receiver.port] } }
        : sidecars;
    // A service that had TLS before stays the same resource.
    const withTls = { parent: pulumi.createUrn(name, "identity:index:TlsService", parent) };
    const fargateService = new FargateService(
        name,
        {
            ...serviceSettings(of),
            containers: { ...others, app: { ...container, ...(isServer ? server : {}) } },
            routes,
        },
        { parent, aliases: [withTls] },
    );
    return { service: fargateService, url: routes[0]?.url };
}
