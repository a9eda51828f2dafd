/** Target groups as clusters of Envoy: where their tasks are, what is spoken there, and how they are asked for their health. */
import type { Inventory } from "../../plan/inventory";

/** Where a target group's requests go: a task by its container's name, and the port of the service's container. */
export interface Target {
    readonly host: string;
    readonly port: number;
}

/** What a target group is called in Envoy: the end of its ARN is its name. */
export const clusterName = (targetGroupArn: string) => targetGroupArn.split("/")[1] ?? targetGroupArn;

export const address = (host: string, port: number) => ({ socket_address: { address: host, port_value: port } });

interface HealthCheck {
    readonly protocol: string;
    readonly port: string;
    readonly path: string;
    readonly matcher?: string;
    readonly interval?: number;
    readonly timeout?: number;
    readonly unhealthyThreshold?: number;
}

interface TargetGroup {
    readonly protocol: string;
    readonly protocolVersion?: string;
    readonly healthCheck: HealthCheck;
}

/** The defaults of a health check are those of AWS. */
export function cluster(arn: string, inventory: Inventory, targets: readonly Target[]) {
    const group = inventory.byArn(arn)!.inputs as unknown as TargetGroup;
    const { healthCheck, protocolVersion = "HTTP1" } = group;
    const name = clusterName(arn);
    const interval = `${healthCheck.interval ?? 30}s`;
    return {
        name,
        type: "STRICT_DNS", // a task that starts anew has another address
        dns_lookup_family: "V4_ONLY",
        dns_refresh_rate: "1s",
        respect_dns_ttl: false,
        connect_timeout: "2s",
        lb_policy: "ROUND_ROBIN",
        circuit_breakers: { thresholds: [WITHOUT_LIMITS] },
        // A task whose name is gone has ended, or `up` takes it out: it answers what it was asked, and gets nothing more, as by ECS.
        ignore_health_on_host_removal: true,
        outlier_detection: UNTIL_IT_ANSWERS,
        // Where no target is healthy, all of them get requests; as long as one is, none of the others does.
        common_lb_config: { healthy_panic_threshold: { value: 1 } },
        load_assignment: {
            cluster_name: name,
            endpoints: [{ lb_endpoints: targets.map((target) => endpoint(target, healthCheck.port)) }],
        },
        health_checks: [
            {
                timeout: `${healthCheck.timeout ?? 5}s`,
                interval,
                // One that is not well yet is asked each second: whoever sits in front of it waits.
                unhealthy_interval: "1s",
                no_traffic_interval: "1s",
                no_traffic_healthy_interval: interval,
                healthy_threshold: 1, // AWS asks a new target for one, whatever the threshold is
                unhealthy_threshold: healthCheck.unhealthyThreshold ?? 2,
                ...question(healthCheck, protocolVersion),
            },
        ],
        ...(protocolVersion === "HTTP1" ? {} : { typed_extension_protocol_options: HTTP2 }),
        // Neither verifies the target's certificate: a load balancer of AWS does not.
        ...(group.protocol === "HTTPS" ? { transport_socket: upstreamTls(protocolVersion) } : {}),
    };
}

/**
 * A task that takes no connection has ended, too, and starts anew: it gets requests once a health check has passed, as the task does that
 * ECS puts in its place. Answers count for nothing here, whatever their status.
 */
const UNTIL_IT_ANSWERS = {
    split_external_local_origin_errors: true,
    consecutive_local_origin_failure: 1,
    enforcing_local_origin_success_rate: 0,
    enforcing_consecutive_5xx: 0,
    enforcing_success_rate: 0,
    max_ejection_percent: 100,
};

/** A load balancer of AWS has no limits of this kind. Envoy's own are 1,024 requests at a time, and three retries. */
const MANY = 1_000_000;
const WITHOUT_LIMITS = { max_connections: MANY, max_pending_requests: MANY, max_requests: MANY, max_retries: MANY };

const endpoint = ({ host, port }: Target, healthPort: string) => ({
    endpoint: {
        address: address(host, port),
        health_check_config: { port_value: healthPort === "traffic-port" ? port : Number(healthPort) },
        hostname: host,
    },
});

/** The one method whose answer Envoy reads; of any other one it knows whether there is an answer. */
const GRPC_HEALTH = "/grpc.health.v1.Health/Check";

function question({ path, matcher }: HealthCheck, protocolVersion: string) {
    if (protocolVersion === "GRPC") {
        if (path === GRPC_HEALTH && matcher === "0") return { grpc_health_check: {} };
        return {
            http_health_check: {
                path,
                method: "POST",
                codec_client_type: "HTTP2",
                request_headers_to_add: [{ header: { key: "content-type", value: "application/grpc" } }],
                expected_statuses: statuses("200"), // of HTTP, whatever the status of gRPC is
            },
        };
    }
    return {
        http_health_check: {
            path,
            ...(protocolVersion === "HTTP2" ? { codec_client_type: "HTTP2" } : {}),
            expected_statuses: statuses(matcher ?? "200"),
        },
    };
}

/** `200`, `200,302`, `200-299`. */
const statuses = (matcher: string) =>
    matcher.split(",").map((part) => {
        const [first, last = first] = part.split("-").map(Number);
        return { start: first, end: last! + 1 };
    });

const HTTP2 = {
    "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
        "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
        explicit_http_config: { http2_protocol_options: {} },
    },
};

const upstreamTls = (protocolVersion: string) => ({
    name: "envoy.transport_sockets.tls",
    typed_config: {
        "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext",
        // Envoy's own sidecar chooses between HTTP/1.1 and HTTP/2 by what it is offered.
        ...(protocolVersion === "HTTP1" ? {} : { common_tls_context: { alpn_protocols: ["h2"] } }),
    },
});

export const loopback = (name: string, port: number) => ({
    name,
    type: "STATIC",
    connect_timeout: "1s",
    load_assignment: {
        cluster_name: name,
        endpoints: [{ lb_endpoints: [{ endpoint: { address: address("127.0.0.1", port) } }] }],
    },
});
