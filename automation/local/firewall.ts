/**
 * Security groups on this machine: what no rule of a plan allows is dropped, in the network namespace of whoever is asked. A peer is known by
 * its hardware address, which says what it is of; an IP address is another one after each start.
 */
import { createHash } from "node:crypto";
import type { Inventory } from "../plan/inventory";
import { ANYWHERE, letThrough, type Span, waysOutOf } from "../plan/sections/connections";
import { type Actor, Network } from "../plan/sections/network";
import type { LoadBalancer } from "./load-balancers";
import { FILES } from "./state";
import { standInImage } from "./stand-ins/stand-in";
import type { ComposeService, ComposeServices } from "./tasks";

/** The container that has the network namespace of another one, or of a task. */
export const networkOf = (name: string) => `${name}-network`;

/** What a container needs of its network. */
export interface Place {
    readonly aliases: readonly string[];
    readonly ports?: readonly string[];
    readonly sysctls?: Readonly<Record<string, string>>;
}

/** What stands in for an API of AWS, or for a host elsewhere: it has no security group, and is there for whoever may reach that. */
export interface LocalApi {
    readonly container: string;
    /** By the port that a task asks elsewhere, the one here. */
    readonly ports: Readonly<Record<number, number>>;
    /** Of AWS: also a subnet without a way out reaches it, by an endpoint of the VPC. */
    readonly isOfAws: boolean;
}

interface Member {
    /** As it is told of: a service, a load balancer, a database. */
    readonly name: string;
    /** The first four bytes of its hardware addresses. */
    readonly hardware: string;
    readonly actor?: Actor;
    readonly api?: LocalApi;
}

/** Locally administered, as 02 is, which Docker takes. */
const OURS = "0a";
const MASK = "ff:ff:ff:ff:00:00";
/** Of the part of a hardware address that says whose it is, as text. */
export const HARDWARE_LENGTH = "0a:00:00:00".length;
export const HTTPS = 443;

export class Firewalls {
    private readonly members = new Map<string, Member>();
    private readonly network: Network;

    constructor(
        inventory: Inventory,
        private readonly balancers: readonly LoadBalancer[],
        apis: readonly LocalApi[],
        private readonly project: string,
    ) {
        this.network = new Network(inventory);
        const taken = new Set<string>();
        const add = (key: string, member: Omit<Member, "hardware">) =>
            this.members.set(key, { ...member, hardware: hardwareOf(key, taken) });
        for (const actor of this.network.actors)
            if (HAVE_CONTAINERS.has(actor.kind)) add(keyOf(actor), { name: actor.name, actor });
        for (const api of apis) add(keyOf({ kind: "API", name: api.container }), { name: api.container, api });
    }

    get image() {
        return standInImage(this.project, "firewall");
    }

    /** The names by the first bytes of hardware addresses, by which `status` says who was refused. */
    get names(): Record<string, string> {
        return Object.fromEntries([...this.members.values()].map(({ name, hardware }) => [hardware, name]));
    }

    /** By their file's name, the rules of each. */
    get files(): Record<string, string> {
        return Object.fromEntries([...this.members].map(([key, member]) => [fileOf(key), this.rulesOf(member)]));
    }

    /** The container that holds the network of `name`, for a member that is of this kind and called `of`. */
    holder(name: string, kind: Actor["kind"] | "API", of: string, { aliases, ports, sysctls }: Place): ComposeServices {
        const key = keyOf({ kind, name: of });
        const member = this.members.get(key);
        if (!member) throw new Error(`the plan knows no network of ${kind} ${of}`);
        return {
            [networkOf(name)]: {
                image: this.image.reference,
                pull_policy: "never",
                environment: { RULES: fileOf(key), HARDWARE: member.hardware },
                volumes: [{ type: "bind", source: `./${FILES.firewall}`, target: "/rules", read_only: true }],
                networks: { default: { aliases: [...aliases, name] } },
                ...(ports ? { ports: [...ports] } : {}),
                // Others are told at once of an address that has changed.
                sysctls: { ...sysctls, "net.ipv4.conf.all.arp_notify": "1" },
                init: true,
                read_only: true,
                cap_drop: ["ALL"],
                cap_add: ["NET_ADMIN"],
                mem_limit: "32m",
                restart: "unless-stopped",
            },
        };
    }

    private rulesOf(member: Member): string {
        const into = [...this.members.values()].flatMap((from) => {
            const rules = new Set(this.allowed(from, member).map((span) => fromMember(from, span)));
            return rules.size === 0 ? [] : [`# ${from.name}`, ...rules];
        });
        const out = member.actor ? waysOutOf(member.actor, this.network).map(toNetwork) : [];
        return file(into, out);
    }

    /** What both sides let through, at the ports that the target has here. */
    private allowed(from: Member, to: Member): readonly Span[] {
        if (from.actor === undefined) return [];
        if (to.api) {
            const { ports, isOfAws } = to.api;
            const ways: readonly Span[] = isOfAws
                ? this.network.egress(from.actor.groups).filter(({ cidrIpv4 }) => cidrIpv4 === ANYWHERE)
                : waysOutOf(from.actor, this.network);
            return Object.entries(ports).flatMap(([asked, here]) =>
                ways.some((way) => includes(way, Number(asked))) ? [tcp(here)] : [],
            );
        }
        const spans = letThrough(from.actor, to.actor!, this.network);
        if (to.actor!.kind !== "load balancer") return spans;
        const { listeners = [] } = this.balancers.find(({ name }) => name === to.name) ?? {};
        return listeners
            .filter(({ port }) => spans.some((span) => includes(span, port)))
            .map(({ published }) => tcp(published));
    }
}

const HAVE_CONTAINERS: ReadonlySet<Actor["kind"]> = new Set(["load balancer", "service", "task", "database"]);

const keyOf = ({ kind, name }: { kind: Actor["kind"] | "API"; name: string }) => `${kind} ${name}`;

const fileOf = (key: string) => `${key.replaceAll(" ", "-")}.nft`;

/** The same whichever other members there are, as far as it is nobody else's. */
function hardwareOf(key: string, taken: Set<string>): string {
    for (let i = 0; ; i++) {
        const digest = createHash("sha256").update(`${key} ${i}`).digest("hex");
        const hardware = [OURS, digest.slice(0, 2), digest.slice(2, 4), digest.slice(4, 6)].join(":");
        if (taken.has(hardware)) continue;
        taken.add(hardware);
        return hardware;
    }
}

const tcp = (port: number): Span => ({ ipProtocol: "tcp", fromPort: port, toPort: port });

const includes = ({ ipProtocol, fromPort = 0, toPort = 65535 }: Span, port: number) =>
    ipProtocol === "-1" || (ipProtocol === "tcp" && fromPort <= port && port <= toPort);

const fromMember = ({ hardware }: Member, span: Span) =>
    `ether saddr & ${MASK} == ${hardware}:00:00 ${portsOf(span)}accept`;

const toNetwork = (way: Span & { readonly cidrIpv4: string }) =>
    `${way.cidrIpv4 === ANYWHERE ? "" : `ip daddr ${way.cidrIpv4} `}${portsOf(way)}accept`;

function portsOf({ ipProtocol, fromPort, toPort }: Span): string {
    if (ipProtocol === "-1") return "";
    if (ipProtocol !== "tcp" && ipProtocol !== "udp") return `meta l4proto ${ipProtocol} `;
    if (fromPort === undefined || toPort === undefined) return `meta l4proto ${ipProtocol} `;
    return `${ipProtocol} dport ${fromPort === toPort ? fromPort : `${fromPort}-${toPort}`} `;
}

/** The first two lines make it one transaction, whether the table is there or not. */
const file = (into: readonly string[], out: readonly string[]) => `table inet firewall {}
delete table inet firewall
table inet firewall {
    set refused_in { type ether_addr . inet_proto . inet_service; flags dynamic,timeout; timeout 1h; size 1024; }
    set refused_out { type ipv4_addr . inet_proto . inet_service; flags dynamic,timeout; timeout 1h; size 1024; }
    chain into {
        type filter hook input priority filter; policy drop;
        iif lo accept
        ct state established,related accept
        # This machine, by a published port.
        ip saddr != $subnet accept
        ip saddr $gateway accept
${indented(into)}
        meta l4proto { tcp, udp } update @refused_in { ether saddr . meta l4proto . th dport }
    }
    chain out {
        type filter hook output priority filter; policy drop;
        oif lo accept
        ct state established,related accept
        # Whoever is asked there looks at it.
        ip daddr $subnet ip daddr != $gateway accept
        # Names: no security group applies to the resolver of a VPC.
        meta l4proto { tcp, udp } th dport 53 accept
${indented(out)}
        meta l4proto { tcp, udp } update @refused_out { ip daddr . meta l4proto . th dport }
    }
}
`;

const indented = (lines: readonly string[]) => lines.map((line) => `        ${line}`).join("\n");

/** Gives a network's holder to each container of a part that has none yet. */
export function held(composed: ComposeServices, firewalls: Firewalls, kind: Actor["kind"] | "API"): ComposeServices {
    return Object.fromEntries(
        Object.entries(composed).flatMap(([name, { networks, ports, ...service }]) => [
            ...Object.entries(firewalls.holder(name, kind, name, { aliases: networks?.default.aliases ?? [], ports })),
            [name, { ...service, network_mode: `service:${networkOf(name)}` } as ComposeService],
        ]),
    );
}
