import type { Step, TimeView } from "../sections/time";
import { type Layout, paragraph, table, WIDTH } from "../text";

/** The maximum width of the bars, and the width of their labels, in columns. */
const BAR = 40;
const LABELS = 60;

export function renderTime({ minutes, chain, beside }: TimeView, layout: Layout): string[] {
    const { bold, dim, cyan, width = WIDTH } = layout;
    if (chain.length === 0) return [];
    const drawing = Math.max(10, Math.min(BAR, width - LABELS));
    const column = (at: number) => Math.round((at / minutes) * drawing);
    const row = (step: Step, mark: string) => {
        const from = column(step.start);
        const bar = NO_BREAK.repeat(from) + mark.repeat(Math.max(1, column(step.end) - from));
        return [step.name, step.type, minutesText(step.end - step.start), bar];
    };
    const worth = chain.filter(({ start, end }) => end - start >= SHOWN);
    const rows = [...worth.map((step) => row(step, "█")), ...beside.map((step) => row(step, "░"))];
    return [
        ...paragraph(
            `about ${Math.round(minutes)} minutes, of which the longest chain (█) is all; the rest (░) goes on beside it`,
            layout,
            (line) => line.replace(/\d+ minutes/, bold),
        ),
        ...table(rows, 2, [undefined, dim, undefined, cyan], width).map((line) => line.replaceAll(NO_BREAK, " ")),
        ...paragraph(
            "By typical times, which scatter by a factor of two, and by what waits for what in this program; the engine makes four " +
                "resources at a time for each processor (`pulumi up --parallel`).",
            layout,
            dim,
        ),
    ];
}

/** Minutes. Shorter steps are not shown: they are calls of a second or two. */
export const SHOWN = 0.15;
const NO_BREAK = "\u00a0";

export const minutesText = (value: number) =>
    value < 0.95 ? `${Math.round(value * 60)} s` : `${value.toFixed(1)} min`;
