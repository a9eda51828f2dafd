/** Derives the picture from the plan. */
import { ENTRIES } from "../../../aws/types";
import { add } from "../../plan/grouping";
import type { Inventory } from "../../plan/inventory";
import type { Plan } from "../../plan/model";
import { ANYWHERE, type Connection } from "../../plan/sections/connections";
import { Network } from "../../plan/sections/network";
import { applications } from "./applications";
import { awsEndpoints, endpoints, gateways, isOutside, key, outside, singles } from "./network-cards";
import type { Card, Link, Picture } from "./types";
import { zoneLetter } from "./zones";

export function picture(plan: Plan, inventory: Inventory): Picture {
    const network = new Network(inventory);
    const subnets = network.all;
    const zones = [...new Set(subnets.map(({ zone }) => zone))].sort();
    const all = [
        ...outside(plan, network.cidr ?? ""),
        ...endpoints(plan, network, zones),
        ...gateways(network, zones, plan.region),
        ...applications(plan, inventory, zones),
        ...singles(inventory, network, zones, plan.region),
        ...awsEndpoints(network),
    ];
    const cardOf = new Map(all.flatMap((card) => members(card).map((key) => [key, card.id] as const)));
    const out: Link[] = all.some(({ kind }) => kind === "gateway")
        ? [{ from: "gateways", to: key({ kind: "network", name: ANYWHERE }), ...OUTGOING }]
        : [];
    const lines = [...links(plan, cardOf), ...out];
    // A network without a link to anything drawn is left out.
    const ends = new Set(lines.flatMap(({ from, to }) => [from, to]));
    const cards = all.filter(({ kind, id }) => kind !== "network" || ends.has(id));
    return {
        title: `${plan.project}, stack ${plan.stack}`,
        region: plan.region,
        zones: zones.map((zone) => zoneLetter(zone, plan.region)),
        cidr: network.cidr ?? "",
        ...(plan.existingVpc === undefined ? {} : { existingVpc: plan.existingVpc }),
        subnets,
        cards,
        links: lines,
        regional: regional(plan, inventory),
    };
}

const OUTGOING = {
    kind: "out",
    label: "out only",
    title: "What the tasks call outside goes through here; nobody comes in this way",
} as const;

/** The parties of connections that a card represents. */
const members = ({ id, kind, rows }: Card): string[] =>
    kind === "application" ? rows.flatMap(({ name }) => [`service ${name}`, `task ${name}`]) : [id];

/** The links from outside and to the data. The cards' notes have the other connections. */
function links({ connections, endpoints: all }: Plan, cardOf: ReadonlyMap<string, string>): Link[] {
    const tls = new Set(
        all.flatMap(({ name, routes }) =>
            routes.filter((r) => r.tls).map((r) => `load balancer ${name} ${r.service} ${r.port}`),
        ),
    );
    const grouped = new Map<string, Connection[]>();
    for (const connection of connections) {
        const [from, to] = [cardOf.get(key(connection.from)), cardOf.get(key(connection.to))];
        if (!from || !to || from === to || (connection.from.kind === "service" && connection.to.kind === "service"))
            continue;
        if (isOutside(connection.to)) continue;
        add(grouped, `${from}\0${to}`, connection);
    }
    return [...grouped].flatMap(([ends, group]): Link | [] => {
        const [from = "", to = ""] = ends.split("\0");
        const kind = kindOf(group[0]!, all);
        if (!kind) return [];
        const ports = new Map<string, boolean>();
        for (const connection of group) {
            for (const port of connection.ports)
                ports.set(port, tls.has(`${from} ${connection.to.name} ${port}`) || !!ports.get(port));
        }
        return {
            from,
            to,
            kind,
            label: labelOf([...ports].map(([port, secure]) => (secure ? `${port} TLS` : port))),
            title: group
                .map(
                    (connection) =>
                        `${connection.from.name} → ${connection.to.name}, ${connection.ports.join(", ")}: ${connection.why}`,
                )
                .join("\n"),
        };
    });
}

/** The label names at most three ports. The cards have all of them. */
const labelOf = (ports: readonly string[]) =>
    ports.length > 3 ? `${ports.slice(0, 2).join(" · ")} · ${ports.length - 2} more` : ports.join(" · ");

function kindOf({ from, to }: Connection, all: Plan["endpoints"]): Link["kind"] | undefined {
    if (to.kind === "database") return "data";
    if (from.kind === "network" && from.name === ANYWHERE) return "internet";
    if (isOutside(from)) return "network";
    if (from.kind !== "load balancer") return undefined;
    return all.some(({ name, internal }) => name === from.name && internal) ? "network" : "internet";
}

/** Regional services: secrets, and the types whose entries have a line for the picture. */
function regional({ secrets }: Plan, inventory: Inventory): Picture["regional"] {
    const count = (type: string) => inventory.ofType(type).length;
    const some = (n: number, text: string, many = `${text}s`) => `${n} ${n === 1 ? text : many}`;
    const keys = count("aws:kms/key:Key");
    const encryption = keys > 0 ? some(keys, "KMS key") : "AWS's key";
    const counted = [...ENTRIES].flatMap(([type, { picture }]) => {
        if (picture === null || !("line" in picture) || count(type) === 0) return [];
        const { title, one, many, more = "" } = picture.line;
        return [{ title, detail: some(count(type), one, many) + more }];
    });
    return secrets.length === 0
        ? counted
        : [{ title: "Secrets", detail: `${some(secrets.length, "SSM parameter")}, ${encryption}` }, ...counted];
}
