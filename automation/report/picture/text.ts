/**
 * Computes the width of a text without a browser, by the widest fonts that a reader's system may have (DejaVu Sans and Verdana). A text in
 * any other font is narrower, and fits its box as well.
 */
const NARROW: Readonly<Record<string, number>> = {
    i: 0.28,
    j: 0.28,
    l: 0.28,
    "'": 0.28,
    "|": 0.34,
    I: 0.3,
    ".": 0.32,
    ",": 0.32,
    ":": 0.34,
    ";": 0.34,
    "!": 0.4,
    " ": 0.32,
    f: 0.36,
    t: 0.4,
    r: 0.42,
    "(": 0.4,
    ")": 0.4,
    "[": 0.4,
    "]": 0.4,
    "/": 0.34,
    "-": 0.37,
    "·": 0.32,
    s: 0.53,
    c: 0.55,
    z: 0.53,
    J: 0.3,
    "*": 0.5,
    m: 0.98,
    w: 0.82,
    M: 0.87,
    W: 0.99,
    "@": 1,
    "%": 0.96,
    "→": 0.84,
    "…": 1,
    O: 0.79,
    Q: 0.79,
    G: 0.78,
    D: 0.78,
    N: 0.75,
    H: 0.76,
};

function widthOf(char: string): number {
    const known = NARROW[char];
    if (known !== undefined) return known;
    if (/[A-Z]/.test(char)) return 0.7;
    return char < "\u2000" ? 0.64 : 1; // CJK and symbols are wide
}

export function textWidth(text: string, size: number, bold = false): number {
    let width = 0;
    for (const char of text) width += widthOf(char);
    return width * size * (bold ? 1.12 : 1.02);
}

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
