/**
 * The layout of the picture. Cards have given columns, from outside to the data, and `stacking.ts` says how high they stand. Links run in
 * the gutters between the columns; those of one net share a track.
 */
import { type CardShape, SIZES, shapeOf } from "./cards";
import { lanesOf, type Net, netsOf } from "./nets";
import { Ports } from "./ports";
import { stack } from "./stacking";
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
    /** The extents of the columns, without gutters. */
    readonly columns: readonly { readonly x: number; readonly width: number }[];
    /** From the top of the first card to the bottom of the last. */
    readonly height: number;
}

/** A net in one gutter: the heights at which it enters on the left and leaves on the right. */
interface Passage {
    readonly net: Net;
    readonly left: number[];
    readonly right: number[];
    track: number;
}

const TRACK = 11;
/** The distance between a card and the first track, which leaves room for the frame of the subnets. */
const MARGIN = 27;
const ARROW = 12;
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
    const boxes = new Map(placed.map((box) => [box.card.id, box]));
    return {
        cards: placed,
        links: nets.flatMap((net) =>
            net.links.map((link, i) => {
                const placedLink = route(link, net, boxes, ports, columnOf, tracks);
                const repeated = net.links.slice(0, i).some(({ to, label }) => to === link.to && label === link.label);
                return repeated ? { ...placedLink, label: undefined } : placedLink;
            }),
        ),
        columns,
        height: Math.max(0, ...placed.map(({ y, height }) => y + height)),
    };
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

/** Assigns tracks to passages: different ones where they would overlap, in an order with few crossings. */
function tracked(passages: Passage[]): Passage[] {
    const span = ({ left, right }: Passage) => {
        const all = [...left, ...right];
        return [Math.min(...all), Math.max(...all)] as const;
    };
    const within = (y: number, [low, high]: readonly [number, number]) => y > low - 2 && y < high + 2;
    // The number of crossings if `a` is left of `b`. An overlap counts for more.
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
    // The first track to the right of all earlier passages that it would touch.
    const done: Passage[] = [];
    for (const passage of order) {
        const [low, high] = span(passage);
        const touching = done.filter((other) => span(other)[0] < high + 8 && span(other)[1] > low - 8);
        passage.track = Math.max(-1, ...touching.map(({ track }) => track)) + 1;
        done.push(passage);
    }
    return passages;
}

/** The horizontal positions of the columns and of the tracks between them. */
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
