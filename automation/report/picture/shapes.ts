/** Arrows and lines, as SVG. */
import { html } from "../html";
import type { Point } from "./layout";

export const arrow = ([x, y]: Point, direction: number) =>
    html`<polygon
        points="${round(x)},${round(y)} ${round(x - 9 * direction)},${round(y - 4.5)} ${round(x - 9 * direction)},${round(y + 4.5)}"
    />`;

/** To a tenth of a pixel. */
export const round = (n: number) => Math.round(n * 10) / 10;

const RADIUS = 6;

/** A path of horizontal and vertical lines, with rounded corners. */
export function rounded(points: readonly Point[]): string {
    const kept = points.filter(([x, y], i) => i === 0 || x !== points[i - 1]![0] || y !== points[i - 1]![1]);
    let path = `M${round(kept[0]![0])} ${round(kept[0]![1])}`;
    for (let i = 1; i < kept.length; i++) {
        const [a, b, c] = [kept[i - 1]!, kept[i]!, kept[i + 1]];
        if (!c) path += `L${round(b[0])} ${round(b[1])}`;
        else {
            const r = Math.min(RADIUS, distance(a, b) / 2, distance(b, c) / 2);
            const [before, after] = [towards(b, a, r), towards(b, c, r)];
            path += `L${round(before[0])} ${round(before[1])}Q${round(b[0])} ${round(b[1])} ${round(after[0])} ${round(after[1])}`;
        }
    }
    return path;
}

const distance = (a: Point, b: Point) => Math.abs(a[0] - b[0]) + Math.abs(a[1] - b[1]);
const towards = (from: Point, to: Point, by: number): Point => {
    const whole = distance(from, to) || 1;
    return [from[0] + ((to[0] - from[0]) * by) / whole, from[1] + ((to[1] - from[1]) * by) / whole];
};
