/** Lays out text in columns. */
import type pc from "picocolors";

/** The default width of a line. Terminals and logs of CI have room for it. */
export const WIDTH = 100;
/** The minimum width of a line. In a narrower terminal, tables would be unreadable; it breaks the lines itself. */
const LEAST_WIDTH = 60;

export type Colors = Pick<typeof pc, "bold" | "dim" | "cyan">;
export interface Layout extends Colors {
    /** Columns of a line. @default WIDTH */
    readonly width?: number;
}

/** The width of a line: COLUMNS if it is set, else the terminal's; `WIDTH` in CI and without a terminal. */
export function columns(env: NodeJS.ProcessEnv, terminal: number | undefined): number {
    const width = Number(env.COLUMNS) || (env.CI ? undefined : terminal);
    return width === undefined || !Number.isInteger(width) || width < 1 ? WIDTH : Math.max(width, LEAST_WIDTH);
}
type Style = (text: string) => string;

/** Breaks a text into lines. A word that is longer than a line is cut. */
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
 * Rows in columns, each as wide as its widest cell. A cell may have several lines. Where the rows are too wide, the widest columns become narrower and wrap, first those
 * that can do so without cutting a word.
 */
export function table(
    rows: readonly (readonly string[])[],
    indent: number,
    styles: readonly (Style | undefined)[] = [],
    width = WIDTH,
) {
    const count = Math.max(0, ...rows.map((row) => row.length));
    const widths = Array.from({ length: count }, (_, i) => Math.max(1, ...rows.map((row) => longest(linesOf(row[i])))));
    const words = widths.map((_, i) =>
        longest(rows.flatMap((row) => linesOf(row[i]).flatMap((line) => line.split(" ")))),
    );
    const room = width - indent - GAP * (count - 1);
    for (let over = sum(widths) - room; over > 0; over = sum(widths) - room) {
        const wrappable = widths.map((columnWidth, i) => (columnWidth > words[i]! ? columnWidth : 0));
        const candidates = wrappable.some((columnWidth) => columnWidth > 0) ? wrappable : widths;
        const widest = candidates.indexOf(Math.max(...candidates));
        const next = Math.max(
            ...candidates.filter((_, i) => i !== widest),
            candidates === wrappable ? words[widest]! : 0,
        );
        widths[widest] = Math.max(widths[widest]! - over, Math.min(next, widths[widest]! - 1));
    }
    return rows.flatMap((row) => {
        const cells = row.map((cell, i) => linesOf(cell).flatMap((line) => wrap(line, widths[i]!)));
        const height = Math.max(...cells.map((cell) => cell.length));
        return Array.from({ length: height }, (_, y) => {
            // The last cell of a line is not padded, so that no line ends in blanks.
            const last = cells.findLastIndex((cell) => cell[y]);
            const line = cells.slice(0, last + 1).map((cell, i) => {
                const text = cell[y] ?? "";
                return (styles[i]?.(text) ?? text) + (i === last ? "" : " ".repeat(widths[i]! - text.length + GAP));
            });
            return " ".repeat(indent) + line.join("");
        });
    });
}

/** A table with a dimmed heading; nothing without rows. */
export function headedTable(
    heads: readonly string[],
    rows: readonly (readonly string[])[],
    { dim, width }: Layout,
    styles: readonly (Style | undefined)[] = [],
): string[] {
    if (rows.length === 0) return [];
    return table([heads, ...rows], 2, styles, width).map((line, i) => (i === 0 ? dim(line) : line));
}

/** A text in indented lines. */
export const paragraph = (
    text: string,
    { width = WIDTH }: Layout,
    style: Style = (line) => line,
    indent = 2,
): string[] => wrap(text, width - indent).map((line) => " ".repeat(indent) + style(line));

const linesOf = (cell = "") => cell.split("\n");

const longest = (words: readonly string[]) => words.reduce((most, word) => Math.max(most, word.length), 0);

const sum = (numbers: readonly number[]) => numbers.reduce((total, n) => total + n, 0);

const MOST = 8;

/** Names, comma-separated; of many only the first ones. */
export function list(names: readonly string[]): string {
    if (names.length <= MOST) return names.join(", ");
    return `${names.slice(0, MOST - 1).join(", ")} and ${names.length - MOST + 1} more`;
}
