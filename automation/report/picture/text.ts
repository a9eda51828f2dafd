/**
 * Computes the width of a text without a browser, by the widest fonts that a reader's system may have (DejaVu Sans and Verdana). A text in
 * any other font is narrower, and fits its box as well.
 */
const WIDTHS = new Map(
    Object.entries({
        "0.28": "ijl'",
        "0.3": "IJ",
        "0.32": "., ·",
        "0.34": "|:;/",
        "0.36": "f",
        "0.37": "-",
        "0.4": "!t()[]",
        "0.42": "r",
        "0.5": "*",
        "0.53": "sz",
        "0.55": "c",
        "0.75": "N",
        "0.76": "H",
        "0.78": "GD",
        "0.79": "OQ",
        "0.82": "w",
        "0.84": "→",
        "0.87": "M",
        "0.96": "%",
        "0.98": "m",
        "0.99": "W",
        "1": "@…",
    }).flatMap(([width, chars]) => [...chars].map((char) => [char, Number(width)] as const)),
);

function widthOf(char: string): number {
    const known = WIDTHS.get(char);
    if (known !== undefined) return known;
    if (/[A-Z]/.test(char)) return 0.7;
    return char < "\u2000" ? 0.64 : 1; // CJK and symbols are wide
}

export function textWidth(text: string, size: number, bold = false): number {
    let width = 0;
    for (const char of text) width += widthOf(char);
    return width * size * (bold ? 1.12 : 1.02);
}

/** To a tenth of a pixel. */
export const round = (n: number) => Math.round(n * 10) / 10;

/** Cuts a text to a width. */
export function fit(text: string, room: number, size: number, bold = false): string {
    if (textWidth(text, size, bold) <= room) return text;
    let cut = text;
    while (cut.length > 1 && textWidth(`${cut}…`, size, bold) > room) cut = cut.slice(0, -1);
    return `${cut.trimEnd()}…`;
}

/** Breaks a text into at most `most` lines. Cuts a word that is too wide, and the rest after the last line. */
export function lines(text: string, room: number, size: number, most = Infinity): string[] {
    const all: string[] = [];
    for (const word of text.split(" ")) {
        const longer = all.length > 0 ? `${all.at(-1)} ${word}` : word;
        if (all.length > 0 && textWidth(longer, size) <= room) all[all.length - 1] = longer;
        else all.push(word);
    }
    const kept = all.slice(0, most);
    if (all.length > most) kept[most - 1] += ` ${all.slice(most).join(" ")}`;
    return kept.map((line) => fit(line, room, size));
}
