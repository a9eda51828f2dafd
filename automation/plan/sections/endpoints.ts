import { type Forwarding, targetGroupOf } from "../forward";
import { add } from "../grouping";
import type { Inventory } from "../inventory";
import type { SimulatedResource } from "../simulated-aws";
import type { Network } from "./network";

/** A public load balancer has only public addresses, also for clients in its VPC. */
const NO_NAT =
    "The network has no NAT gateway: the stack's own tasks do not reach it, so agents of this stack do not reach one another";

interface Action extends Forwarding {
    type: string;
    redirect?: { protocol?: string; host?: string; port?: string; path?: string };
    fixedResponse?: { statusCode?: string };
    authenticateOidc?: { issuer: string; clientId: string };
    jwtValidation?: { issuer: string; additionalClaims?: { name: string; values: string[] }[] };
}
interface Listener {
    loadBalancerArn: string;
    port: number;
    protocol: string;
    defaultActions: Action[];
}
interface ListenerRule {
    listenerArn: string;
    actions: Action[];
    conditions: {
        hostHeader?: { values: string[] };
        pathPattern?: { values: string[] };
        httpHeader?: { httpHeaderName: string; values: string[] };
    }[];
}
/** A service behind a target group. */
interface Target {
    readonly service: string;
    /** The port of the service's tasks. */
    readonly port: number;
    /** Whether the load balancer speaks TLS to the tasks. */
    readonly tls: boolean;
}

/** The load balancers with their listeners, allowed clients and routes. */
export function endpoints(inventory: Inventory, network: Network) {
    const targets = targetsByGroup(inventory);
    const listeners = new Map<string, SimulatedResource[]>();
    for (const listener of inventory.ofType("aws:lb/listener:Listener")) {
        add(listeners, (listener.inputs as unknown as Listener).loadBalancerArn, listener);
    }
    const rules = new Map<string, ListenerRule[]>();
    for (const { inputs } of inventory.ofType("aws:lb/listenerRule:ListenerRule")) {
        const rule = inputs as unknown as ListenerRule;
        add(rules, rule.listenerArn, rule);
    }
    return inventory.ofType("aws:lb/loadBalancer:LoadBalancer").map(({ name, inputs, outputs }) => {
        const address = String(outputs.dnsName);
        const found = (listeners.get(String(outputs.arn)) ?? []).map((listener) => ({
            listener: listener.inputs as unknown as Listener,
            rules: rules.get(String(listener.outputs.arn)) ?? [],
        }));
        return {
            name,
            internal: Boolean(inputs.internal),
            /** A limit that a reader may not expect. */
            note:
                inputs.internal || network.all.some(({ kind, wayOut }) => kind === "private" && wayOut)
                    ? undefined
                    : NO_NAT,
            address,
            listeners: found.map(({ listener }) => ({
                protocol: listener.protocol,
                port: listener.port,
                /** CIDR blocks, other stacks' security groups, and the members of the stack's own; empty where nobody may connect. */
                allowed: allowed(listener.port, inputs.securityGroups as string[], network),
                /** The default action for requests that match no route. */
                otherwise: otherwise(listener.defaultActions),
            })),
            routes: found.flatMap(({ listener, rules: listenerRules }) => [
                ...routesOf(listener.defaultActions, [url(listener, address)], targets),
                ...listenerRules.flatMap((rule) => routesOf(rule.actions, ruleUrls(listener, rule, address), targets)),
            ]),
            /** URLs that the load balancer itself answers with 404, although a route matches them. */
            refused: found.flatMap(({ listener, rules: listenerRules }) =>
                listenerRules
                    .filter(({ actions }) => actions.every(({ type }) => type === "fixed-response"))
                    .flatMap((rule) => ruleUrls(listener, rule, address)),
            ),
            /** URLs that the load balancer sends on to another address, and where to. */
            redirected: found.flatMap(({ listener, rules: listenerRules }) =>
                listenerRules.flatMap((rule) =>
                    rule.actions.flatMap(({ redirect }) =>
                        redirect
                            ? ruleUrls(listener, rule, address).map((from) => ({ url: from, to: target(redirect) }))
                            : [],
                    ),
                ),
            ),
        };
    });
}

/** The services of each target group, by its ARN. */
function targetsByGroup(inventory: Inventory): Map<string, Target[]> {
    const targets = new Map<string, Target[]>();
    for (const { name, inputs } of inventory.ofType("aws:ecs/service:Service")) {
        const groups = (inputs.loadBalancers ?? []) as { targetGroupArn: string; containerPort: number }[];
        for (const { targetGroupArn, containerPort } of groups) {
            const tls = inventory.byArn(targetGroupArn)?.inputs.protocol === "HTTPS";
            add(targets, targetGroupArn, { service: name, port: containerPort, tls });
        }
    }
    return targets;
}

const routesOf = (actions: Action[], urls: string[], targets: Map<string, Target[]>) =>
    actions
        .flatMap((action) => targets.get(targetGroupOf(action) ?? "") ?? [])
        .flatMap((target) => urls.map((address) => ({ ...target, url: address, login: loginOf(actions) })));

/** The log-in that the load balancer asks for first; undefined where it asks for none. */
function loginOf(actions: Action[]): string | undefined {
    for (const { authenticateOidc: oidc, jwtValidation: jwt } of actions) {
        if (oidc) return `browsers log in at ${oidc.issuer} for ${oidc.clientId}`;
        if (!jwt) continue;
        const claims = (jwt.additionalClaims ?? []).map(({ name, values }) => `${name} ${values.join(" or ")}`);
        return `programs bring a token of ${jwt.issuer} with ${claims.join(" and ")}`;
    }
    return undefined;
}

function url({ protocol, port }: Listener, host: string, path = ""): string {
    const standard = port === (protocol === "HTTPS" ? 443 : 80);
    return `${protocol.toLowerCase()}://${host}${standard ? "" : `:${port}`}${path}`;
}

/** Where a rule redirects to, as a heritage's file says it: a path of the load balancer's own (`/#{path}`) is the request's. */
function target({ protocol = "", host = "", port, path = "" }: NonNullable<Action["redirect"]>): string {
    const [standard, own] = [port === undefined || port === "443", path.includes("#{path}")];
    return `${protocol.toLowerCase()}://${host}${standard ? "" : `:${port}`}${own ? "" : path}`;
}

function ruleUrls(listener: Listener, { conditions }: ListenerRule, address: string): string[] {
    const hosts = conditions.flatMap(({ hostHeader }) => hostHeader?.values ?? []);
    const paths = conditions.flatMap(({ pathPattern }) => pathPattern?.values ?? []);
    const webSockets = conditions.some(({ httpHeader }) => httpHeader?.httpHeaderName === "Upgrade");
    return (hosts.length > 0 ? hosts : [address])
        .flatMap((host) => (paths.length > 0 ? paths : [""]).map((path) => url(listener, host, path)))
        .map((http) => (webSockets ? http.replace(/^http/, "ws") : http));
}

function otherwise(actions: Action[]): string | undefined {
    for (const { type, redirect, fixedResponse } of actions) {
        if (type === "redirect") return `redirects to ${redirect?.protocol} on ${redirect?.port}`;
        if (type === "fixed-response") return `${fixedResponse?.statusCode} for anything else`;
    }
    return undefined;
}

function allowed(port: number, groups: readonly string[], network: Network): string[] {
    const open = network
        .ingress(groups)
        .filter(({ ipProtocol, fromPort = 0, toPort = 65535 }) =>
            ipProtocol === "-1" ? true : fromPort <= port && port <= toPort,
        );
    // A security group of this stack is shown by its members.
    const named = (group: string) => network.membersOf(group)?.map(({ kind, name }) => `${kind} ${name}`) ?? [group];
    const from = open.flatMap(
        ({ cidrIpv4, referencedSecurityGroupId: group }) => cidrIpv4 ?? (group ? named(group) : []),
    );
    return [...new Set(from)];
}
