import { Netmask } from "netmask";
import { groupBy } from "../grouping";
import type { Actor, Network, Rule } from "./network";

/** A connection that the security groups of both sides allow. */
export interface Connection {
    readonly from: Party;
    readonly to: Party;
    /** `8020`, `1–65535`, or `all`. */
    readonly ports: readonly string[];
    readonly protocol: string;
    readonly why: string;
    /** The stack's own sources within the network of `from` whose security groups allow it. */
    readonly among?: readonly Party[];
}

export interface Party {
    readonly kind: Actor["kind"] | "network" | "security group";
    readonly name: string;
}

export const ANYWHERE = "0.0.0.0/0";

export function connections(network: Network): Connection[] {
    const { actors } = network;
    return [
        ...actors.flatMap((actor) => waysInto(actor, network)),
        ...actors.flatMap((actor) => waysOut(actor, network)),
    ];
}

function waysInto(to: Actor, network: Network): Connection[] {
    return rulesBySource(network.ingress(to.groups)).flatMap((rules): Connection[] => {
        const [{ cidrIpv4, referencedSecurityGroupId: group, ipProtocol: protocol }] = rules;
        const why = rules[0].description ?? (to.kind === "load balancer" ? "Its listeners" : "");
        const rest = { to: party(to), protocol, why };
        const ports = spans(rules);
        if (group === undefined) {
            const among = network.actors.filter(
                (actor) =>
                    actor !== to && comesFrom(actor, to, cidrIpv4!) && reach(actor, to, rules, network).length > 0,
            );
            return [{ from: { kind: "network", name: cidrIpv4! }, ...rest, ports, among: among.map(party) }];
        }
        const members = network.membersOf(group);
        if (!members) return [{ from: { kind: "security group", name: group }, ...rest, ports }];
        return members.flatMap((from) => {
            const open = reach(from, to, rules, network);
            return open.length > 0 ? [{ from: party(from), ...rest, ports: open }] : [];
        });
    });
}

/** What the security groups of both sides let through from one part of the stack to another, or to another of its own addresses. */
export function letThrough(from: Actor, to: Actor, network: Network): Span[] {
    const into = network
        .ingress(to.groups)
        .filter(({ cidrIpv4, referencedSecurityGroupId: group }) =>
            group === undefined ? comesFrom(from, to, cidrIpv4!) : from.groups.includes(group),
        );
    return opened(from, to, into, network);
}

/** An actor's egress to networks outside of the VPC. */
export function waysOutOf(from: Actor, network: Network): (Rule & { readonly cidrIpv4: string })[] {
    return isConfined(from) ? [] : network.egress(from.groups).filter(isToNetwork);
}

const isToNetwork = (rule: Rule): rule is Rule & { readonly cidrIpv4: string } => rule.cidrIpv4 !== undefined;

const isConfined = ({ isPublic, subnets }: Actor) =>
    !isPublic && subnets.length > 0 && !subnets.some(({ wayOut }) => wayOut);

/** An actor's egress to networks. Without a gateway it reaches only the VPC. */
function waysOut(from: Actor, network: Network): Connection[] {
    const confined = isConfined(from);
    return rulesBySource(network.egress(from.groups)).flatMap((rules): Connection[] => {
        const [{ cidrIpv4, ipProtocol: protocol, description = "" }] = rules;
        if (cidrIpv4 === undefined) return [];
        const why = confined ? `${description} (within the VPC: its subnets have no way out)`.trimStart() : description;
        return [{ from: party(from), to: { kind: "network", name: cidrIpv4 }, protocol, ports: spans(rules), why }];
    });
}

const party = ({ kind, name }: Actor): Party => ({ kind, name });

/** Groups rules that differ only in their ports: a security group has few sources, and may have a rule for each of many ports. */
function rulesBySource(rules: readonly Rule[]): [Rule, ...Rule[]][] {
    return groupBy(rules, (rule) =>
        [rule.cidrIpv4, rule.referencedSecurityGroupId, rule.ipProtocol, rule.description].join(" "),
    );
}

/** Whether a CIDR block contains the source address of connections from `actor` to `to`. */
function comesFrom(actor: Actor, to: Actor, cidr: string): boolean {
    // A public address sees a public source address, for example a NAT gateway's, which is not known before the `up`.
    if (to.isPublic) return cidr === ANYWHERE && (actor.isPublic || actor.subnets.some(({ wayOut }) => wayOut));
    return actor.subnets.some((subnet) => overlap(cidr, subnet.cidr));
}

const overlap = (a: string, b: string) => {
    const [blockA, blockB] = [new Netmask(a), new Netmask(b)];
    return blockA.contains(blockB) || blockB.contains(blockA);
};

/** The ports that both the ingress rules `into` of `to` and the egress rules of `from` allow. */
const reach = (from: Actor, to: Actor, into: readonly Rule[], network: Network): string[] =>
    spans(opened(from, to, into, network));

function opened(from: Actor, to: Actor, into: readonly Rule[], network: Network): Span[] {
    const includesTarget = ({ cidrIpv4, referencedSecurityGroupId: group }: Rule) => {
        if (group !== undefined) return to.groups.includes(group);
        if (cidrIpv4 === ANYWHERE) return true;
        return cidrIpv4 !== undefined && !to.isPublic && to.subnets.some(({ cidr }) => overlap(cidrIpv4, cidr));
    };
    const out = network.egress(from.groups).filter(includesTarget);
    return into.flatMap((rule) => out.flatMap((other) => intersection(rule, other) ?? []));
}

export type Span = Pick<Rule, "ipProtocol" | "fromPort" | "toPort">;
const ALL = "-1";
const LAST_PORT = 65535;

/** The ports that two rules both allow; undefined where there are none. */
function intersection(a: Span, b: Span): Span | undefined {
    if (a.ipProtocol === ALL) return b;
    if (b.ipProtocol === ALL) return a;
    const [fromPort, toPort] = [
        Math.max(a.fromPort ?? 0, b.fromPort ?? 0),
        Math.min(a.toPort ?? LAST_PORT, b.toPort ?? LAST_PORT),
    ];
    return a.ipProtocol === b.ipProtocol && fromPort <= toPort
        ? { ipProtocol: a.ipProtocol, fromPort, toPort }
        : undefined;
}

/** Port ranges as text, sorted and without duplicates. */
function spans(rules: readonly Span[]): string[] {
    const ordered = [...rules].sort((a, b) => (a.fromPort ?? 0) - (b.fromPort ?? 0));
    return [
        ...new Set(
            ordered.map(({ ipProtocol, fromPort, toPort }) =>
                ipProtocol === ALL || fromPort === undefined
                    ? "all"
                    : fromPort === toPort
                      ? String(fromPort)
                      : `${fromPort}–${toPort}`,
            ),
        ),
    ];
}
