/** The HTML elements of the sections. */
import { type Content, html, type Markup } from "./html";

export interface Table {
    /** The table's title for screen readers. */
    readonly caption: string;
    readonly heads: readonly string[];
    /** The first cell of a row is a row header. */
    readonly rows: readonly (readonly Content[])[];
}

/** A table that scrolls where it is too wide, also by keyboard. */
export function table({ caption, heads, rows }: Table): Markup {
    return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0">
        <table>
            <caption class="unseen">
                ${caption}
            </caption>
            <thead>
                <tr>
                    ${heads.map((head) => html`<th scope="col">${head}</th>`)}
                </tr>
            </thead>
            <tbody>
                ${rows.map(
                    ([first, ...rest]) =>
                        html`<tr>
                            <th scope="row">${first}</th>
                            ${rest.map((cell) => html`<td>${cell}</td>`)}
                        </tr> `,
                )}
            </tbody>
        </table>
    </div>`;
}

export const code = (text: string | number) => html`<code>${text}</code>`;

/** Each text on its own line. */
export const linesOf = (all: readonly Content[]) => all.map((content) => html`<div>${content}</div>`);

export const badge = (text: string, kind: "public" | "warn" | "good" | "down" | "plain") =>
    html`<span class="badge ${kind}">${text}</span>`;

export const folded = (summary: Content, body: Content, id?: string) =>
    html`<details${id && html` id="${id}"`}><summary>${summary}</summary>${body}</details>`;

export const json = (value: unknown) => html`<pre tabindex="0">${JSON.stringify(value, null, 2)}</pre>`;
