/** The figures of `verify --load`, for a terminal. */
import { type Layout, headedTable } from "../../plan/text";
import type { Measured } from "./loads";
import { failures } from "./steady";

const HEADS = ["a second", "asked", "done", "for each", "failed", "p50 ms", "p95", "p99"];

export const loadTable = (measured: readonly Measured[], layout: Layout): string =>
    headedTable(HEADS, measured.map(row), layout)
        .map((line) => `${line}\n`)
        .join("");

function row(figures: Measured): string[] {
    const { name, perSecond, donePerSecond, per, p50, p95, p99 } = figures;
    const each = per ? `${rounded(donePerSecond / per.number)} (${rounded(per.number)} ${per.what})` : "";
    const times = [p50, p95, p99].map((time) => (time === undefined ? "–" : time.toFixed(0)));
    return [name, rounded(perSecond), rounded(donePerSecond), each, String(failures(figures)), ...times];
}

const rounded = (number: number) => String(Math.round(number * 10) / 10);
