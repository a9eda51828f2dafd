import { expect } from "chai";
import { envoyConfig } from "../../../automation/local/envoy";
import { clusterName } from "../../../automation/local/envoy/clusters";
import { type Listener, type LoadBalancer, localUrls, type Rule } from "../../../automation/local/load-balancers";
import { Inventory } from "../../../automation/plan/inventory";
import type { SimulatedResource } from "../../../automation/plan/simulated-aws";
import { prepared, service, stackFile } from "./support";

const ARN = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/app-123/456";

const group = (inputs: Record<string, unknown>) =>
    new Inventory([
        {
            urn: "urn",
            type: "aws:lb/targetGroup:TargetGroup",
            name: "app",
            parent: undefined,
            id: "app",
            inputs,
            outputs: { arn: ARN },
            dependencies: [],
            protect: false,
            component: false,
            remote: false,
        } as SimulatedResource,
    ]);
const HEALTH = { protocol: "HTTP", port: "8021", path: "/ready", matcher: "200", interval: 15, timeout: 5 };
const PLAIN = group({ protocol: "HTTP", healthCheck: { ...HEALTH, healthyThreshold: 2, unhealthyThreshold: 3 } });

const forward = [{ type: "forward", targetGroupArn: ARN }];
const TARGETS = ["app-1", "app-2"].map((host) => ({ host, port: 8020 }));
const CONTEXT = {
    inventory: PLAIN,
    targets: new Map<string, typeof TARGETS>(),
    balancers: [] as LoadBalancer[],
    local: (text: string) => text.replaceAll(".example.com/", ".example.com:8443/"),
};
const listener = (own: Partial<Listener> = {}): Listener => ({
    protocol: "HTTP",
    port: 80,
    published: 8080,
    certificateArns: [],
    defaultActions: forward,
    rules: [],
    ...own,
});
const balancer = (...listeners: Listener[]): LoadBalancer => ({
    name: "public",
    internal: false,
    hosts: ["public.localhost"],
    idleTimeoutSeconds: 75,
    listeners,
});
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- Envoy's configuration, as deep as it is
const config = (one: Listener, inventory = PLAIN): any =>
    envoyConfig(balancer(one), {
        ...CONTEXT,
        inventory,
        targets: new Map([[ARN, TARGETS]]),
        balancers: [balancer(one)],
    });
// eslint-disable-next-line @typescript-eslint/no-explicit-any
const manager = (made: any) => made.static_resources.listeners[0].filter_chains[0].filters[0].typed_config;
// eslint-disable-next-line @typescript-eslint/no-explicit-any
const routes = (one: Listener): any[] => manager(config(one)).route_config.virtual_hosts[0].routes;

describe("Envoy in place of a load balancer", () => {
    it("asks each task of a target group for its health, on the port and with the numbers of the plan", () => {
        const [cluster] = config(listener()).static_resources.clusters;
        expect(cluster).to.deep.include({ name: "app-123", lb_policy: "ROUND_ROBIN" });
        expect(clusterName(ARN)).to.equal("app-123");
        expect(cluster.load_assignment.endpoints[0].lb_endpoints).to.deep.equal(
            ["app-1", "app-2"].map((host) => ({
                endpoint: {
                    address: { socket_address: { address: host, port_value: 8020 } },
                    health_check_config: { port_value: 8021 },
                    hostname: host,
                },
            })),
        );
        expect(cluster.health_checks).to.deep.equal([
            {
                timeout: "5s",
                interval: "15s",
                unhealthy_interval: "1s",
                no_traffic_interval: "1s",
                no_traffic_healthy_interval: "15s",
                healthy_threshold: 1,
                unhealthy_threshold: 3,
                http_health_check: { path: "/ready", expected_statuses: [{ start: 200, end: 201 }] },
            },
        ]);
        const [limits] = cluster.circuit_breakers.thresholds;
        for (const of of ["connections", "pending_requests", "requests", "retries"]) {
            expect(limits[`max_${of}`], of).to.be.greaterThan(100_000); // a load balancer of AWS has none
        }
        expect(cluster.common_lb_config).to.deep.equal({ healthy_panic_threshold: { value: 1 } });
        expect(cluster.ignore_health_on_host_removal).to.equal(true); // a task that is taken out gets no more requests
        expect(cluster).not.to.have.property("transport_socket");
    });

    it("asks its rules with the path as it came, and hands it on so", () => {
        const made = manager(config(listener()));
        expect(made).to.include({ normalize_path: false });
        expect(made).not.to.have.any.keys("merge_slashes", "path_with_escaped_slashes_action");
    });

    it("speaks TLS to a target group that does, and takes every status that its matcher names", () => {
        const tls = group({
            protocol: "HTTPS",
            healthCheck: { ...HEALTH, port: "traffic-port", matcher: "200-299,302" },
        });
        const [cluster] = config(listener(), tls).static_resources.clusters;
        expect(cluster.transport_socket.typed_config["@type"]).to.match(/UpstreamTlsContext$/);
        expect(cluster.health_checks[0].http_health_check.expected_statuses).to.deep.equal([
            { start: 200, end: 300 },
            { start: 302, end: 303 },
        ]);
        const [first] = cluster.load_assignment.endpoints[0].lb_endpoints;
        expect(first.endpoint.health_check_config).to.deep.equal({ port_value: 8020 });
    });

    it("speaks HTTP/2 to a target group of that version, and asks it so", () => {
        const http2 = group({ protocol: "HTTPS", protocolVersion: "HTTP2", healthCheck: HEALTH });
        const [cluster] = config(listener(), http2).static_resources.clusters;
        const options = Object.values(cluster.typed_extension_protocol_options) as object[];
        expect(options[0]).to.deep.include({ explicit_http_config: { http2_protocol_options: {} } });
        expect(cluster.transport_socket.typed_config.common_tls_context).to.deep.equal({ alpn_protocols: ["h2"] });
        expect(cluster.health_checks[0].http_health_check).to.include({ path: "/ready", codec_client_type: "HTTP2" });
    });

    it("asks gRPC by its health service, and of any other method whether it answers", () => {
        const grpc = (path: string, matcher: string) =>
            config(
                listener(),
                group({ protocol: "HTTP", protocolVersion: "GRPC", healthCheck: { ...HEALTH, path, matcher } }),
            ).static_resources.clusters[0].health_checks[0];
        const health = grpc("/grpc.health.v1.Health/Check", "0");
        expect(health.grpc_health_check).to.deep.equal({});
        expect(health).not.to.have.property("http_health_check");
        expect(grpc("/acme.Orders/List", "12").http_health_check).to.deep.include({
            path: "/acme.Orders/List",
            method: "POST",
            codec_client_type: "HTTP2",
            expected_statuses: [{ start: 200, end: 201 }],
        });
    });

    it("keeps a client at a task by the cookie of a load balancer, where the target group says so", () => {
        const sticky = (stickiness: object) => {
            const made = manager(config(listener(), group({ protocol: "HTTP", healthCheck: HEALTH, stickiness })));
            return made.route_config.virtual_hosts[0].routes[0];
        };
        const on = sticky({ type: "lb_cookie", enabled: true, cookieDuration: 600 });
        const [session] = Object.values(on.typed_per_filter_config) as {
            stateful_session: { session_state: { typed_config: { cookie: object } } };
        }[];
        expect(session!.stateful_session.session_state.typed_config.cookie).to.deep.equal({
            name: "AWSALB",
            path: "/",
            ttl: "600s",
        });
        const off = sticky({ type: "lb_cookie", enabled: false });
        expect(off).not.to.have.property("typed_per_filter_config");
        expect(manager(config(listener())).http_filters[0].name).to.equal("envoy.filters.http.stateful_session");
    });

    it("asks rules in their order and then the default, by whole paths and hosts", () => {
        const rule = (priority: number, conditions: Rule["conditions"]): Rule => ({
            name: `rule-${priority}`,
            priority,
            conditions,
            actions: forward,
        });
        const [paths, hosts, last] = routes(
            listener({
                rules: [
                    rule(1, [{ pathPattern: { values: ["/posts", "/posts/*", "/a.b?"] } }]),
                    rule(2, [{ hostHeader: { values: ["a.example.com"] } }]),
                ],
            }),
        );
        const path = new RegExp(`^(?:${paths.match.safe_regex.regex})$`);
        for (const yes of ["/posts", "/posts/", "/posts/1/2", "/a.bc"]) expect(yes).to.match(path);
        for (const no of ["/post", "/postsx", "/Posts", "/axbc", "/a.b"]) expect(no).not.to.match(path);
        expect(hosts.match.prefix).to.equal("/");
        const { regex } = hosts.match.headers[0].string_match.safe_regex;
        const host = new RegExp(`^(?:${regex.replace("(?i)", "")})$`, "i");
        for (const yes of ["a.example.com", "A.example.com:8443"]) expect(yes).to.match(host);
        for (const no of ["b.a.example.com", "a.example.com.evil", "axexample.com"]) expect(no).not.to.match(host);
        expect(last.match).to.deep.equal({ prefix: "/" });
        expect(last.route).to.deep.include({ cluster: "app-123", timeout: "0s" });
        expect(last.route.retry_policy.retry_on).to.equal("connect-failure"); // nothing that was sent is sent again
    });

    it("tells WebSockets apart by their header, whose capitals do not count", () => {
        const condition = { httpHeader: { httpHeaderName: "Upgrade", values: ["websocket"] } };
        const conditions = [{ hostHeader: { values: ["a.example.com"] } }, condition];
        const [webSockets] = routes(listener({ rules: [{ name: "web", priority: 1, conditions, actions: forward }] }));
        const [host, upgrade] = webSockets.match.headers;
        expect(host.name).to.equal(":authority");
        expect(upgrade.name).to.equal("Upgrade");
        const { regex } = upgrade.string_match.safe_regex;
        const value = new RegExp(`^(?:${regex.replace("(?i)", "")})$`, "i");
        for (const yes of ["websocket", "WebSocket"]) expect(yes).to.match(value);
        for (const no of ["h2c", "websocket2", ""]) expect(no).not.to.match(value);
    });

    it("redirects to where the other listener is here, and answers what is fixed", () => {
        const redirect = { protocol: "HTTPS", port: "443", statusCode: "HTTP_301" };
        const one = listener({ defaultActions: [{ type: "redirect", redirect }] });
        const made = envoyConfig(balancer(one, listener({ port: 443, published: 8443 })), CONTEXT);
        expect(manager(made).route_config.virtual_hosts[0].routes).to.deep.equal([
            {
                match: { prefix: "/" },
                redirect: { https_redirect: true, port_redirect: 8443, response_code: "MOVED_PERMANENTLY" },
            },
        ]);
        const fixedResponse = { contentType: "text/plain", statusCode: "404", messageBody: "Not found" };
        const [fixed] = routes(listener({ defaultActions: [{ type: "fixed-response", fixedResponse }] }));
        expect(fixed.direct_response).to.deep.equal({ status: 404, body: { inline_string: "Not found" } });
    });

    it("redirects to another address, and to one of its own where that is here", () => {
        const redirects = (host: string, path?: string) => {
            const redirect = { protocol: "HTTPS", port: "443", host, path, query: "#{query}", statusCode: "HTTP_301" };
            const one = listener({
                protocol: "HTTPS",
                port: 443,
                published: 8443,
                defaultActions: [{ type: "redirect", redirect }],
            });
            return routes(one)[0].redirect;
        };
        expect(redirects("www.example.com", "/#{path}")).to.deep.equal({
            https_redirect: true,
            host_redirect: "www.example.com",
            response_code: "MOVED_PERMANENTLY",
        });
        expect(redirects("www.example.com", "/new")).to.include({ path_redirect: "/new" });
        expect(redirects("public.localhost")).to.include({ host_redirect: "public.localhost", port_redirect: 8443 });
    });

    it("has the certificates of further domains beside its own", () => {
        const one = config(listener({ protocol: "HTTPS", port: 443, certificateArns: ["arn:1", "arn:2"] }));
        const [chain] = one.static_resources.listeners[0].filter_chains;
        const { tls_certificates: pairs } = chain.transport_socket.typed_config.common_tls_context;
        const names = pairs.map((pair: { private_key: object }) => Object.values(pair.private_key)[0]);
        expect(names).to.deep.equal(["TLS_PRIVATE_KEY_443", "TLS_PRIVATE_KEY_443_2"]);
    });

    it("tells the tasks who asks and how, and gives up when the load balancer would", () => {
        const own = manager(config(listener()));
        expect(own).to.include({ use_remote_address: true, stream_idle_timeout: "75s" });
        expect(own.route_config.request_headers_to_add[0].header).to.deep.equal({
            key: "X-Forwarded-Port",
            value: "8080",
        });
    });

    it("refuses what it does not do as a load balancer would", () => {
        const wrong: [Listener, string][] = [
            [
                listener({
                    rules: [
                        {
                            name: "a",
                            priority: 7,
                            conditions: [{ sourceIp: { values: ["10.0.0.0/8"] } }],
                            actions: forward,
                        },
                    ],
                }),
                "sourceIp",
            ],
            [listener({ defaultActions: [{ type: "authenticate-oidc" }] }), "authenticate-oidc"],
            [listener({ defaultActions: [] }), "one action"],
            [
                listener({
                    defaultActions: [{ type: "redirect", redirect: { host: "www.#{host}", statusCode: "HTTP_302" } }],
                }),
                "of parts",
            ],
        ];
        for (const [one, what] of wrong) expect(() => config(one)).to.throw(what);
    });
});

describe("URLs of load balancers on this machine", () => {
    const local = localUrls([
        balancer(
            listener({ protocol: "HTTPS", port: 443, published: 8443 }),
            listener({ port: 8020, published: 9020 }),
        ),
    ]);

    for (const [from, to] of [
        ["https://public.localhost", "https://public.localhost:8443"],
        [
            "https://public.localhost/posts?u=http://public.localhost:8020",
            "https://public.localhost:8443/posts?u=http://public.localhost:9020",
        ],
        [
            '["https://public.localhost","wss://public.localhost"]',
            '["https://public.localhost:8443","wss://public.localhost:8443"]',
        ],
        ["ws://public.localhost:8020", "ws://public.localhost:9020"],
        ["http://public.localhost", "http://public.localhost"], // it does not listen on 80
        ["https://elsewhere.example.com:443", "https://elsewhere.example.com:443"],
        ["public.localhost", "public.localhost"],
    ]) {
        it(`${from} is ${to}`, () => expect(local(from!)).to.equal(to));
    }

    it("leads to the target group that gets requests, and not to one that waits", async () => {
        const clustersWith = async (tls: string) => {
            const image = `example.com/image@sha256:${"a".repeat(64)}`;
            const stack = await prepared(
                stackFile(
                    "identity:publicEndpoint: { plainHttp: true }",
                    `identity:envoyImage: "${image}"`,
                    `identity:keycloak: { version: "26.7.3", image: "${image}", tls: ${tls} }`,
                ),
            );
            const { command } = service(stack, "public");
            // eslint-disable-next-line @typescript-eslint/no-explicit-any -- Envoy's configuration, as deep as it is
            const { clusters } = (JSON.parse((command as string[])[1]!) as any).static_resources;
            // eslint-disable-next-line @typescript-eslint/no-explicit-any
            const ports = (one: any) =>
                one.load_assignment.endpoints[0].lb_endpoints.map(
                    // eslint-disable-next-line @typescript-eslint/no-explicit-any
                    ({ endpoint }: any) => endpoint.address.socket_address.port_value,
                );
            return clusters
                .filter(({ name }: { name: string }) => name !== "admin")
                .map((one: { transport_socket?: object }) => [
                    [...new Set(ports(one))],
                    one.transport_socket !== undefined,
                ]);
        };
        expect(await clustersWith("false")).to.deep.equal([[[8080], false]]);
        expect(await clustersWith("both")).to.deep.equal([[[8080], false]]);
        expect(await clustersWith("true")).to.deep.equal([[[8443], true]]);
    });
});
