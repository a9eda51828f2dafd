/** What the picture of a platform shows, as data: cards in columns, lines between them, and what the loss of a zone does to each. */
import type { Plan } from "../../plan/model";
import { groupBy } from "../../plan/collect";
import { ANYWHERE, type Connection, type Party } from "../../plan/sections/connections";
import type { Inventory } from "../../plan/inventory";
import { Network, type Subnet } from "../../plan/sections/network";
import { applications } from "./applications";
import { type Fate, fateOfDatabase, fateOfGateways, fateOfLoadBalancer, WHOLE } from "./zones";

/** Who is where, from left to right: from outside into the network, and towards the data. */
export const COLUMNS = ["outside", "public", "entry", "work", "data"] as const;
export type Column = (typeof COLUMNS)[number];

export interface Picture {
    readonly title: string;
    readonly region: string;
    /** `a`, `b`, …: the zones of the region that the network is in. */
    readonly zones: readonly string[];
    readonly cidr: string;
    readonly subnets: readonly Subnet[];
    readonly cards: readonly Card[];
    readonly links: readonly Link[];
    /** What is kept by the region as a whole. */
    readonly regional: readonly { readonly title: string; readonly detail: string }[];
}

export interface Card {
    readonly id: string;
    readonly column: Column;
    readonly kind:
        "internet" | "network" | "load balancer" | "gateway" | "application" | "machine" | "AWS endpoints" | "database";
    readonly title: string;
    readonly detail: string;
    readonly rows: readonly Row[];
    /** Lines of small text below the rows. */
    readonly notes: readonly string[];
    /** Reached from the internet. */
    readonly public?: boolean;
}

/** Something that runs in zones: a service, a database, a load balancer. */
export interface Row {
    readonly name?: string;
    /** `2 tasks` */
    readonly amount: string;
    /** What is in each zone of the picture; where AWS chooses one of several, `anywhere` says so in place of all. */
    readonly cells: readonly (string | undefined)[];
    readonly anywhere?: readonly string[];
    /** What becomes of it when a zone is lost, zone by zone. */
    readonly fates: readonly Fate[];
    /** It is in one zone alone, and away with it. */
    readonly once?: boolean;
}

export interface Link {
    readonly from: string;
    readonly to: string;
    /** `8443 TLS` */
    readonly label: string;
    readonly title: string;
    readonly kind: "internet" | "network" | "data" | "out";
}

export const zoneLetter = (zone: string, region: string) => zone.replace(region, "") || zone;

export function picture(plan: Plan, inventory: Inventory): Picture {
    const network = new Network(inventory);
    const subnets = network.all;
    const zones = [...new Set(subnets.map(({ zone }) => zone))].sort();
    const vpc = inventory.ofType("aws:ec2/vpc:Vpc")[0];
    const all = [
        ...outside(plan, String(vpc?.inputs.cidrBlock)),
        ...endpoints(plan, network, zones),
        ...gateways(network, zones, plan.region),
        ...applications(plan, inventory, zones),
        ...machines(plan, zones),
        ...awsEndpoints(network),
        ...databases(plan, zones),
    ];
    const cardOf = new Map(all.flatMap((card) => members(card).map((key) => [key, card.id] as const)));
    const out: Link[] = all.some(({ kind }) => kind === "gateway")
        ? [{ from: "gateways", to: key({ kind: "network", name: ANYWHERE }), ...OUTGOING }]
        : [];
    const lines = [...links(plan, cardOf), ...out];
    // Who reaches nothing that is drawn need not be drawn.
    const ends = new Set(lines.flatMap(({ from, to }) => [from, to]));
    const cards = all.filter(({ kind, id }) => kind !== "network" || ends.has(id));
    return {
        title: `${plan.project}, stack ${plan.stack}`,
        region: plan.region,
        zones: zones.map((zone) => zoneLetter(zone, plan.region)),
        cidr: String(vpc?.inputs.cidrBlock ?? ""),
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

export const key = ({ kind, name }: Party) => `${kind} ${name}`;

/** The parties of the plan's connections that a card stands for. */
const members = ({ id, kind, rows }: Card): string[] =>
    kind === "application" ? rows.flatMap(({ name }) => [`service ${name}`, `task ${name}`]) : [id];

function outside({ connections }: Plan, vpc: string): Card[] {
    const parties = connections.flatMap(({ from, to }) => [from, to]).filter(isOutside);
    const others = new Map(parties.filter(({ name }) => name !== ANYWHERE).map((one) => [key(one), one]));
    const shared = { column: "outside", rows: [], notes: [] } as const;
    const detail = ({ kind, name }: Party) =>
        kind === "security group"
            ? "a group of another stack"
            : name === vpc
              ? "all of this network"
              : "a network you named";
    return [
        { ...shared, id: `network ${ANYWHERE}`, kind: "internet", title: "The internet", detail: "anybody" },
        ...[...others].map(([id, one]): Card => ({
            ...shared,
            id,
            kind: "network",
            title: one.name,
            detail: detail(one),
        })),
    ];
}

const isOutside = ({ kind }: Party) => kind === "network" || kind === "security group";

function endpoints({ endpoints: all }: Plan, network: Network, zones: readonly string[]): Card[] {
    return all.map(({ name, internal, listeners }) => {
        const own = network.actors.find((actor) => actor.kind === "load balancer" && actor.name === name);
        const within = new Set(own?.subnets.map(({ zone }) => zone));
        const cells = zones.map((zone) => (within.has(zone) ? "" : undefined));
        return {
            id: `load balancer ${name}`,
            column: internal ? "entry" : "public",
            kind: "load balancer",
            title: `${name} endpoint`,
            detail: internal ? "load balancer, internal" : "load balancer",
            public: !internal,
            rows: [{ amount: "", cells, fates: fateOfLoadBalancer(cells), once: within.size === 1 }],
            notes: groupBy(listeners, ({ protocol, otherwise }) => `${protocol} ${toHttps(otherwise)}`).map((alike) => {
                const ports = [...new Set(alike.map(({ port }) => port))].join(", ");
                return `${alike[0].protocol} ${ports}${toHttps(alike[0].otherwise) ? ", to HTTPS" : ""}`;
            }),
        };
    });
}

const toHttps = (otherwise: string | undefined) => otherwise?.startsWith("redirects") ?? false;

function gateways(network: Network, zones: readonly string[], region: string): Card[] {
    const within = network.gatewayZones;
    if (within.length === 0) return [];
    const cells = zones.map((zone) => (within.includes(zone) ? "" : undefined));
    const letters = zones.map((zone) => zoneLetter(zone, region));
    const single = within.length === 1;
    return [
        {
            id: "gateways",
            column: "public",
            kind: "gateway",
            title: single ? "NAT gateway" : "NAT gateways",
            detail: "the tasks' way out",
            rows: [
                {
                    amount: "",
                    cells,
                    fates: fateOfGateways(cells, letters, hasRegistryEndpoints(network)),
                    once: single,
                },
            ],
            notes: [],
        },
    ];
}

/** Without them a new task gets its image and its secrets by the NAT gateway. */
const hasRegistryEndpoints = ({ actors }: Network) =>
    actors.some(({ kind, name }) => kind === "AWS endpoint" && name === "ecr.api");

function machines({ machines: all, region }: Plan, zones: readonly string[]): Card[] {
    return all.map(({ name, instanceType, publicAddress, zones: own }) => {
        const cells = zones.map((zone) => (own.includes(zone) ? "" : undefined));
        const fates = cells.map((cell, zone): Fate => {
            if (cell === undefined) return WHOLE;
            const letter = zoneLetter(zones[zone]!, region);
            return { state: "down", short: "down", long: `is a single machine in zone ${letter}, and away with it` };
        });
        return {
            ...{ id: `machine ${name}`, column: "work", kind: "machine", title: name },
            detail: `EC2, ${instanceType}`,
            public: publicAddress,
            rows: [{ amount: "", cells, fates, once: true }],
            notes: [],
        };
    });
}

function awsEndpoints({ actors }: Network): Card[] {
    const names = actors
        .filter(({ kind, groups }) => kind === "AWS endpoint" && groups.length > 0)
        .map(({ name }) => name);
    if (names.length === 0) return [];
    return [
        {
            id: "AWS endpoints",
            column: "work",
            kind: "AWS endpoints",
            title: "Endpoints of AWS services",
            detail: "reached from within",
            rows: [],
            notes: [names.sort().join(", ")],
        },
    ];
}

function databases({ databases: all, region }: Plan, zones: readonly string[]): Card[] {
    return all.map((db) => {
        const letters = zones.filter((zone) => db.zones.includes(zone)).map((zone) => zoneLetter(zone, region));
        const places = zones.map((zone) => (db.zones.includes(zone) ? "" : undefined));
        return {
            id: `database ${db.name}`,
            column: "data",
            kind: "database",
            title: db.name,
            detail: db.engine.replace("postgres", "PostgreSQL"),
            public: db.publicAddress,
            rows: [
                {
                    amount: db.multiAz ? "with a standby" : "no standby",
                    cells: places,
                    anywhere: db.multiAz ? ["primary", "standby"] : [`in ${letters.join(" or ")}`],
                    fates: fateOfDatabase(places, db.multiAz),
                    once: !db.multiAz,
                },
            ],
            notes: [
                `${db.encrypted ? "encrypted" : "NOT encrypted"}, ${db.tlsForced ? "TLS only" : "TLS not forced"}`,
                `backups kept ${db.backupDays} days`,
            ],
        };
    });
}

/** What comes from outside, and what goes to the data; the rest is said on the cards. */
function links({ connections, endpoints: ways }: Plan, cardOf: ReadonlyMap<string, string>): Link[] {
    const tls = new Set(
        ways.flatMap(({ name, routes }) =>
            routes.filter((r) => r.tls).map((r) => `load balancer ${name} ${r.service} ${r.port}`),
        ),
    );
    const grouped = new Map<string, Connection[]>();
    for (const connection of connections) {
        const [from, to] = [cardOf.get(key(connection.from)), cardOf.get(key(connection.to))];
        if (!from || !to || from === to || (connection.from.kind === "service" && connection.to.kind === "service"))
            continue;
        if (isOutside(connection.to)) continue;
        grouped.set(`${from}\0${to}`, [...(grouped.get(`${from}\0${to}`) ?? []), connection]);
    }
    return [...grouped].flatMap(([ends, all]): Link | [] => {
        const [from = "", to = ""] = ends.split("\0");
        const kind = kindOf(all[0]!, ways);
        if (!kind) return [];
        const ports = new Map<string, boolean>();
        for (const one of all) {
            for (const port of one.ports)
                ports.set(port, tls.has(`${from} ${one.to.name} ${port}`) || !!ports.get(port));
        }
        return {
            ...{ from, to, kind },
            label: labelOf([...ports].map(([port, secure]) => (secure ? `${port} TLS` : port))),
            title: all
                .map((one) => `${one.from.name} → ${one.to.name}, ${one.ports.join(", ")}: ${one.why}`)
                .join("\n"),
        };
    });
}

/** Of many ports the first: the cards name them all. */
const labelOf = (ports: readonly string[]) =>
    ports.length > 3 ? `${ports.slice(0, 2).join(" · ")} · ${ports.length - 2} more` : ports.join(" · ");

function kindOf({ from, to }: Connection, ways: Plan["endpoints"]): Link["kind"] | undefined {
    if (to.kind === "database") return "data";
    if (from.kind === "network" && from.name === ANYWHERE) return "internet";
    if (isOutside(from)) return "network";
    if (from.kind !== "load balancer") return undefined;
    return ways.some(({ name, internal }) => name === from.name && internal) ? "network" : "internet";
}

function regional({ secrets }: Plan, inventory: Inventory): Picture["regional"] {
    const count = (type: string) => inventory.ofType(type).length;
    const some = (n: number, one: string, many = `${one}s`) => `${n} ${n === 1 ? one : many}`;
    const keys = count("aws:kms/key:Key");
    const all: [number, string, string][] = [
        [
            secrets.length,
            "Secrets",
            `${some(secrets.length, "SSM parameter")}, ${keys > 0 ? some(keys, "KMS key") : "AWS's key"}`,
        ],
        [
            count("aws:ecr/repository:Repository"),
            "Images",
            some(count("aws:ecr/repository:Repository"), "ECR repository", "ECR repositories"),
        ],
        [
            count("aws:cloudwatch/logGroup:LogGroup"),
            "Logs",
            some(count("aws:cloudwatch/logGroup:LogGroup"), "log group"),
        ],
        [
            count("aws:scheduler/schedule:Schedule"),
            "Schedules",
            some(count("aws:scheduler/schedule:Schedule"), "schedule"),
        ],
        [count("aws:s3/bucket:Bucket"), "Access logs", some(count("aws:s3/bucket:Bucket"), "S3 bucket")],
        [
            count("aws:acm/certificate:Certificate"),
            "Certificates",
            some(count("aws:acm/certificate:Certificate"), "certificate") + " in ACM",
        ],
    ];
    return all.filter(([n]) => n > 0).map(([, title, detail]) => ({ title, detail }));
}
