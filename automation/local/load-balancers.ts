/** The load balancers of a plan, and where on this machine each of their listeners is. */
import { type Forwarding, targetGroupOf } from "../plan/forward";
import { add } from "../plan/grouping";
import type { Inventory } from "../plan/inventory";
import type { LoginAction } from "./envoy/login";
import type { TokensAction } from "./envoy/tokens";
import { UsageError } from "../shared/errors";

export interface LoadBalancer {
    readonly name: string;
    readonly internal: boolean;
    /** By which it resolves: its own name first, then those that the plan gives it in DNS. */
    readonly hosts: readonly string[];
    readonly idleTimeoutSeconds: number;
    readonly listeners: readonly Listener[];
}

export interface Listener {
    readonly protocol: string;
    /** As on AWS, and where it is on 127.0.0.1 and among the tasks. */
    readonly port: number;
    readonly published: number;
    /** The first is its own; the others are chosen by the name that a client asks for (SNI). */
    readonly certificateArns: readonly string[];
    readonly defaultActions: readonly Action[];
    /** As they are asked, the lowest priority first. */
    readonly rules: readonly Rule[];
}

export interface Rule {
    /** As the program calls it. */
    readonly name: string;
    readonly priority: number;
    readonly conditions: readonly Record<string, { values?: string[]; httpHeaderName?: string } | undefined>[];
    readonly actions: readonly Action[];
}

export interface Action extends LoginAction, TokensAction {
    readonly type: string;
    readonly targetGroupArn?: string;
    readonly redirect?: Readonly<Record<string, string | undefined>>;
    readonly fixedResponse?: { contentType?: string; statusCode?: string; messageBody?: string };
}

/** Whoever is not root may not listen below; these go up by 8000: 443 is 8443. */
const PRIVILEGED = 1024;
const UP = 8000;
const NEXT = 1000;
const LAST_PORT = 65535;

export function loadBalancers(inventory: Inventory, portOffset: number): LoadBalancer[] {
    const taken = new Set<number>();
    const publish = (port: number) => {
        let published = (port < PRIVILEGED ? port + UP : port) + portOffset;
        while (taken.has(published)) published += NEXT;
        if (published > LAST_PORT)
            throw new UsageError(`the port ${port} would be ${published} here; a smaller --port-offset`);
        taken.add(published);
        return published;
    };
    const certificates = new Map<string, string[]>();
    for (const { inputs } of inventory.ofType("aws:lb/listenerCertificate:ListenerCertificate")) {
        add(certificates, String(inputs.listenerArn), String(inputs.certificateArn));
    }
    const rules = new Map<string, Rule[]>();
    for (const { name, inputs } of inventory.ofType("aws:lb/listenerRule:ListenerRule")) {
        const rule = inputs as unknown as Rule;
        add(rules, String(inputs.listenerArn), { ...rule, name, actions: rule.actions.map(toOneGroup) });
    }
    return inventory.ofType("aws:lb/loadBalancer:LoadBalancer").map(({ name, inputs, outputs }) => {
        const listeners = inventory
            .ofType("aws:lb/listener:Listener")
            .filter((listener) => listener.inputs.loadBalancerArn === outputs.arn)
            .map(({ inputs: own, outputs: { arn } }) => ({
                protocol: String(own.protocol),
                port: Number(own.port),
                certificateArns: [
                    ...(own.certificateArn === undefined ? [] : [String(own.certificateArn)]),
                    ...(certificates.get(String(arn)) ?? []),
                ],
                defaultActions: (own.defaultActions as Action[]).map(toOneGroup),
                rules: (rules.get(String(arn)) ?? []).sort((a, b) => a.priority - b.priority),
            }))
            .sort((a, b) => a.port - b.port)
            .map((listener) => ({ ...listener, published: publish(listener.port) }));
        return {
            name,
            internal: Boolean(inputs.internal),
            hosts: [String(outputs.dnsName), ...aliasesOf(inventory, String(outputs.dnsName))],
            idleTimeoutSeconds: Number(inputs.idleTimeout ?? 60),
            listeners,
        };
    });
}

/** As a listener's action that has one target group. */
const toOneGroup = ({ forward, ...action }: Action & Forwarding): Action =>
    forward ? { ...action, targetGroupArn: targetGroupOf({ forward }) } : action;

/** The names that records of the stack's zones give a load balancer. */
function aliasesOf(inventory: Inventory, dnsName: string): string[] {
    return inventory.ofType("aws:route53/record:Record").flatMap(({ inputs }) => {
        const aliases = (inputs.aliases ?? []) as { name: string }[];
        return aliases.some((alias) => alias.name === dnsName) ? [String(inputs.name)] : [];
    });
}

/** URLs of load balancers as they are on this machine: the program knows the ports on AWS alone. */
export function localUrls(balancers: readonly LoadBalancer[]): (text: string) => string {
    const published = new Map<string, number>(
        balancers.flatMap(({ hosts, listeners }) =>
            hosts.flatMap((host) =>
                listeners.map((listener) => [`${host}:${listener.port}`, listener.published] as const),
            ),
        ),
    );
    return (text) =>
        text.replaceAll(
            /\b(https?|wss?):\/\/([a-z0-9.-]+)(?::(\d+))?/gi,
            (whole, scheme: string, host: string, port?: string) => {
                const found = published.get(`${host}:${port ?? (/s$/i.test(scheme) ? 443 : 80)}`);
                return found === undefined ? whole : `${scheme}://${host}:${found}`;
            },
        );
}
