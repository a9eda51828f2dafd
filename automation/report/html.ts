/** Markup, which a template does not escape again. */
export class Markup {
    constructor(readonly text: string) {}
    toString() {
        return this.text;
    }
}

export type Content = Markup | string | number | undefined | false | readonly Content[];

const ESCAPES: Readonly<Record<string, string>> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
};

const escape = (text: string) => text.replaceAll(/[&<>"']/g, (char) => ESCAPES[char]!);

/** A template tag for HTML and SVG, which escapes all texts: html`<b>${name}</b>`. */
export function html(parts: TemplateStringsArray, ...values: Content[]): Markup {
    let text = parts[0]!;
    values.forEach((value, i) => {
        text += rendered(value) + parts[i + 1]!;
    });
    return new Markup(text);
}

function rendered(value: Content): string {
    if (value === undefined || value === false) return "";
    if (value instanceof Markup) return value.text;
    if (typeof value === "object") return value.map(rendered).join("");
    return escape(String(value));
}
