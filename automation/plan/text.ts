/** Laying out text in columns. */
import type pc from "picocolors";

/** Where nobody says how wide a line may be: what a terminal and a log of CI both have. */
export const WIDTH = 100;
/** In fewer columns the tables are no tables any more; the terminal then breaks the lines itself. */
const LEAST_WIDTH = 60;

export type Colors = Pick<typeof pc, "bold" | "dim" | "cyan">;
/** How a text is laid out. */
export interface Layout extends Colors {
    /** Columns of a line. @default WIDTH */
    readonly width?: number;
}

/** The columns that there are: COLUMNS where it is set, or else the terminal's own; `WIDTH` in CI and where there is no terminal. */
export function columns(env: NodeJS.ProcessEnv, terminal: number | undefined): number {
    const said = Number(env.COLUMNS) || (env.CI ? undefined : terminal);
    return said === undefined || !Number.isInteger(said) || said < 1 ? WIDTH : Math.max(said, LEAST_WIDTH);
}
type Style = (text: string) => string;

/** Lines of words; a word that is longer than a line is cut. */
export function wrap(text: string, width: number): string[] {
    const lines: string[] = [];
    let line = "";
    for (const word of text.split(" ").flatMap((each) => pieces(each, width))) {
        if (line === "") line = word;
        else if (line.length + 1 + word.length <= width) line += ` ${word}`;
        else {
            lines.push(line);
            line = word;
        }
    }
    return [...lines, line];
}

const pieces = (word: string, width: number): string[] =>
    word.length <= width ? [word] : [word.slice(0, width), ...pieces(word.slice(width), width)];

const GAP = 2;

/**
 * Rows in columns, each as wide as it has to be; where all of them are too wide, the widest give way and wrap: those first that can
 * without cutting a word.
 */
export function table(
    rows: readonly (readonly string[])[],
    indent: number,
    styles: readonly (Style | undefined)[] = [],
    width = WIDTH,
) {
    const count = Math.max(0, ...rows.map((row) => row.length));
    const widths = Array.from({ length: count }, (_, i) => Math.max(1, ...rows.map((row) => row[i]?.length ?? 0)));
    const words = widths.map((_, i) => longest(rows.flatMap((row) => row[i]?.split(" ") ?? [])));
    const room = width - indent - GAP * (count - 1);
    for (let over = sum(widths) - room; over > 0; over = sum(widths) - room) {
        const able = widths.map((own, i) => (own > words[i]! ? own : 0));
        const giving = able.some((own) => own > 0) ? able : widths;
        const widest = giving.indexOf(Math.max(...giving));
        const next = Math.max(...giving.filter((_, i) => i !== widest), giving === able ? words[widest]! : 0);
        widths[widest] = Math.max(widths[widest]! - over, Math.min(next, widths[widest]! - 1));
    }
    return rows.flatMap((row) => {
        const cells = row.map((cell, i) => wrap(cell, widths[i]!));
        const height = Math.max(...cells.map((cell) => cell.length));
        return Array.from({ length: height }, (_, y) => {
            // What is padded is not coloured, so that no line ends in blanks.
            const last = cells.findLastIndex((cell) => cell[y]);
            const line = cells.slice(0, last + 1).map((cell, i) => {
                const text = cell[y] ?? "";
                return (styles[i]?.(text) ?? text) + (i === last ? "" : " ".repeat(widths[i]! - text.length + GAP));
            });
            return " ".repeat(indent) + line.join("");
        });
    });
}

const longest = (words: readonly string[]) => words.reduce((most, word) => Math.max(most, word.length), 0);

const sum = (numbers: readonly number[]) => numbers.reduce((total, n) => total + n, 0);

const MOST = 8;

/** Names, or the first few of many. */
export function list(names: readonly string[]): string {
    if (names.length <= MOST) return names.join(", ");
    return `${names.slice(0, MOST - 1).join(", ")} and ${names.length - MOST + 1} more`;
}
