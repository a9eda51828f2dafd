/** Envoy in the place of a load balancer that asks for a log-in, in front of an application that answers with what it was asked. */
import { request } from "node:http";
import { baseImages } from "../../automation/local/dockerfiles";
import { envoyConfig } from "../../automation/local/envoy";
import { loginSecrets } from "../../automation/local/envoy/login";
import type { LoadBalancer, Rule } from "../../automation/local/load-balancers";
import { Inventory } from "../../automation/plan/inventory";
import type { SimulatedResource } from "../../automation/plan/simulated-aws";
import { Browser } from "../../automation/verify/browser";
import { publishedPort, type Sandbox, until } from "./docker";
import { balanced } from "./load-balancer";

const [BALANCER, APPLICATION] = [8443, 8000];
const groupArn = (name: string) => `arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/${name}/1`;
/** Answers with the headers of the request. */
const ECHO = `
import http.server, json
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({name.lower(): value for name, value in self.headers.items()}).encode())
    def log_message(self, *_): pass
http.server.ThreadingHTTPServer(("", ${APPLICATION}), Handler).serve_forever()
`;

interface LoginSettings {
    readonly network: string;
    /** Where Keycloak's Envoy answers load balancers in that network. */
    readonly node: { readonly host: string; readonly port: number };
    /** With the actions before the application gets a request; in their order, each for the host `<host>.test`, or else `<name>.test`. */
    readonly rules: readonly (Pick<Rule, "name" | "actions"> & { host?: string; conditions?: Rule["conditions"] })[];
    readonly issuer: string;
    readonly clientSecret: string;
}

/** A new browser for a rule's host. */
export async function loginBalancer(sandbox: Sandbox, settings: LoginSettings): Promise<(rule: string) => Browser> {
    const { network, node, issuer, clientSecret } = settings;
    const [python] = baseImages({ context: "images/hello" });
    const [envoy] = baseImages({ context: "images/envoy" });
    const joined = (alias: string) => ["--network", network, "--network-alias", alias, "--init"];
    await sandbox.start([...joined("echo"), "--user", "1000", python!, "python3", "-c", ECHO]);
    const rule = (own: LoginSettings["rules"][number], priority: number, host: string, group: string): Rule => ({
        name: own.name,
        priority,
        conditions: [{ hostHeader: { values: [host] } }, ...(own.conditions ?? [])],
        actions: [...own.actions, { type: "forward", targetGroupArn: groupArn(group) }],
    });
    const rules = [
        ...settings.rules.map((own, i) => rule(own, i + 1, `${own.host ?? own.name}.test`, "echo")),
        rule({ name: "realms", actions: [] }, 100, new URL(issuer).hostname, "node"),
    ];
    const balancer: LoadBalancer = {
        name: "public",
        internal: false,
        hosts: ["public.test"],
        idleTimeoutSeconds: 60,
        listeners: [
            { protocol: "HTTP", port: 443, published: BALANCER, certificateArns: [], defaultActions: NOT_FOUND, rules },
        ],
    };
    const config = envoyConfig(balancer, {
        inventory: new Inventory([group("echo", "/"), group("node", "/realms/master", "HTTPS")]),
        targets: new Map([
            [groupArn("echo"), [{ host: "echo", port: APPLICATION }]],
            [groupArn("node"), [node]],
        ]),
        balancers: [balancer],
        local: (text) => text,
    });
    const names = rules.flatMap(loginSecrets).map(({ variable }) => variable);
    const container = await sandbox.start(
        [
            ...joined("balancer"),
            "--user",
            "101",
            "--read-only",
            "--publish",
            `127.0.0.1::${BALANCER}`,
            ...names.flatMap((name) => ["--env", name]),
            "--entrypoint",
            "envoy",
            envoy!,
            "--config-yaml",
            JSON.stringify(config),
            "--concurrency",
            "1",
            "--log-level",
            "warning",
        ],
        Object.fromEntries(names.map((name) => [name, clientSecret])),
    );
    const browser = async (name: string) => {
        const port = await publishedPort(container, BALANCER);
        return new Browser(`https://${name}.test`, balanced(port, `${name}.test`, request));
    };
    await until("the load balancer answers", 60, async () =>
        (await browser("nobody")).get("/").then(
            ({ status }) => status === 404 || undefined,
            () => undefined,
        ),
    );
    const ready = new Map<string, Browser>();
    for (const { name } of settings.rules) ready.set(name, await browser(name));
    return (name) => ready.get(name)!;
}

const NOT_FOUND = [{ type: "fixed-response", fixedResponse: { statusCode: "404" } }];

const group = (name: string, path: string, protocol = "HTTP") =>
    ({
        ...{ urn: name, type: "aws:lb/targetGroup:TargetGroup", name, parent: undefined, id: name },
        inputs: {
            protocol,
            healthCheck: { protocol, port: "traffic-port", path, matcher: "200", interval: 5 },
        },
        outputs: { arn: groupArn(name) },
        ...{ dependencies: [], protect: false, component: false, remote: false },
    }) as SimulatedResource;
