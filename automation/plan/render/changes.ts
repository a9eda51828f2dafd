import { groupBy } from "../grouping";
import { type Changed, isEmpty } from "../changes";
import type { Comparison } from "../earlier";
import { type Layout, list, table } from "../text";

/** Counts and names of the changed resources. The report has their properties. */
export function renderChanges({ changes, words }: Comparison, { bold, width }: Layout): string[] {
    if (isEmpty(changes)) return ["  nothing"];
    const { added, changed, gone } = changes;
    const by = (how: Changed["how"]) => changed.filter((change) => change.how === how);
    const rows = [
        [words.added, added],
        [words.updated, by("updated")],
        [words.revised, by("revised")],
        [words.gone, gone],
    ] as const;
    return table(
        rows.flatMap(([title, all]) => (all.length > 0 ? [[title, String(all.length), summary(all)]] : [])),
        2,
        [bold],
        width,
    );
}

/** `aws:ssm Parameter a, b; aws:ecs Service c` */
function summary(all: readonly Pick<Changed, "type" | "name">[]): string {
    const kinds = groupBy(all, ({ type }) => type).map(
        (alike) => `${alike[0].type} ${list([...new Set(alike.map(({ name }) => name))])}`,
    );
    return kinds.length > MOST ? `${kinds.slice(0, MOST).join("; ")}; and other types` : kinds.join("; ");
}

const MOST = 6;
