/**
 * Where everything is. The columns are given: from outside to the data. Which card comes below which, so that few lines cross, and how
 * high it stands, is dagre's work; lines run in the gutters between the columns, those of one source (or to one database) on one track.
 */
import dagre from "@dagrejs/dagre";
import { add } from "../../plan/grouping";
import { type CardShape, PORT_GAP, SIZES, shapeOf } from "./cards";
import { textWidth } from "./text";
import { type Card, COLUMNS, type Link, type Picture } from "./types";

export interface Box {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
}

export interface PlacedCard extends Box {
    readonly card: Card;
    readonly shape: CardShape;
}

export interface PlacedLink {
    readonly link: Link;
    readonly points: readonly Point[];
    readonly label: { readonly x: number; readonly y: number; readonly anchor: "start" | "end" } | undefined;
}
export type Point = readonly [x: number, y: number];

export interface Layout {
    readonly cards: readonly PlacedCard[];
    readonly links: readonly PlacedLink[];
    /** The columns' own extents, gutters left out. */
    readonly columns: readonly { readonly x: number; readonly width: number }[];
    /** From the first card to the end of the last. */
    readonly height: number;
}

/** Lines of one colour that share a track in each gutter they pass. */
interface Net {
    readonly id: string;
    readonly links: Link[];
    readonly from: number;
}

/** What a net does in one gutter: at which heights it comes in on the left and leaves on the right. */
interface Passage {
    readonly net: Net;
    readonly left: number[];
    readonly right: number[];
    track: number;
}

const TRACK = 11;
/** Between a card and the lines' tracks: room for the frame of the subnets. */
const MARGIN = 27;
const ARROW = 12;
const LANE = 18;
/** Between cards of a column. */
const GAP = 26;
const TALL = 1300;

export function layout(picture: Picture): Layout {
    const columnOf = new Map(picture.cards.map(({ id, column }) => [id, COLUMNS.indexOf(column)]));
    const nets = netsOf(picture.links, columnOf);
    const inward = (id: string) => nets.filter((net) => net.links.some(({ to }) => to === id)).length;
    const outward = (id: string) => nets.filter((net) => net.links.some(({ from }) => from === id)).length;
    const shapes = new Map(
        picture.cards.map((card) => [
            card.id,
            shapeOf(card, picture.zones.length, Math.max(inward(card.id), outward(card.id))),
        ]),
    );
    const tops = stack(picture.cards, shapes, nets, columnOf);
    const ports = new Ports(picture.cards, shapes, tops, nets, columnOf);
    const passages = COLUMNS.slice(1).map((_, gutter) => tracked(passagesOf(gutter, nets, ports, columnOf)));
    const { columns, tracks } = across(passages, nets, columnOf, shapes, picture.cards);
    const placed = picture.cards.map((card) => {
        const shape = shapes.get(card.id)!;
        const [x, y] = [columns[columnOf.get(card.id)!]!.x, tops.get(card.id)!];
        return { card, shape, x, y, width: shape.width, height: shape.height };
    });
    const boxes = new Map(placed.map((item) => [item.card.id, item]));
    return {
        cards: placed,
        links: nets.flatMap((net) =>
            net.links.map((link, i) => {
                const placedLink = route(link, net, boxes, ports, columnOf, tracks);
                const said = net.links.slice(0, i).some(({ to, label }) => to === link.to && label === link.label);
                return said ? { ...placedLink, label: undefined } : placedLink;
            }),
        ),
        columns,
        height: Math.max(0, ...placed.map(({ y, height }) => y + height)),
    };
}

/** From one source all lines are one net; to a database, all of those that talk to it. */
function netsOf(links: readonly Link[], columnOf: ReadonlyMap<string, number>): Net[] {
    const nets = new Map<string, Link[]>();
    for (const link of links) {
        const [from, to] = [columnOf.get(link.from)!, columnOf.get(link.to)!];
        if (link.kind === "out") add(nets, "out", link);
        else if (to > from)
            add(nets, to === from + 1 && link.kind === "data" ? `to ${link.to}` : `from ${link.from}`, link);
    }
    return [...nets].map(([id, own]) => ({
        id,
        links: own,
        from: Math.min(...own.map(({ from, kind, to }) => columnOf.get(kind === "out" ? to : from)!)),
    }));
}

/** Where a net passes a column on its way to a later one. */
const lane = (net: Net, column: number) => `${net.id} in ${column}`;
const lanesOf = (net: Net, columnOf: ReadonlyMap<string, number>) => {
    const last = net.id === "out" ? 0 : Math.max(...net.links.map(({ to }) => columnOf.get(to)!));
    return Array.from({ length: Math.max(0, last - net.from - 1) }, (_, i) => net.from + 1 + i);
};

/** The upper edge of each card and lane. */
function stack(
    cards: readonly Card[],
    shapes: ReadonlyMap<string, CardShape>,
    nets: readonly Net[],
    columnOf: ReadonlyMap<string, number>,
): Map<string, number> {
    const graph = new dagre.graphlib.Graph();
    const ranks = new Map<string, number>();
    const node = (id: string, column: number, height: number) => {
        ranks.set(id, 2 * column); // dagre doubles them, to have room for the labels of lines
        graph.setNode(id, { width: 10, height });
    };
    // dagre begins with the last of what it is told.
    for (const { id } of cards.toReversed()) node(id, columnOf.get(id)!, shapes.get(id)!.height);
    for (const net of nets) {
        const lanes = lanesOf(net, columnOf);
        for (const column of lanes) node(lane(net, column), column, LANE);
        for (const link of net.links) {
            const [from, to] = net.id === "out" ? [link.to, link.from] : [link.from, link.to];
            const way = [
                from,
                ...lanes.filter((column) => column < columnOf.get(to)!).map((column) => lane(net, column)),
                to,
            ];
            way.slice(1).forEach((next, i) => graph.setEdge(way[i]!, next, { weight: link.kind === "data" ? 4 : 1 }));
        }
    }
    const ranker = (own: typeof graph) =>
        own.nodes().forEach((id: string) => Object.assign(own.node(id), { rank: ranks.get(id) ?? 0 }));
    graph.setGraph({ rankdir: "LR", nodesep: GAP, ranksep: 40, ranker: ranker as never });
    dagre.layout(graph as never);
    const tops = new Map(graph.nodes().map((id: string) => [id, graph.node(id).y - graph.node(id).height / 2]));
    const first = Math.min(...cards.map(({ id }) => tops.get(id)!));
    const last = Math.max(...cards.map(({ id }) => tops.get(id)! + shapes.get(id)!.height));
    if (last - first > TALL) raise(graph, ranks, tops, first);
    return new Map([...tops].map(([id, y]) => [id, y - first]));
}

/** In a picture longer than a screen the ways in are in the middle, where nobody looks first: they go up. */
function raise(
    graph: { nodes(): string[]; node(id: string): { height: number } },
    ranks: ReadonlyMap<string, number>,
    tops: Map<string, number>,
    first: number,
) {
    for (const column of [0, 1, 2]) {
        const own = graph.nodes().filter((id) => ranks.get(id) === 2 * column);
        let y = first;
        for (const id of own.sort((a, b) => tops.get(a)! - tops.get(b)!)) {
            tops.set(id, y);
            y += graph.node(id).height + GAP;
        }
    }
}

/** At which height a line leaves a card, and arrives at one. */
class Ports {
    private readonly at = new Map<string, number>();

    constructor(
        private readonly cards: readonly Card[],
        private readonly shapes: ReadonlyMap<string, CardShape>,
        private readonly tops: ReadonlyMap<string, number>,
        nets: readonly Net[],
        private readonly columnOf: ReadonlyMap<string, number>,
    ) {
        for (const { id } of cards) {
            const come = nets.filter((net) => net.id !== "out" && net.links.some(({ to }) => to === id));
            const go = nets.filter((net) => net.id !== "out" && net.links.some(({ from }) => from === id));
            // What goes out leaves by the side where the rest comes in.
            const out = nets.filter(
                (net) => net.id === "out" && net.links.some(({ from, to }) => from === id || to === id),
            );
            this.spread(id, "in", columnOf.get(id) === 0 ? come : [...this.byHeight(come), ...out]);
            this.spread(id, "out", columnOf.get(id) === 0 ? [...go, ...out] : go);
        }
        for (const net of nets) this.straighten(net);
    }

    of(id: string, side: "in" | "out", net: Net): number {
        return this.at.get(`${id} ${side} ${net.id}`)!;
    }

    /** A lane's height. */
    lane(net: Net, column: number): number {
        return this.at.get(lane(net, column)) ?? this.tops.get(lane(net, column))! + LANE / 2;
    }

    private byHeight(nets: readonly Net[]) {
        return [...nets].sort((a, b) => this.middleOf(a.links[0]!.from) - this.middleOf(b.links[0]!.from));
    }

    private middleOf(id: string) {
        return this.tops.get(id)! + this.shapes.get(id)!.height / 2;
    }

    private spread(id: string, side: "in" | "out", nets: readonly Net[]) {
        const middle = this.middleOf(id);
        nets.forEach((net, i) =>
            this.at.set(`${id} ${side} ${net.id}`, middle + (i - (nets.length - 1) / 2) * PORT_GAP),
        );
    }

    /** A line that may be straight is: a bend of a few pixels says nothing. */
    private straighten(net: Net) {
        const [link] = net.links;
        const users = new Set(net.links.map(({ from }) => from));
        if (net.id.startsWith("to ") && users.size === 1) return this.level(net, link!.from, link!.to);
        let height = net.id.startsWith("from ") ? this.of(link!.from, "out", net) : undefined;
        for (let column = net.from + 1; height !== undefined && this.tops.has(lane(net, column)); column++) {
            if (!this.isFree(column, height, lane(net, column))) break;
            this.at.set(lane(net, column), height);
            height = this.lane(net, column);
        }
    }

    private level(net: Net, from: string, to: string) {
        const range = (id: string) =>
            [this.tops.get(id)! + 14, this.tops.get(id)! + this.shapes.get(id)!.height - 14] as const;
        const [[a, b], [c, d]] = [range(from), range(to)];
        const [low, high] = [Math.max(a, c), Math.min(b, d)];
        const others = [...this.at.keys()].filter((key) => key.startsWith(`${from} out `)).length;
        if (low > high || others > 1) return;
        const height = Math.min(high, Math.max(low, this.of(to, "in", net)));
        this.at.set(`${from} out ${net.id}`, height);
        this.at.set(`${to} in ${net.id}`, height);
    }

    private isFree(column: number, height: number, own: string) {
        const cards = this.cards.filter(({ id }) => this.columnOf.get(id) === column);
        const hit = cards.some(
            ({ id }) =>
                height > this.tops.get(id)! - 14 && height < this.tops.get(id)! + this.shapes.get(id)!.height + 14,
        );
        const lanes = [...this.tops.keys()].filter((key) => key.endsWith(` in ${column}`) && key !== own);
        const near = (key: string) => Math.abs((this.at.get(key) ?? this.tops.get(key)! + LANE / 2) - height) < LANE;
        return !hit && !lanes.some(near);
    }
}

function passagesOf(
    gutter: number,
    nets: readonly Net[],
    ports: Ports,
    columnOf: ReadonlyMap<string, number>,
): Passage[] {
    return nets.flatMap((net): Passage | [] => {
        const lanes = lanesOf(net, columnOf);
        const here = (column: number) => net.links.filter(({ to }) => columnOf.get(to) === column);
        if (net.id === "out") {
            if (gutter !== 0) return [];
            const [{ from, to }] = net.links as [Link];
            return { net, left: [ports.of(to, "out", net)], right: [ports.of(from, "in", net)], track: 0 };
        }
        const left = lanes.includes(gutter)
            ? [ports.lane(net, gutter)]
            : net.from === gutter
              ? [...new Set(net.links.map(({ from }) => ports.of(from, "out", net)))]
              : [];
        const right = [
            ...here(gutter + 1).map(({ to }) => ports.of(to, "in", net)),
            ...(lanes.includes(gutter + 1) ? [ports.lane(net, gutter + 1)] : []),
        ];
        return left.length > 0 && right.length > 0 ? { net, left, right: [...new Set(right)], track: 0 } : [];
    });
}

/** Gives each passage a track: beside one another where they would lie on each other, in an order with few crossings. */
function tracked(passages: Passage[]): Passage[] {
    const span = ({ left, right }: Passage) => {
        const all = [...left, ...right];
        return [Math.min(...all), Math.max(...all)] as const;
    };
    const within = (y: number, [low, high]: readonly [number, number]) => y > low - 2 && y < high + 2;
    // How often two cross where the first has the track further left; lying on each other counts for more.
    const crossings = (a: Passage, b: Passage) =>
        a.right.filter((y) => within(y, span(b))).length +
        b.left.filter((y) => within(y, span(a))).length +
        10 * a.right.filter((y) => b.left.some((other) => Math.abs(other - y) < 3)).length;
    const order = [...passages].sort((a, b) => span(a)[0] - span(b)[0]);
    for (let moved = true, round = 0; moved && round < passages.length; round++) {
        moved = false;
        for (let i = 1; i < order.length; i++) {
            const [a, b] = [order[i - 1]!, order[i]!];
            if (crossings(b, a) < crossings(a, b)) {
                [order[i - 1], order[i]] = [b, a];
                moved = true;
            }
        }
    }
    // The first track where nothing lies that it would touch, and right of those that have to be on its left.
    const done: Passage[] = [];
    for (const passage of order) {
        const [low, high] = span(passage);
        const touching = done.filter((other) => span(other)[0] < high + 8 && span(other)[1] > low - 8);
        passage.track = Math.max(-1, ...touching.map(({ track }) => track)) + 1;
        done.push(passage);
    }
    return passages;
}

/** Where the columns are from left to right, and the tracks between them. */
function across(
    passages: readonly Passage[][],
    nets: readonly Net[],
    columnOf: ReadonlyMap<string, number>,
    shapes: ReadonlyMap<string, CardShape>,
    cards: readonly Card[],
) {
    const columns: { x: number; width: number }[] = [];
    const tracks = new Map<string, number>();
    let x = 0;
    COLUMNS.forEach((name, column) => {
        const own = cards.filter((card) => card.column === name);
        const width = Math.max(0, ...own.map(({ id }) => shapes.get(id)!.width));
        columns.push({ x, width });
        const here = passages[column] ?? [];
        const labels = nets.flatMap(({ links, id }) =>
            links.filter(({ to }) => (id === "out" ? column === 0 : columnOf.get(to) === column + 1)).map(labelWidth),
        );
        const first = x + width + (column === 0 || width > 0 ? MARGIN : 0);
        for (const { net, track } of here) tracks.set(`${net.id} ${column}`, first + track * TRACK);
        const last = first + Math.max(0, ...here.map(({ track }) => track)) * TRACK;
        const next = last + Math.max(MARGIN, 16 + Math.max(0, ...labels) + ARROW);
        x = column === 0 || width > 0 || here.length > 0 ? next : x;
    });
    return { columns, tracks };
}

const labelWidth = ({ label }: Link) => textWidth(label, SIZES.small);

function route(
    link: Link,
    net: Net,
    boxes: ReadonlyMap<string, PlacedCard>,
    ports: Ports,
    columnOf: ReadonlyMap<string, number>,
    tracks: ReadonlyMap<string, number>,
): PlacedLink {
    const out = net.id === "out";
    const [start, end] = out ? [link.to, link.from] : [link.from, link.to];
    const [from, to] = [boxes.get(start)!, boxes.get(end)!];
    const points: [number, number][] = [[from.x + from.width, ports.of(start, "out", net)]];
    for (let column = columnOf.get(start)!; column < columnOf.get(end)!; column++) {
        const track = tracks.get(`${net.id} ${column}`)!;
        const next = column + 1 === columnOf.get(end) ? ports.of(end, "in", net) : ports.lane(net, column + 1);
        points.push([track, points.at(-1)![1]], [track, next]);
    }
    const last = points.at(-1)![1];
    points.push([to.x, last]);
    if (out) return { link, points: points.reverse(), label: { x: to.x - 8, y: last - 5, anchor: "end" } };
    return { link, points, label: { x: to.x - ARROW - 4, y: last - 5, anchor: "end" } };
}
