/** The size of a card and the positions of its parts. They are known before the layout. */
import { fit, lines, textWidth } from "./text";
import type { Card, Column, Row } from "./types";

export const SIZES = { title: 14, text: 12, small: 11 };
const PADDING = 12;
const CELL = { height: 22, gap: 4 };
/** The distance between links on one side of a card. */
export const PORT_GAP = 19;

const WIDTHS: Readonly<Record<Column, number>> = { outside: 158, public: 208, entry: 190, work: 250, data: 216 };

/** The kinds with an icon beside their title. */
const ICONS: readonly Card["kind"][] = ["internet", "database"];

/** A line of text. Positions are relative to the card's upper left corner. */
export interface Line {
    readonly y: number;
    readonly text: string;
    readonly style: "title" | "text" | "small";
    /** Aligned to the right. */
    readonly right?: boolean;
    readonly warns?: boolean;
    /** The row whose effect replaces the text when a zone is lost. */
    readonly row?: Row;
    readonly full: string;
}

export type CellBox = ReturnType<typeof cellsOf>[number];
export type CardShape = ReturnType<typeof shapeOf>;

export function shapeOf(card: Card, zones: number, ports: number) {
    const width = WIDTHS[card.column];
    const room = width - 2 * PADDING;
    const texts: Line[] = [];
    const cells: CellBox[] = [];
    const alone = card.rows.length === 1 && (card.rows[0]!.name === undefined || card.rows[0]!.name === card.title);
    let y = 24;
    const say = (full: string, style: Line["style"], within: number, rest: Partial<Line> = {}) =>
        texts.push({ y, full, style, text: fit(full, within, SIZES[style], style === "title"), ...rest });
    // The amount on the right, and the rest of the line for the text.
    const beside = (left: string, row: Row) => {
        const amount = Math.min(room * 0.65, textWidth(row.amount, SIZES.text, row.once));
        say(left, "text", room - amount - 8);
        say(row.amount, "text", amount + 0.1, { right: true, row, warns: row.once });
    };
    say(card.title, "title", room - (ICONS.includes(card.kind) ? 24 : 0));
    y += 17;
    const [first] = card.rows;
    if (alone && first!.amount !== "") beside(card.detail, first!);
    else say(card.detail, "text", room, { row: alone ? first : undefined }); // an effect replaces the detail
    for (const row of card.rows) {
        if (!alone) {
            y += 21;
            beside(shortName(row.name ?? "", card.title), row);
        }
        if (row.cells.length === 0) continue;
        y += 8;
        cells.push(...cellsOf(row, zones, y, room));
        y += CELL.height;
    }
    for (const note of card.notes) {
        for (const [i, text] of lines(note, room, SIZES.small, 4).entries()) {
            y += i === 0 ? 17 : 14;
            texts.push({ y, text, style: "small", full: note });
        }
    }
    return {
        width,
        height: Math.max(y + 13, ports * PORT_GAP + 16),
        lines: texts.filter(({ text }) => text !== ""),
        cells,
        tabs: [
            ...(card.public ? [{ text: "public", kind: "public" } as const] : []),
            ...(alone && first!.once ? [{ text: "one zone only", kind: "once" } as const] : []),
        ],
    };
}

/** A heritage's part without the heritage's name before it. */
const shortName = (name: string, owner: string) => (name.startsWith(`${owner}-`) ? name.slice(owner.length + 1) : name);

function cellsOf(row: Row, zones: number, y: number, room: number) {
    const width = (room - CELL.gap * (zones - 1)) / zones;
    return row.cells.map((_, zone) => ({
        x: PADDING + zone * (width + CELL.gap),
        y,
        width,
        height: CELL.height,
        row,
        zone,
    }));
}

export const PAD = PADDING;
