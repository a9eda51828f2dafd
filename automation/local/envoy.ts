/**
 * An Envoy that does what an application load balancer does: the plan's listeners, rules by priority, health checks, round robin,
 * X-Forwarded headers, redirects and fixed answers.
 */
import type { Inventory } from "../plan/inventory";
import { address, cluster, clusterName, loopback, type Target } from "./envoy/clusters";
import { type Around, loginFilters, loginOf, loginOfRoute, loginSecrets, LUA_FILTER } from "./envoy/login";
import { sessions, STATEFUL_SESSION } from "./envoy/sessions";
import { tokenFilters, tokensOf, tokensOfRoute } from "./envoy/tokens";
import type { Action, Listener, LoadBalancer, Rule } from "./load-balancers";

/** Where it says how its targets are: `/clusters`, and nothing else of Envoy's admin. */
export const STATUS_PORT = 9902;
const ADMIN_PORT = 9901;
/** The variables of a listener's certificates and keys, by its port; the first is what a client gets that asks for no name of the others. */
export const certificateVariables = (port: number, i = 0) => {
    const suffix = i === 0 ? String(port) : `${port}_${i + 1}`;
    return { certificate: `TLS_CERTIFICATE_${suffix}`, privateKey: `TLS_PRIVATE_KEY_${suffix}` };
};

export interface EnvoyContext {
    readonly inventory: Inventory;
    readonly targets: ReadonlyMap<string, readonly Target[]>;
    /** All of the stack's: a realm may be behind another one. */
    readonly balancers: readonly LoadBalancer[];
    /** A URL of the stack as it is on this machine. */
    readonly local: (text: string) => string;
}

export function envoyConfig(balancer: LoadBalancer, context: EnvoyContext): object {
    const { inventory, targets } = context;
    const rules = balancer.listeners.flatMap((each) => each.rules);
    const logins = rules.filter(loginOf);
    const issuers = rules.flatMap((rule) => (loginOf(rule) ?? tokensOf(rule))?.issuer ?? []);
    const realms = issuers.map((issuer) => realmGroup(issuer, context));
    const own = balancer.listeners.flatMap(actionsOf).flatMap((action) => action.targetGroupArn ?? []);
    const groups = [...new Set([...own, ...realms])];
    const around: Around = {
        clusterOf: (url) => clusterName(realmGroup(url, context)),
        local: context.local,
    };
    return {
        admin: { address: address("127.0.0.1", ADMIN_PORT) },
        static_resources: {
            listeners: [
                ...balancer.listeners.map((each) => listener(balancer, each, inventory, around)),
                statusListener(),
            ],
            clusters: [
                ...groups.map((arn) => cluster(arn, inventory, targets.get(arn) ?? [])),
                loopback("admin", ADMIN_PORT),
            ],
            ...(logins.length > 0 ? { secrets: logins.flatMap(loginSecrets).map(secret) } : {}),
        },
    };
}

const secret = ({ name, variable }: ReturnType<typeof loginSecrets>[number]) => ({
    name,
    generic_secret: { secret: { environment_variable: variable } },
});

/** The target group that the realm's own name leads to. */
function realmGroup(url: string, { balancers }: EnvoyContext): string {
    const { hostname } = new URL(url);
    const rules = balancers.flatMap(({ listeners }) => listeners.flatMap((each) => each.rules));
    const leads = rules.filter(({ conditions }) =>
        conditions.some(({ hostHeader }) => hostHeader?.values?.includes(hostname)),
    );
    const found = leads.flatMap(({ actions }) => actions).find(({ targetGroupArn }) => targetGroupArn);
    if (!found) throw new Error(`the realm ${url} is not behind a load balancer of this stack`);
    return found.targetGroupArn!;
}

const actionsOf = ({ defaultActions, rules }: Listener) => [
    ...defaultActions,
    ...rules.flatMap(({ actions }) => actions),
];

const manager = (settings: object, first: readonly object[] = []) => ({
    name: "envoy.filters.network.http_connection_manager",
    typed_config: {
        "@type":
            "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
        codec_type: "AUTO",
        http_filters: [
            ...first,
            STATEFUL_SESSION,
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

function listener(balancer: LoadBalancer, own: Listener, inventory: Inventory, around: Around) {
    const idle = `${balancer.idleTimeoutSeconds}s`;
    const routes = [
        ...own.rules.map((rule) => ruleRoute(rule, balancer, inventory, around)),
        route(own.defaultActions, balancer, inventory),
    ];
    return {
        name: String(own.port),
        address: address("0.0.0.0", own.published),
        per_connection_buffer_limit_bytes: 32768,
        filter_chains: [
            {
                ...(own.protocol === "HTTPS" ? { transport_socket: downstreamTls(own) } : {}),
                filters: [
                    manager(
                        {
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
                        },
                        filtersOf(own.rules, around),
                    ),
                ],
            },
        ],
    };
}

/** Those that ask who sends a request. */
function filtersOf(rules: readonly Rule[], around: Around): object[] {
    const asking = [...tokenFilters(rules, around), ...loginFilters(rules, around)];
    return asking.length > 0 ? [...asking, LUA_FILTER] : [];
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

function downstreamTls({ port, certificateArns }: Listener) {
    return {
        name: "envoy.transport_sockets.tls",
        typed_config: {
            "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext",
            common_tls_context: {
                alpn_protocols: ["h2", "http/1.1"],
                tls_params: { tls_minimum_protocol_version: "TLSv1_2", tls_maximum_protocol_version: "TLSv1_3" },
                tls_certificates: certificateArns.map((_, i) => {
                    const { certificate, privateKey } = certificateVariables(port, i);
                    return {
                        certificate_chain: { environment_variable: certificate },
                        private_key: { environment_variable: privateKey },
                    };
                }),
            },
        },
    };
}

/** Everything that is not said here is refused: a rule that means something else than on AWS would be worse than none. */
function ruleRoute(rule: Rule, balancer: LoadBalancer, inventory: Inventory, around: Around) {
    const { conditions, priority } = rule;
    const actions = rule.actions.filter(({ authenticateOidc, jwtValidation }) => !authenticateOidc && !jwtValidation);
    const hosts: string[] = [];
    const paths: string[] = [];
    const headers: object[] = [];
    for (const condition of conditions) {
        for (const [kind, value] of Object.entries(condition)) {
            if (value === undefined) continue;
            if (kind === "hostHeader") hosts.push(...(value.values ?? []));
            else if (kind === "pathPattern") paths.push(...(value.values ?? []));
            else if (kind === "httpHeader") headers.push(headerMatcher(value.httpHeaderName!, value.values ?? []));
            else
                throw new Error(
                    `${balancer.name}: the rule ${priority} has a condition ${kind}, which is not known here`,
                );
        }
    }
    const match = {
        ...(paths.length > 0 ? { safe_regex: { regex: anyOf(paths) } } : { prefix: "/" }),
        ...(hosts.length > 0 || headers.length > 0
            ? { headers: [...(hosts.length > 0 ? [hostMatcher(hosts)] : []), ...headers] }
            : {}),
    };
    const { typed_per_filter_config: own, ...to } = route(actions, balancer, inventory) as PerFilter;
    const filters = { ...own, ...loginOfRoute(rule, around), ...tokensOfRoute(rule) };
    return { ...to, match, ...(Object.keys(filters).length > 0 ? { typed_per_filter_config: filters } : {}) };
}

interface PerFilter {
    readonly typed_per_filter_config?: object;
}

/** `*` is any characters and `?` one of them, in the whole of a path without its query; capitals count. */
const anyOf = (patterns: readonly string[]) => patterns.map((text) => `(?:${pattern(text)})`).join("|");

export const pattern = (text: string) =>
    text
        .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
        .replaceAll("*", ".*")
        .replaceAll("?", ".");

const hostMatcher = (hosts: readonly string[]) => ({
    name: ":authority",
    string_match: { safe_regex: { regex: String.raw`(?i)(?:${anyOf(hosts)})(?::\d+)?` } },
});

/** Capitals do not count in a header's value (ELB user guide, "HTTP header conditions"). */
const headerMatcher = (name: string, values: readonly string[]) => ({
    name,
    string_match: { safe_regex: { regex: `(?i)(?:${anyOf(values)})` } },
});

function route(actions: readonly Action[], balancer: LoadBalancer, inventory: Inventory) {
    const [action, ...more] = actions;
    if (action === undefined || more.length > 0)
        throw new Error(`${balancer.name}: a rule with one action, and not ${actions.length}`);
    const match = { prefix: "/" };
    const { targetGroupArn, redirect, fixedResponse } = action;
    if (action.type === "forward" && targetGroupArn) {
        // How long is the idle time-out's to say, as on AWS.
        return {
            match,
            route: { cluster: clusterName(targetGroupArn), timeout: "0s", retry_policy: ELSEWHERE },
            ...sessions(inventory.byArn(targetGroupArn)?.inputs.stickiness),
        };
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

/** What stands for the request's own part in a redirect (ELB user guide, "Redirect actions"). */
const SAME = { host: "#{host}", path: "/#{path}", query: "#{query}" };

function redirected(redirect: NonNullable<Action["redirect"]>, balancer: LoadBalancer) {
    const { protocol = "#{protocol}", port = "#{port}", statusCode } = redirect;
    const { host = SAME.host, path = SAME.path, query = SAME.query } = redirect;
    const odd = [host !== SAME.host && host, path !== SAME.path && path].some((part) => part && part.includes("#{"));
    if (odd || query !== SAME.query) {
        throw new Error(`${balancer.name}: a redirect that makes a host, a path or a query of parts is not known here`);
    }
    // Another address's port is its own.
    const own = host === SAME.host || balancer.hosts.includes(host);
    const to = own ? balancer.listeners.find((candidate) => String(candidate.port) === port)?.published : Number(port);
    return {
        ...(protocol === "HTTPS" ? { https_redirect: true } : {}),
        ...(host === SAME.host ? {} : { host_redirect: host }),
        ...(to && (own || to !== 443) ? { port_redirect: to } : {}),
        ...(path === SAME.path ? {} : { path_redirect: path }),
        response_code: statusCode === "HTTP_301" ? "MOVED_PERMANENTLY" : "FOUND",
    };
}

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
