/**
 * An Envoy that does what an application load balancer does: the plan's listeners, rules by priority, health checks, round robin,
 * X-Forwarded headers, redirects and fixed answers.
 */
import type { Inventory } from "../plan/inventory";
import type { Action, Listener, LoadBalancer, Rule } from "./load-balancers";

/** Where a target group's requests go: a task by its name, and the port of the service's container. */
export interface Target {
    readonly host: string;
    readonly port: number;
}

/** Where it says how its targets are: `/clusters`, and nothing else of Envoy's admin. */
export const STATUS_PORT = 9902;
const ADMIN_PORT = 9901;
/** The variables of its certificate and key, by the listener's port. */
export const certificateVariables = (port: number) => ({
    certificate: `TLS_CERTIFICATE_${port}`,
    privateKey: `TLS_PRIVATE_KEY_${port}`,
});

export function envoyConfig(
    balancer: LoadBalancer,
    inventory: Inventory,
    targets: ReadonlyMap<string, readonly Target[]>,
): object {
    const groups = [...new Set(balancer.listeners.flatMap(actionsOf).flatMap((action) => action.targetGroupArn ?? []))];
    return {
        admin: { address: address("127.0.0.1", ADMIN_PORT) },
        static_resources: {
            listeners: [...balancer.listeners.map((own) => listener(balancer, own)), statusListener()],
            clusters: [
                ...groups.map((arn) => cluster(arn, inventory, targets.get(arn) ?? [])),
                loopback("admin", ADMIN_PORT),
            ],
        },
    };
}

const actionsOf = ({ defaultActions, rules }: Listener) => [
    ...defaultActions,
    ...rules.flatMap(({ actions }) => actions),
];

/** What a target group is called in Envoy: the end of its ARN is its name. */
export const clusterName = (targetGroupArn: string) => targetGroupArn.split("/")[1] ?? targetGroupArn;

const address = (host: string, port: number) => ({ socket_address: { address: host, port_value: port } });

const manager = (settings: object) => ({
    name: "envoy.filters.network.http_connection_manager",
    typed_config: {
        "@type":
            "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
        codec_type: "AUTO",
        http_filters: [
            {
                name: "envoy.filters.http.router",
                typed_config: {
                    "@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router",
                    suppress_envoy_headers: true,
                },
            },
        ],
        ...settings,
    },
});

function listener(balancer: LoadBalancer, own: Listener) {
    const idle = `${balancer.idleTimeoutSeconds}s`;
    const routes = [...own.rules.map((rule) => ruleRoute(rule, balancer)), route(own.defaultActions, balancer)];
    return {
        name: String(own.port),
        address: address("0.0.0.0", own.published),
        per_connection_buffer_limit_bytes: 32768,
        filter_chains: [
            {
                ...(own.protocol === "HTTPS" ? { transport_socket: downstreamTls(own.port) } : {}),
                filters: [
                    manager({
                        stat_prefix: `port_${own.port}`,
                        // The client's address is appended to X-Forwarded-For, and X-Forwarded-Proto overwritten.
                        use_remote_address: true,
                        // Rules are asked with the path as it came, and so it is handed on: a load balancer of AWS alters no path
                        // (ELB user guide, "Path conditions").
                        normalize_path: false,
                        generate_request_id: false,
                        server_header_transformation: "PASS_THROUGH",
                        upgrade_configs: [{ upgrade_type: "websocket" }],
                        common_http_protocol_options: { idle_timeout: idle },
                        stream_idle_timeout: idle,
                        local_reply_config: BAD_GATEWAY,
                        route_config: {
                            request_headers_to_add: [header("X-Forwarded-Port", String(own.published))],
                            virtual_hosts: [{ name: "all", domains: ["*"], routes }],
                        },
                    }),
                ],
            },
        ],
    };
}

/** A target that refuses or breaks the connection is 502 of a load balancer; 503 is that there is none. */
const BAD_GATEWAY = {
    mappers: [
        {
            filter: { response_flag_filter: { flags: ["UF", "UC", "UR"] } },
            status_code: 502,
        },
    ],
};

const header = (key: string, value: string) => ({
    header: { key, value },
    append_action: "OVERWRITE_IF_EXISTS_OR_ADD",
});

function downstreamTls(port: number) {
    const { certificate, privateKey } = certificateVariables(port);
    return {
        name: "envoy.transport_sockets.tls",
        typed_config: {
            "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext",
            common_tls_context: {
                alpn_protocols: ["h2", "http/1.1"],
                tls_params: { tls_minimum_protocol_version: "TLSv1_2", tls_maximum_protocol_version: "TLSv1_3" },
                tls_certificates: [
                    {
                        certificate_chain: { environment_variable: certificate },
                        private_key: { environment_variable: privateKey },
                    },
                ],
            },
        },
    };
}

/** Everything that is not said here is refused: a rule that means something else than on AWS would be worse than none. */
function ruleRoute({ conditions, actions, priority }: Rule, balancer: LoadBalancer) {
    const hosts: string[] = [];
    const paths: string[] = [];
    for (const condition of conditions) {
        for (const [kind, value] of Object.entries(condition)) {
            if (value === undefined) continue;
            if (kind === "hostHeader") hosts.push(...(value.values ?? []));
            else if (kind === "pathPattern") paths.push(...(value.values ?? []));
            else
                throw new Error(
                    `${balancer.name}: the rule ${priority} has a condition ${kind}, which is not known here`,
                );
        }
    }
    const match = {
        ...(paths.length > 0 ? { safe_regex: { regex: anyOf(paths) } } : { prefix: "/" }),
        ...(hosts.length > 0 ? { headers: [hostMatcher(hosts)] } : {}),
    };
    return { ...route(actions, balancer), match };
}

/** `*` is any characters and `?` one of them, in the whole of a path without its query; capitals count. */
const anyOf = (patterns: readonly string[]) => patterns.map((text) => `(?:${pattern(text)})`).join("|");

const pattern = (text: string) =>
    text
        .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
        .replaceAll("*", ".*")
        .replaceAll("?", ".");

const hostMatcher = (hosts: readonly string[]) => ({
    name: ":authority",
    string_match: { safe_regex: { regex: String.raw`(?i)(?:${anyOf(hosts)})(?::\d+)?` } },
});

function route(actions: readonly Action[], balancer: LoadBalancer) {
    const [action, ...more] = actions;
    if (action === undefined || more.length > 0)
        throw new Error(`${balancer.name}: a rule with one action, and not ${actions.length}`);
    const match = { prefix: "/" };
    const { targetGroupArn, redirect, fixedResponse } = action;
    if (action.type === "forward" && targetGroupArn) {
        // How long is the idle time-out's to say, as on AWS.
        return { match, route: { cluster: clusterName(targetGroupArn), timeout: "0s", retry_policy: ELSEWHERE } };
    }
    if (action.type === "redirect" && redirect) return { match, redirect: redirected(redirect, balancer) };
    if (action.type === "fixed-response" && fixedResponse) {
        const { contentType = "text/plain", statusCode = "200", messageBody = "" } = fixedResponse;
        return {
            match,
            direct_response: { status: Number(statusCode), body: { inline_string: messageBody } },
            response_headers_to_add: [header("Content-Type", contentType)],
        };
    }
    throw new Error(`${balancer.name}: the action ${action.type} is not known here`);
}

/**
 * A task that is not there is passed by: ECS takes one that it stops out of the target group at once, and here nobody does. What was
 * sent to a task is not sent again.
 */
const ELSEWHERE = {
    retry_on: "connect-failure",
    num_retries: 2,
    retry_host_predicate: [
        {
            name: "envoy.retry_host_predicates.previous_hosts",
            typed_config: {
                "@type": "type.googleapis.com/envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate",
            },
        },
    ],
    host_selection_retry_max_attempts: 5,
};

function redirected(redirect: NonNullable<Action["redirect"]>, balancer: LoadBalancer) {
    const { protocol = "#{protocol}", port = "#{port}", statusCode, host, path, query } = redirect;
    const keepsUrl =
        [host ?? "#{host}", path ?? "/#{path}", query ?? "#{query}"].join(" ") === "#{host} /#{path} #{query}";
    if (!keepsUrl) throw new Error(`${balancer.name}: a redirect to another host, path or query is not known here`);
    const to = balancer.listeners.find((candidate) => String(candidate.port) === port);
    return {
        ...(protocol === "HTTPS" ? { https_redirect: true } : {}),
        ...(to ? { port_redirect: to.published } : {}),
        response_code: statusCode === "HTTP_301" ? "MOVED_PERMANENTLY" : "FOUND",
    };
}

interface TargetGroup {
    readonly protocol: string;
    readonly healthCheck: {
        readonly protocol: string;
        readonly port: string;
        readonly path: string;
        readonly matcher?: string;
        readonly interval?: number;
        readonly timeout?: number;
        readonly healthyThreshold?: number;
        readonly unhealthyThreshold?: number;
    };
}

/** The defaults of a health check are those of AWS. */
function cluster(arn: string, inventory: Inventory, targets: readonly Target[]) {
    const group = inventory.byArn(arn)!.inputs as unknown as TargetGroup;
    const { healthCheck } = group;
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
                no_traffic_interval: interval,
                healthy_threshold: healthCheck.healthyThreshold ?? 5,
                unhealthy_threshold: healthCheck.unhealthyThreshold ?? 2,
                http_health_check: {
                    path: healthCheck.path,
                    expected_statuses: statuses(healthCheck.matcher ?? "200"),
                },
            },
        ],
        // Neither verifies the target's certificate: a load balancer of AWS does not.
        ...(group.protocol === "HTTPS" ? { transport_socket: UPSTREAM_TLS } : {}),
    };
}

const endpoint = ({ host, port }: Target, healthPort: string) => ({
    endpoint: {
        address: address(host, port),
        health_check_config: { port_value: healthPort === "traffic-port" ? port : Number(healthPort) },
        hostname: host,
    },
});

const UPSTREAM_TLS = {
    name: "envoy.transport_sockets.tls",
    typed_config: { "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext" },
};

/** `200`, `200,302`, `200-299`. */
const statuses = (matcher: string) =>
    matcher.split(",").map((part) => {
        const [first, last = first] = part.split("-").map(Number);
        return { start: first, end: last! + 1 };
    });

function statusListener() {
    const routes = [{ match: { path: "/clusters" }, route: { cluster: "admin" } }];
    return {
        name: "status",
        address: address("0.0.0.0", STATUS_PORT),
        filter_chains: [
            {
                filters: [
                    manager({
                        stat_prefix: "status",
                        route_config: { virtual_hosts: [{ name: "status", domains: ["*"], routes }] },
                    }),
                ],
            },
        ],
    };
}

const loopback = (name: string, port: number) => ({
    name,
    type: "STATIC",
    connect_timeout: "1s",
    load_assignment: {
        cluster_name: name,
        endpoints: [{ lb_endpoints: [{ endpoint: { address: address("127.0.0.1", port) } }] }],
    },
});
