/** Groups the links of the picture, which share lines. */
import { add } from "../../plan/grouping";
import type { Link } from "./types";

/** Links with the same line, which share a track in each gutter. */
export interface Net {
    readonly id: string;
    readonly links: Link[];
    readonly from: number;
}

/** The links of a source are one net; those to a database of the next column are one net by target. */
export function netsOf(links: readonly Link[], columnOf: ReadonlyMap<string, number>): Net[] {
    const nets = new Map<string, Link[]>();
    for (const link of links) {
        const [from, to] = [columnOf.get(link.from)!, columnOf.get(link.to)!];
        if (link.kind === "out") add(nets, "out", link);
        else if (to > from)
            add(nets, to === from + 1 && link.kind === "data" ? `to ${link.to}` : `from ${link.from}`, link);
    }
    return [...nets].map(([id, netLinks]) => ({
        id,
        links: netLinks,
        from: Math.min(...netLinks.map(({ from, kind, to }) => columnOf.get(kind === "out" ? to : from)!)),
    }));
}

/** The id of the lane in which a net passes a column on its way to a later one. */
export const lane = (net: Net, column: number) => `${net.id} in ${column}`;
export const lanesOf = (net: Net, columnOf: ReadonlyMap<string, number>) => {
    const last = net.id === "out" ? 0 : Math.max(...net.links.map(({ to }) => columnOf.get(to)!));
    return Array.from({ length: Math.max(0, last - net.from - 1) }, (_, i) => net.from + 1 + i);
};
