/** A section of the plan as data: the terminal and the report each render it in their own way. */

/** How a text is meant. A terminal shows the words alone. */
export type Mark = "strong" | "quiet" | "code" | "good" | "warn" | "down" | "public" | "plain";
export interface Marked {
    readonly text: string;
    readonly mark: Mark;
}
export type Words = string | Marked;

/** Several words are a line each. */
export type Cell = Words | readonly Words[];

export interface Table {
    /** For screen readers. */
    readonly caption: string;
    readonly heads: readonly string[];
    /** The first cell of a row names what the row is about. */
    readonly rows: readonly (readonly Cell[])[];
}

export type Block = Table | { readonly heading: string } | { readonly paragraph: Words };

export const marked = (mark: Mark, text: string): Marked => ({ mark, text });
export const code = (text: string) => marked("code", text);
export const quiet = (text: string) => marked("quiet", text);

/** A section that is one table; no block without rows. */
export const tableOf = (caption: string, heads: readonly string[], rows: Table["rows"]): Block[] =>
    rows.length === 0 ? [] : [{ caption, heads, rows }];

export const textOf = (words: Words) => (typeof words === "string" ? words : words.text);
