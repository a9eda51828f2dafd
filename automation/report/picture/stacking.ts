/** The vertical positions of cards and lanes. dagre computes them, so that few links cross. */
import dagre from "@dagrejs/dagre";
import type { CardShape } from "./cards";
import { lane, lanesOf, type Net } from "./nets";
import type { Card } from "./types";

/** The height of a lane. */
export const LANE = 18;
/** The distance between the cards of a column. */
const GAP = 26;
/** The height from which on a picture is longer than a screen. */
const TALL = 1300;

/** The top of each card and lane, by id. */
export function stack(
    cards: readonly Card[],
    shapes: ReadonlyMap<string, CardShape>,
    nets: readonly Net[],
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
    const ranker = (ranked: typeof graph) =>
        ranked.nodes().forEach((id: string) => Object.assign(ranked.node(id), { rank: ranks.get(id) ?? 0 }));
    graph.setGraph({ rankdir: "LR", nodesep: GAP, ranksep: 40, ranker: ranker as never });
    dagre.layout(graph as never);
    const tops = new Map(graph.nodes().map((id: string) => [id, graph.node(id).y - graph.node(id).height / 2]));
    const first = Math.min(...cards.map(({ id }) => tops.get(id)!));
    const last = Math.max(...cards.map(({ id }) => tops.get(id)! + shapes.get(id)!.height));
    if (last - first > TALL) raise(graph, ranks, tops, first);
    return new Map([...tops].map(([id, y]) => [id, y - first]));
}

/** Moves the entries of a tall picture to its top: dagre would place them in the middle, where a reader does not begin. */
function raise(
    graph: { nodes(): string[]; node(id: string): { height: number } },
    ranks: ReadonlyMap<string, number>,
    tops: Map<string, number>,
    first: number,
) {
    for (const column of [0, 1, 2]) {
        const ids = graph.nodes().filter((id) => ranks.get(id) === 2 * column);
        let y = first;
        for (const id of ids.sort((a, b) => tops.get(a)! - tops.get(b)!)) {
            tops.set(id, y);
            y += graph.node(id).height + GAP;
        }
    }
}
