import { groupBy } from "../grouping";
import type { Advice } from "../sections/advice";
import { type Layout, list, table } from "../text";

export function renderAdvice(all: readonly Advice[], { bold, width }: Layout): string[] {
    const rows = groupBy(all, ({ what, fix }) => JSON.stringify([what, fix])).flatMap((alike) => [
        [list(alike.map(({ about }) => about)), alike[0].what],
        ["", `→ ${alike[0].fix}`],
    ]);
    return table(rows, 2, [bold], width);
}
