import type * as pulumi from "@pulumi/pulumi";
import type { ContainerArgs } from "../fargate/container";
import type { Secret } from "../secret-store";

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
}

/**
 * Envoy in front of an application of the same task: it ends TLS on 8443 and goes on to the application over loopback. Certificate
 * and key come straight from the environment that ECS fills from SSM; without them, or with two that do not fit, it exits.
 */
export function envoySidecar(args: EnvoySidecarArgs): ContainerArgs {
    const { image, app, certificate, privateKey } = args;
    return {
        image,
        user: USER,
        command: [
            ...["--config-path", "/etc/envoy/envoy.yaml", "--config-yaml", overlay(args)],
            // The access log once a second and not every ten: Envoy does not write what is left when it is stopped.
            ...["--concurrency", "1", "--log-level", "warning", "--file-flush-interval-msec", "1000"],
        ],
        secrets: { TLS_CERTIFICATE: certificate, TLS_PRIVATE_KEY: privateKey },
        ports: [ENVOY_PORT],
        dependsOn: { [app.container]: app.healthChecked ? "HEALTHY" : "START" },
    };
}

/**
 * What the image's configuration cannot know, and Envoy merges into it: the cluster `app`, which all requests go to, and which of its
 * routes leads there.
 */
function overlay({ app: { port, protocol }, clientAlone }: EnvoySidecarArgs): string {
    const options = protocol === "http2" ? { http2_protocol_options: {} } : { http_protocol_options: {} };
    return JSON.stringify({
        static_resources: {
            clusters: [
                {
                    name: "app",
                    type: "STATIC",
                    connect_timeout: "1s",
                    load_assignment: {
                        cluster_name: "app",
                        endpoints: [
                            {
                                lb_endpoints: [
                                    {
                                        endpoint: {
                                            address: { socket_address: { address: "127.0.0.1", port_value: port } },
                                        },
                                    },
                                ],
                            },
                        ],
                    },
                    typed_extension_protocol_options: {
                        "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
                            "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
                            explicit_http_config: options,
                        },
                    },
                },
            ],
        },
        ...(clientAlone && { layered_runtime: { layers: [{ name: "app", static_layer: { client_alone: 100 } }] } }),
    });
}
