/**
 * The layout of the picture. Cards have given columns, from outside to the data; dagre says how high they stand, so that few links cross.
 * Links of one source pass the columns between in one lane, and links to one database end in one point.
 */
import dagre from "@dagrejs/dagre";
import { type CardShape, PORT_GAP, SIZES, shapeOf } from "./cards";
import { round, textWidth } from "./text";
import { type Card, COLUMNS, type Link, type Picture } from "./types";

export type Point = readonly [x: number, y: number];
export type Layout = ReturnType<typeof layout>;

/** A link from left to right, through lanes in the columns between. What goes out to the internet is drawn the other way round. */
interface Line {
    readonly link: Link;
    readonly start: string;
    readonly end: string;
    /** Lines of one net have one end of a card in common, and their lanes. */
    readonly net: string;
    readonly lanes: readonly number[];
}

const ARROW = 9;
/** The distance between a column and the next, beside the labels; with room for the frame of the subnets. */
const GUTTER = 86;
/** The height of a lane, and the distance between the cards of a column. */
const [LANE, GAP] = [18, 26];
/** The height from which on a picture is longer than a screen. */
const TALL = 1300;

export function layout({ cards, links, zones }: Picture) {
    const columnOf = new Map(cards.map(({ id, column }) => [id, COLUMNS.indexOf(column)]));
    const used = COLUMNS.map((name) => cards.some(({ column }) => column === name));
    const lines = links.flatMap((link): Line[] => {
        const [start, end] = link.kind === "out" ? [link.to, link.from] : [link.from, link.to];
        const [first, last] = [columnOf.get(start)!, columnOf.get(end)!];
        const net = link.kind === "out" ? "out" : link.kind === "data" ? `to ${end}` : `from ${start}`;
        const lanes = [...COLUMNS.keys()].filter((column) => column > first && column < last && used[column]);
        return first < last ? [{ link, start, end, net, lanes }] : [];
    });
    const netsAt = (side: "start" | "end", id: string) => [
        ...new Set(lines.filter((line) => line[side] === id).map(({ net }) => net)),
    ];
    const shapes = new Map(
        cards.map((card) => {
            const ports = Math.max(netsAt("start", card.id).length, netsAt("end", card.id).length);
            return [card.id, shapeOf(card, zones.length, ports)];
        }),
    );
    const tops = stack(cards, shapes, lines, columnOf);
    const middle = (id: string) => tops.get(id)! + shapes.get(id)!.height / 2;
    /** The height at which a net meets a card: in the order of what is at its other ends. */
    const port = (side: "start" | "end", id: string, net: string) => {
        const other = side === "start" ? "end" : "start";
        const ends = (each: string) => lines.filter((line) => line[side] === id && line.net === each);
        const height = (each: string) =>
            ends(each).reduce((sum, line) => sum + middle(line[other]), 0) / ends(each).length;
        const nets = netsAt(side, id).sort((a, b) => height(a) - height(b));
        return middle(id) + (nets.indexOf(net) - (nets.length - 1) / 2) * PORT_GAP;
    };
    const columns = columnsOf(cards, shapes, lines, columnOf);
    const placed = cards.map((card) => {
        const shape = shapes.get(card.id)!;
        const { x } = columns[columnOf.get(card.id)!]!;
        return { card, shape, x, y: tops.get(card.id)!, width: shape.width, height: shape.height };
    });
    const labelled = new Set<string>();
    return {
        cards: placed,
        links: lines.map(({ link, start, end, net, lanes }) => {
            const [from, to] = [columns[columnOf.get(start)!]!, columns[columnOf.get(end)!]!];
            const [first, last] = [port("start", start, net), port("end", end, net)];
            const out = link.kind === "out";
            const points: Point[] = [
                [from.x + shapes.get(start)!.width + (out ? ARROW : 0), first],
                ...lanes.flatMap((column): Point[] => {
                    const [{ x, width }, y] = [columns[column]!, tops.get(lane(net, column))! + LANE / 2];
                    return [
                        [x, y],
                        [x + width, y],
                    ];
                }),
                [to.x - ARROW - 6 - labelWidth(link), last],
                [to.x - (out ? 0 : ARROW), last],
            ];
            const name = `${net}\0${end}\0${link.label}`;
            // The end of the label; undefined where another link has it already.
            const label = labelled.has(name) ? undefined : ([to.x - ARROW - 7, last - 5] as const);
            labelled.add(name);
            const tip = out ? ([from.x + shapes.get(start)!.width, first] as const) : ([to.x, last] as const);
            /** The arrow points to the right, or to the left. */
            const direction = out ? -1 : 1;
            return { link, path: curve(points), tip, direction, label };
        }),
        /** The extents of the columns, without gutters. */
        columns,
        /** From the top of the first card to the bottom of the last. */
        height: Math.max(0, ...placed.map(({ y, height }) => y + height)),
    };
}

/** The id of the lane in which a net passes a column. */
const lane = (net: string, column: number) => `${net} in ${column}`;

const labelWidth = ({ label }: Link) => textWidth(label, SIZES.small);

/** A line that leaves and enters each point horizontally. */
const curve = (points: readonly Point[]) =>
    points
        .map(([x, y], i) => {
            const [left, before] = points[i - 1] ?? [x, y];
            if (i === 0) return `M${round(x)} ${round(y)}`;
            const middle = round((left + x) / 2);
            return y === before
                ? `H${round(x)}`
                : `C${middle} ${round(before)} ${middle} ${round(y)} ${round(x)} ${round(y)}`;
        })
        .join("");

/** The columns from left to right. One without cards has no width, and no gutter. */
function columnsOf(
    cards: readonly Card[],
    shapes: ReadonlyMap<string, CardShape>,
    lines: readonly Line[],
    columnOf: ReadonlyMap<string, number>,
) {
    const widths = COLUMNS.map((name) =>
        Math.max(0, ...cards.filter(({ column }) => column === name).map(({ id }) => shapes.get(id)!.width)),
    );
    let x = 0;
    return widths.map((width, column) => {
        const at = { x, width };
        const next = widths.findIndex((other, i) => i > column && other > 0);
        const labels = lines.filter(({ end }) => columnOf.get(end) === next).map(({ link }) => labelWidth(link));
        if (width > 0) x += width + GUTTER + Math.max(0, ...labels);
        return at;
    });
}

/** The top of each card and lane, by id. */
function stack(
    cards: readonly Card[],
    shapes: ReadonlyMap<string, CardShape>,
    lines: readonly Line[],
    columnOf: ReadonlyMap<string, number>,
): Map<string, number> {
    const graph = new dagre.graphlib.Graph();
    const ranks = new Map<string, number>();
    const node = (id: string, column: number, height: number) => {
        ranks.set(id, 2 * column); // dagre doubles ranks, to have room for labels
        graph.setNode(id, { width: 10, height });
    };
    // dagre places the last node first.
    for (const { id } of cards.toReversed()) node(id, columnOf.get(id)!, shapes.get(id)!.height);
    for (const { link, start, end, net, lanes } of lines) {
        for (const column of lanes) node(lane(net, column), column, LANE);
        const way = [start, ...lanes.map((column) => lane(net, column)), end];
        way.slice(1).forEach((next, i) => graph.setEdge(way[i]!, next, { weight: link.kind === "data" ? 4 : 1 }));
    }
    const ranker = (ranked: typeof graph) =>
        ranked.nodes().forEach((id: string) => Object.assign(ranked.node(id), { rank: ranks.get(id) ?? 0 }));
    graph.setGraph({ rankdir: "LR", nodesep: GAP, ranksep: 40, ranker: ranker as never });
    dagre.layout(graph as never);
    const tops = new Map(graph.nodes().map((id: string) => [id, graph.node(id).y - graph.node(id).height / 2]));
    const first = Math.min(...cards.map(({ id }) => tops.get(id)!));
    const last = Math.max(...cards.map(({ id }) => tops.get(id)! + shapes.get(id)!.height));
    // The entries of a tall picture go to its top: dagre would place them in the middle, where a reader does not begin.
    for (const column of last - first > TALL ? [0, 1, 2] : []) {
        let y = first;
        const ids = [...tops.keys()].filter((id) => ranks.get(id) === 2 * column);
        for (const id of ids.sort((a, b) => tops.get(a)! - tops.get(b)!)) {
            tops.set(id, y);
            y += graph.node(id).height + GAP;
        }
    }
    return new Map([...tops].map(([id, y]) => [id, y - first]));
}
