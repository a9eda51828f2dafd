/** Sections of the plan that are tables and paragraphs, as HTML. */
import { TABLE_SECTIONS, type TableSectionName } from "../plan/tables";
import type { Block, Cell, Words } from "../plan/tables/blocks";
import { badge, code, linesOf, table } from "./elements";
import { type Content, html } from "./html";
import type { MakeSection, Report } from "./report";

/** A section by its name, with `more` behind it; undefined where the stack has nothing of it. */
export const tableSection =
    (name: TableSectionName, more: (report: Report) => Content = () => undefined): MakeSection =>
    (report) => {
        const { title, blocks } = TABLE_SECTIONS[name];
        const found = blocks(report.model);
        if (found.length === 0) return undefined;
        return { id: name, title, body: html`${found.map(blockOf)}${more(report)}` };
    };

function blockOf(block: Block): Content {
    if ("heading" in block) return html`<h3>${block.heading}</h3>`;
    if ("paragraph" in block) return html`<p>${words(block.paragraph)}</p>`;
    return table({ ...block, rows: block.rows.map((row) => row.map(cell)) });
}

const isLines = (content: Cell): content is readonly Words[] => Array.isArray(content);

const cell = (content: Cell): Content => (isLines(content) ? linesOf(content.map(words)) : words(content));

function words(content: Words): Content {
    if (typeof content === "string") return content;
    const { text, mark } = content;
    if (mark === "code") return code(text);
    if (mark === "strong") return html`<b>${text}</b>`;
    return mark === "quiet" ? html`<span class="quiet">${text}</span>` : badge(text, mark);
}
