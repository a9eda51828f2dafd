/** The time of the first `up`. */
import type { Plan } from "../model";
import type { Step } from "../sections/time";
import { type Block, code, quiet, tableOf } from "./blocks";

/** The width of the bars, in columns. */
const BARS = 24;
/** Minutes. Shorter steps are not shown: they are calls of a second or two. */
const SHOWN = 0.15;

export function timeTable({ time: { minutes, chain, beside } }: Pick<Plan, "time">): Block[] {
    if (chain.length === 0) return [];
    const column = (at: number) => Math.round((at / minutes) * BARS);
    const row = ({ name, type, start, end }: Step, mark: string) => {
        const bar = mark.repeat(Math.max(1, column(end) - column(start)));
        return [name, type, minutesText(end - start), code("\u00a0".repeat(column(start)) + bar)];
    };
    const worth = chain.filter(({ start, end }) => end - start >= SHOWN);
    return [
        {
            paragraph: `about ${Math.round(minutes)} minutes, of which the longest chain (█) is all; the rest (░) goes on beside it`,
        },
        ...tableOf(
            "The first up",
            ["step", "type", "takes", "when"],
            [...worth.map((step) => row(step, "█")), ...beside.map((step) => row(step, "░"))],
        ),
        {
            paragraph: quiet(
                "By typical times, which scatter by a factor of two, and by what waits for what in this program; the engine makes " +
                    "four resources at a time for each processor (`pulumi up --parallel`).",
            ),
        },
    ];
}

const minutesText = (value: number) => (value < 0.95 ? `${Math.round(value * 60)} s` : `${value.toFixed(1)} min`);
