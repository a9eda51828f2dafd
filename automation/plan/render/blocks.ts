import { type Block, type Cell, type Words, textOf } from "../tables/blocks";
import { headedTable, type Layout, paragraph } from "../text";

/** Lines of a terminal. */
export const renderBlocks = (blocks: readonly Block[], layout: Layout): string[] =>
    blocks.flatMap((block) => {
        if ("heading" in block) return [`  ${layout.bold(block.heading)}`];
        if ("paragraph" in block) return paragraph(textOf(block.paragraph), layout, style(block.paragraph, layout));
        return headedTable(
            block.heads,
            block.rows.map((row) => row.map(cellText)),
            layout,
            [layout.bold],
        );
    });

const style = (words: Words, { dim, cyan }: Layout) => {
    const mark = typeof words === "string" ? undefined : words.mark;
    if (mark === "quiet") return dim;
    return mark === "code" ? cyan : undefined;
};

const isLines = (cell: Cell): cell is readonly Words[] => Array.isArray(cell);

const cellText = (cell: Cell) => (isLines(cell) ? cell.map(textOf).join("\n") : textOf(cell));
