/** The table of docs/alarms.md. */
import type { Seen } from "./drills";

export function lines(seen: readonly Seen[]): string[] {
    const rows = [
        ["alarm", "what was done", "rang after", "and bore"],
        ...seen.map(({ kind, does, rings, bears, borne }) => [
            kind,
            does,
            rings === undefined ? "never" : lasting(rings),
            borne ? bears : `NOT ${bears}`,
        ]),
    ];
    const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
    return rows.map((row) =>
        row
            .map((text, column) => text.padEnd(widths[column] ?? 0))
            .join("  ")
            .trimEnd(),
    );
}

const lasting = (minutes: number) => (minutes % 60 === 0 ? `${minutes / 60} h` : `${minutes} min`);
