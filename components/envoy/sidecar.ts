import type * as pulumi from "@pulumi/pulumi";
import type { ContainerArgs } from "../fargate/container";
import type { Secret } from "../secret-store";
import { type SecondListener, secondListener } from "./second-listener";

/** Where Envoy takes TLS, and where its admin listens on loopback: as `images/envoy/envoy.yaml` says. */
export const ENVOY_PORT = 8443;
export const ENVOY_ADMIN_PORT = 9901;
/** Envoy's own user, that of its image. */
const USER = "101";

export interface EnvoySidecarArgs {
    /** An image made like `images/envoy`, by digest. */
    image: pulumi.Input<string>;
    /** Where the application listens on 127.0.0.1, and what it speaks there. */
    app: { container: string; port: number; protocol: "http1" | "http2"; healthChecked: boolean };
    certificate: Secret;
    privateKey: Secret;
    /**
     * The application gets an X-Forwarded-For that has the client's address and nothing else: for one that takes the first address in it,
     * which a client chooses. @default false: what the client wrote, the client, the load balancer
     */
    clientAlone?: boolean;
    /** Another port, for other load balancers than the first one; with `clientAlone`. @default none */
    second?: SecondListener;
    /** Seconds after which Envoy closes a connection to the application that is not used: fewer than the application does. @default 3600 */
    appIdleSeconds?: number;
}

/**
 * Envoy in front of an application of the same task: it ends TLS on 8443 and goes on to the application over loopback. Certificate
 * and key come straight from the environment that ECS fills from SSM; without them, or with two that do not fit, it exits.
 */
export function envoySidecar(args: EnvoySidecarArgs): ContainerArgs {
    const { image, app, certificate, privateKey, second } = args;
    return {
        image,
        user: USER,
        command: [
            "--config-path",
            "/etc/envoy/envoy.yaml",
            "--config-yaml",
            overlay(args),
            // The access log once a second and not every ten: Envoy does not write what is left when it is stopped.
            "--concurrency",
            "1",
            "--log-level",
            "warning",
            "--file-flush-interval-msec",
            "1000",
        ],
        secrets: { TLS_CERTIFICATE: certificate, TLS_PRIVATE_KEY: privateKey },
        ports: [ENVOY_PORT, ...(second ? [second.port] : [])],
        dependsOn: { [app.container]: app.healthChecked ? "HEALTHY" : "START" },
    };
}

/**
 * What the image's configuration cannot know, and Envoy merges into it: the cluster `app`, which all requests go to, and which of its
 * routes leads there; and a second listener with clusters of its own.
 */
function overlay({ app, clientAlone, second, ...args }: EnvoySidecarArgs): string {
    const { port, protocol } = app;
    const ports = new Map([
        ["app", port],
        ...(second?.destinations ?? []).map(({ name, port }) => [name, port] as const),
    ]);
    return JSON.stringify({
        static_resources: {
            ...(second && { listeners: [secondListener(second)] }),
            clusters: [...ports].map(([name, at]) => cluster(name, at, { protocol, ...args })),
        },
        ...(clientAlone && { layered_runtime: { layers: [{ name: "app", static_layer: { client_alone: 100 } }] } }),
    });
}

const cluster = (
    name: string,
    port: number,
    { protocol, appIdleSeconds }: Pick<EnvoySidecarArgs, "appIdleSeconds"> & Pick<EnvoySidecarArgs["app"], "protocol">,
) => ({
    name,
    type: "STATIC",
    connect_timeout: "1s",
    load_assignment: {
        cluster_name: name,
        endpoints: [
            {
                lb_endpoints: [
                    { endpoint: { address: { socket_address: { address: "127.0.0.1", port_value: port } } } },
                ],
            },
        ],
    },
    typed_extension_protocol_options: {
        "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
            "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
            ...(appIdleSeconds !== undefined && {
                common_http_protocol_options: { idle_timeout: `${appIdleSeconds}s` },
            }),
            explicit_http_config: protocol === "http2" ? { http2_protocol_options: {} } : { http_protocol_options: {} },
        },
    },
});
