/**
 * Who may open a connection to whom in a planned stack, by the rules of AWS for security groups, and worked out apart from the plan's own
 * section on it: both sides have to let it through, each by any group that it carries, and a group that says nothing lets nothing
 * through (VPC user guide, "Security group rules").
 */
import { Netmask } from "netmask";
import { Inventory } from "../../automation/plan/inventory";
import type { PlannedStack } from "../../automation/plan/plan-stack";
import { type Actor, Network, type Rule } from "../../automation/plan/sections/network";

export type Ports = readonly [from: number, to: number];
/** Whoever is outside: a network, or a security group that is not the stack's. */
type Outside = { readonly cidr: string } | { readonly group: string };

const nameOf = ({ kind, name }: Actor) => `${kind} ${name}`;
const ANYWHERE = "0.0.0.0/0";

export class Reach {
    private readonly network: Network;
    readonly actors: readonly string[];
    private readonly byName: ReadonlyMap<string, Actor>;

    constructor({ resources }: Pick<PlannedStack, "resources">) {
        this.network = new Network(new Inventory(resources));
        this.byName = new Map(this.network.actors.map((actor) => [nameOf(actor), actor]));
        this.actors = [...this.byName.keys()].sort();
    }

    /** The actors of a kind. */
    of(kind: Actor["kind"]): string[] {
        return this.actors.filter((name) => name.startsWith(`${kind} `));
    }

    /** The TCP ports on which one actor of the stack may connect to another, within the VPC. */
    ports(from: string, to: string): Ports[] {
        const [client, server] = [this.byName.get(from)!, this.byName.get(to)!];
        const out = this.network
            .egress(client.groups)
            .filter((rule) => !isPublicAddress(rule, server) && names(rule, server));
        const into = this.network.ingress(server.groups).filter((rule) => names(rule, client));
        return joined(out.flatMap((one) => into.flatMap((other) => meet(one, other))));
    }

    may(from: string, to: string, port: number): boolean {
        return this.ports(from, to).some(([first, last]) => first <= port && port <= last);
    }

    /** Who is outside and may connect to an actor, on which ports. */
    outsiders(to: string): { who: string; ports: Ports[] }[] {
        const found = new Map<string, Ports[]>();
        for (const rule of this.network.ingress(this.byName.get(to)!.groups)) {
            const outside = this.outside(rule);
            if (!outside) continue;
            const who = "cidr" in outside ? (outside.cidr === ANYWHERE ? "anybody" : outside.cidr) : outside.group;
            found.set(who, joined([...(found.get(who) ?? []), span(rule)]));
        }
        return [...found].map(([who, ports]) => ({ who, ports }));
    }

    /** Where an actor may connect to by address, in the VPC or beyond it, on which ports. */
    addresses(from: string): { where: string; ports: Ports[] }[] {
        const found = new Map<string, Ports[]>();
        for (const rule of this.network.egress(this.byName.get(from)!.groups)) {
            if (rule.cidrIpv4 === undefined) continue;
            found.set(rule.cidrIpv4, joined([...(found.get(rule.cidrIpv4) ?? []), span(rule)]));
        }
        return [...found].map(([where, ports]) => ({ where, ports }));
    }

    /** The whole of it as lines: to whom, on which port, from whom; and who may connect to addresses. What is not there is closed. */
    table(): string[] {
        // Who is let in by the same rules is one line: AWS's endpoints, say.
        const alike = new Map<string, string[]>();
        for (const to of this.actors) {
            const from = JSON.stringify(this.into(to));
            alike.set(from, [...(alike.get(from) ?? []), brief(to)]);
        }
        const into = [...alike].flatMap(([lines, to]) =>
            (JSON.parse(lines) as [string, string[]][]).map(
                ([ports, who]) => `${to.join(", ")}${ports}: ${who.join(", ")}`,
            ),
        );
        const out = new Map<string, string[]>();
        for (const from of this.actors) {
            for (const { where, ports } of this.addresses(from)) {
                const key = `${where === ANYWHERE ? "any address" : where} ${shown(ports)}`;
                out.set(key, [...(out.get(key) ?? []), brief(from)]);
            }
        }
        return [...into, "", ...[...out].sort().map(([where, from]) => `${where}: ${from.join(", ")}`)].flatMap(
            wrapped,
        );
    }

    /** Who may connect to an actor, by ports. */
    private into(to: string): [ports: string, who: string[]][] {
        const lines = new Map<string, string[]>();
        const note = (ports: Ports[], who: string) => {
            const key = ` ${shown(ports)}`;
            if (ports.length > 0) lines.set(key, [...(lines.get(key) ?? []), who]);
        };
        for (const { who, ports } of this.outsiders(to)) note(ports, who);
        for (const from of this.actors) note(this.ports(from, to), brief(from));
        if (lines.size === 0) return [["", ["nobody"]]];
        return [...lines].sort(([a], [b]) => Number.parseInt(a) - Number.parseInt(b));
    }

    private outside({ cidrIpv4, referencedSecurityGroupId: group }: Rule): Outside | undefined {
        if (cidrIpv4 !== undefined) return { cidr: cidrIpv4 };
        return group !== undefined && this.network.membersOf(group) === undefined ? { group } : undefined;
    }
}

/** Whether a rule is about an actor: by one of its groups, or by an address that it may have. */
function names({ cidrIpv4, referencedSecurityGroupId: group }: Rule, actor: Actor): boolean {
    if (group !== undefined) return actor.groups.includes(group);
    if (cidrIpv4 === undefined) return false;
    return actor.subnets.some(({ cidr }) => overlaps(new Netmask(cidrIpv4), new Netmask(cidr)));
}

/**
 * Within the VPC nobody has an address of the internet, and a public load balancer is reached at that of the internet alone. It connects from
 * an address of its subnets.
 */
const isPublicAddress = ({ cidrIpv4 }: Rule, { isPublic }: Actor) => cidrIpv4 !== undefined && isPublic;

const overlaps = (a: Netmask, b: Netmask) => a.contains(b) || b.contains(a);

const span = ({ ipProtocol, fromPort, toPort }: Rule): Ports =>
    ipProtocol === "-1" ? [0, 65535] : [fromPort ?? 0, toPort ?? 65535];

function meet(one: Rule, other: Rule): Ports[] {
    const [a, b] = [span(one), span(other)];
    const both: Ports = [Math.max(a[0], b[0]), Math.min(a[1], b[1])];
    return both[0] <= both[1] ? [both] : [];
}

/** In order, and each port once. */
function joined(all: readonly Ports[]): Ports[] {
    const merged: [number, number][] = [];
    for (const [first, last] of [...all].sort((a, b) => a[0] - b[0] || a[1] - b[1])) {
        const before = merged.at(-1);
        if (before && first <= before[1]) before[1] = Math.max(before[1], last);
        else merged.push([first, last]);
    }
    return merged;
}

const shown = (ports: readonly Ports[]) =>
    ports.map(([first, last]) => (first === last ? String(first) : `${first}-${last}`)).join(", ");

/** Services and tasks go by their names alone. */
const brief = (name: string) => name.replace(/^(service|task) /, "");

/** Lines of 110 characters at most, broken behind a comma. */
function wrapped(line: string): string[] {
    const lines = [""];
    for (const word of line.split(/(?<=,) /)) {
        const last = lines.at(-1)!;
        const longer = last === "" ? word : `${last} ${word}`;
        if (longer.length <= 110 || last === "") lines[lines.length - 1] = longer;
        else lines.push(`    ${word}`);
    }
    return lines;
}
