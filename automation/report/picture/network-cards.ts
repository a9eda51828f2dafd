/** The cards of load balancers, gateways, machines, databases, AWS endpoints and networks. */
import type { CardText } from "../../../aws/resource-type";
import { ENTRIES } from "../../../aws/types";
import { groupBy } from "../../plan/grouping";
import type { Inventory } from "../../plan/inventory";
import type { Plan } from "../../plan/model";
import { ANYWHERE, type Party } from "../../plan/sections/connections";
import type { Network } from "../../plan/sections/network";
import type { Card, Column } from "./types";
import { zoneLossOfDatabase, zoneLossOfGateways, zoneLossOfLoadBalancer, zoneLossOfMachine, zoneLetter } from "./zones";

/** The id of a party's card. */
export const key = ({ kind, name }: Party) => `${kind} ${name}`;

export const isOutside = ({ kind }: Party) => kind === "network" || kind === "security group";

export function outside({ connections }: Plan, vpc: string): Card[] {
    const parties = connections.flatMap(({ from, to }) => [from, to]).filter(isOutside);
    const others = new Map(parties.filter(({ name }) => name !== ANYWHERE).map((party) => [key(party), party]));
    const shared = { column: "outside", rows: [], notes: [] } as const;
    const detail = ({ kind, name }: Party) =>
        kind === "security group"
            ? "a group of another stack"
            : name === vpc
              ? "all of this network"
              : "a network you named";
    return [
        { ...shared, id: `network ${ANYWHERE}`, kind: "internet", title: "The internet", detail: "anybody" },
        ...[...others].map(([id, party]): Card => ({
            ...shared,
            id,
            kind: "network",
            title: party.name,
            detail: detail(party),
        })),
    ];
}

export function endpoints({ endpoints: all }: Plan, network: Network, zones: readonly string[]): Card[] {
    return all.map(({ name, internal, listeners }) => {
        const balancer = network.actors.find((actor) => actor.kind === "load balancer" && actor.name === name);
        const within = new Set(balancer?.subnets.map(({ zone }) => zone));
        const cells = zones.map((zone) => (within.has(zone) ? "" : undefined));
        return {
            id: `load balancer ${name}`,
            column: internal ? "entry" : "public",
            kind: "load balancer",
            title: `${name} endpoint`,
            detail: internal ? "load balancer, internal" : "load balancer",
            public: !internal,
            rows: [{ amount: "", cells, losses: zoneLossOfLoadBalancer(cells), once: within.size === 1 }],
            notes: groupBy(listeners, ({ protocol, otherwise }) => `${protocol} ${toHttps(otherwise)}`).map((alike) => {
                const ports = [...new Set(alike.map(({ port }) => port))].join(", ");
                return `${alike[0].protocol} ${ports}${toHttps(alike[0].otherwise) ? ", to HTTPS" : ""}`;
            }),
        };
    });
}

const toHttps = (otherwise: string | undefined) => otherwise?.startsWith("redirects") ?? false;

export function gateways(network: Network, zones: readonly string[], region: string): Card[] {
    const instances = network.natInstanceZones;
    const within = [...network.gatewayZones, ...instances];
    if (within.length === 0) return [];
    const cells = zones.map((zone) => (within.includes(zone) ? "" : undefined));
    const letters = zones.map((zone) => zoneLetter(zone, region));
    const single = within.length === 1;
    return [
        {
            id: "gateways",
            column: "public",
            kind: "gateway",
            title: instances.length > 0 ? "NAT instance" : single ? "NAT gateway" : "NAT gateways",
            detail: "the tasks' way out",
            rows: [
                {
                    amount: "",
                    cells,
                    losses: zoneLossOfGateways(cells, letters, hasRegistryEndpoints(network)),
                    once: single,
                },
            ],
            notes: [],
        },
    ];
}

/** Whether new tasks get their images and secrets without the NAT gateway. */
const hasRegistryEndpoints = ({ actors }: Network) =>
    actors.some(({ kind, name }) => kind === "AWS endpoint" && name === "ecr.api");

const COLUMN_OF: Readonly<Record<CardText["kind"], Column>> = { machine: "work", database: "data" };

/** A card for each resource of a type whose entry has one: machines and databases. */
export function singles(inventory: Inventory, network: Network, zones: readonly string[], region: string): Card[] {
    const letters = zones.map((zone) => zoneLetter(zone, region));
    return [...ENTRIES].flatMap(([type, { picture }]) => {
        if (picture === null || !("card" in picture)) return [];
        return inventory.ofType(type).flatMap(({ name, inputs }): Card | [] => {
            const card = picture.card(inputs, inventory.inputsOf);
            if (!card) return [];
            const { kind, detail, amount, copies, notes } = card;
            const { zones: within, isPublic } = network.placeOf(kind, name);
            const cells = zones.map((zone) => (within.includes(zone) ? "" : undefined));
            const standby = copies !== "one";
            const choice = letters.filter((_, zone) => cells[zone] !== undefined).join(" or ");
            return {
                id: key({ kind, name }),
                column: COLUMN_OF[kind],
                kind,
                title: name,
                detail,
                public: isPublic,
                rows: [
                    {
                        amount,
                        cells,
                        // A machine has one subnet; AWS chooses one of a database's subnets.
                        anywhere:
                            kind === "machine"
                                ? undefined
                                : copies === "each"
                                  ? undefined
                                  : standby
                                    ? ["primary", "standby"]
                                    : [`in ${choice}`],
                        losses: kind === "machine" ? zoneLossOfMachine(cells) : zoneLossOfDatabase(cells, standby),
                        once: !standby,
                    },
                ],
                notes,
            };
        });
    });
}

export function awsEndpoints({ actors }: Network): Card[] {
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
