/** The heights at which links leave and enter cards. */
import { type CardShape, PORT_GAP } from "./cards";
import { lane, type Net } from "./nets";
import { LANE } from "./stacking";
import type { Card } from "./types";

export class Ports {
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
            // Traffic to the internet leaves on the side of the ingress.
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

    /** The height of a net in its lane. */
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

    /** Straightens lines, since small bends mean nothing. */
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

    private isFree(column: number, height: number, except: string) {
        const cards = this.cards.filter(({ id }) => this.columnOf.get(id) === column);
        const hit = cards.some(
            ({ id }) =>
                height > this.tops.get(id)! - 14 && height < this.tops.get(id)! + this.shapes.get(id)!.height + 14,
        );
        const lanes = [...this.tops.keys()].filter((key) => key.endsWith(` in ${column}`) && key !== except);
        const near = (key: string) => Math.abs((this.at.get(key) ?? this.tops.get(key)! + LANE / 2) - height) < LANE;
        return !hit && !lanes.some(near);
    }
}
