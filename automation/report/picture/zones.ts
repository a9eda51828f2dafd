/** The effects of a lost availability zone on each part of a platform. */
import type { Card, ZoneLoss, Picture, Row } from "./types";

/** `a` of `eu-central-1a`. */
export const zoneLetter = (zone: string, region: string) => zone.replace(region, "") || zone;

const UNAFFECTED: ZoneLoss = { state: "whole", short: "goes on" };

type Cells = readonly (string | undefined)[];

/**
 * `goesOn`: what becomes of a part that is in other zones as well; `alone`: what is said of one that is not. A part that is not in a zone is
 * not affected by its loss.
 */
const zoneLosses = (cells: Cells, goesOn: ZoneLoss, alone = "is in this zone alone"): ZoneLoss[] =>
    cells.map((cell, zone) => {
        if (cell === undefined) return UNAFFECTED;
        const others = cells.some((other, at) => other !== undefined && at !== zone);
        return others ? goesOn : { state: "down", short: "down", long: alone };
    });

/** For `count` tasks, which ECS spreads evenly. */
export function zoneLossOfTasks(cells: Cells, count: number): ZoneLoss[] {
    if (count === 0) return cells.map(() => UNAFFECTED);
    const left = count - Math.ceil(count / cells.filter((cell) => cell !== undefined).length);
    const single: ZoneLoss = {
        state: "waits",
        short: "starts anew",
        long: "is one task: if it ran there, it is away until ECS has started it elsewhere",
    };
    const several: ZoneLoss = {
        state: "less",
        short: `${left} of ${count} go on`,
        long: `goes on with ${left} of ${count} tasks, while ECS starts the others elsewhere`,
    };
    return zoneLosses(cells, count === 1 ? single : several, "has its tasks in this zone alone");
}

export const zoneLossOfLoadBalancer = (cells: Cells): ZoneLoss[] =>
    zoneLosses(cells, { state: "less", short: "goes on", long: "goes on from the other zones" });

export function zoneLossOfGateways(cells: Cells, letters: readonly string[], endpoints: boolean): ZoneLoss[] {
    return cells.map((cell, zone): ZoneLoss => {
        if (cell === undefined) return UNAFFECTED;
        const without = letters.filter((_, other) => other !== zone && cells[other] === undefined);
        if (without.length === 0) return { state: "less", short: "others go on", long: "of the other zones go on" };
        const start = endpoints ? "" : ", and ECS can start no new ones: their images and secrets come this way";
        return {
            state: "down",
            short: "no way out",
            long: `is in this zone alone: tasks in ${without.join(", ")} run on, but reach nothing outside${start}`,
        };
    });
}

const STANDBY: ZoneLoss = {
    state: "waits",
    short: "standby takes over",
    long: "goes on from its standby, after a minute or two if the primary was there",
};
const NO_STANDBY: ZoneLoss = {
    state: "may be down",
    short: "down, if there",
    long: "has no standby: if AWS put it there, it is down until the zone is back, or a backup is restored elsewhere",
};

export const zoneLossOfDatabase = (cells: Cells, multiAz: boolean): ZoneLoss[] =>
    zoneLosses(cells, multiAz ? STANDBY : NO_STANDBY);

/** For a single EC2 instance. */
export const zoneLossOfMachine = (cells: Cells): ZoneLoss[] =>
    zoneLosses(cells, UNAFFECTED, "is a single machine in this zone, and away with it");

/** A sentence of the list of effects. */
export interface Effect {
    readonly state: ZoneLoss["state"];
    readonly who: readonly string[];
    readonly text: string;
}

const ORDER: readonly ZoneLoss["state"][] = ["down", "may be down", "waits", "less"];

/** The effects of the loss of a zone, the worst first. Parts with the same effect share a sentence. */
export function effects({ cards, links }: Picture, zone: number): Effect[] {
    const found = new Map<string, { state: ZoneLoss["state"]; who: string[]; text: string }>();
    for (const card of cards) {
        for (const row of card.rows) {
            const loss = row.losses[zone];
            if (!loss?.long) continue;
            const effect = found.get(loss.long) ?? { state: loss.state, who: [], text: loss.long };
            effect.who.push(nameOf(card, row, links, cards, loss));
            found.set(loss.long, effect);
        }
    }
    return [...found.values()].sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state));
}

/** The part's name; for a database that is down, with the applications that use it. */
function nameOf(card: Card, row: Row, links: Picture["links"], cards: readonly Card[], { state }: ZoneLoss): string {
    const name =
        card.kind === "application"
            ? (row.name ?? card.title)
            : card.kind === "gateway"
              ? `the ${card.title}`
              : card.title;
    if (card.kind !== "database" || !state.includes("down")) return name;
    const users = links
        .filter(({ to }) => to === card.id)
        .map(({ from }) => cards.find(({ id }) => id === from)?.title);
    return users.length > 0 ? `${name} (and with it ${users.join(", ")})` : name;
}
