import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";

const ROOT = path.join(__dirname, "..");
const WIDTH = 120;
const LONGEST_SENTENCE = 45;
const LINK = /\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)/g;

/** The README, and what is reached from it: pages that a user puts beside them are not judged. */
const FILES = reached("README.md");
function reached(file: string, found = new Set([file])): string[] {
    for (const [, to] of readFileSync(path.join(ROOT, file), "utf8").matchAll(LINK)) {
        const target = path.join(path.dirname(file), to!);
        if (!/^docs\/.*\.md$/.test(target) || found.has(target) || !existsSync(path.join(ROOT, target))) continue;
        found.add(target);
        reached(target, found);
    }
    return [...found];
}

/** The lines of prose: tables and code are as wide as they are. */
function prose(file: string): { line: number; text: string }[] {
    let isCode = false;
    return readFileSync(path.join(ROOT, file), "utf8")
        .split("\n")
        .map((text, i) => ({ line: i + 1, text }))
        .filter(({ text }) => {
            if (text.startsWith("```")) isCode = !isCode;
            return !isCode && !/^(```|\||!\[| {4})/.test(text);
        });
}

/** A link that is longer stays on a line of its own. */
const isTooWide = (text: string) => text.length > WIDTH && text.trimStart().slice(0, WIDTH).includes(" ");

/** Each paragraph and item of a list, in sentences; a colon or a semicolon before a capital letter ends one, too. */
function sentences(file: string): string[] {
    const paragraphs = prose(file)
        .map(({ text }) => (/^(#|[-*] |\d+\. )/.test(text) ? `\n${text}` : text))
        .join("\n")
        .split(/\n\s*\n/);
    return paragraphs.flatMap((paragraph) =>
        paragraph
            .replaceAll(/\s+/g, " ")
            .replaceAll(/`[^`]*`/g, "code")
            .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
            .split(/(?<=[.!?:;]\**)\s+(?=[A-Z"*(]|code)/),
    );
}
const wordsOf = (text: string) => text.split(" ").filter((word) => /\w/.test(word)).length;

/** As GitHub makes an anchor of a heading. */
const anchor = (heading: string) =>
    heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
        .trim()
        .replaceAll(" ", "-");
const anchors = (file: string) =>
    prose(file).flatMap(({ text }) => (/^#+ /.test(text) ? anchor(text.replace(/^#+ /, "")) : []));

describe("the documentation", () => {
    it("is reached from the README, page by page", () => {
        expect(FILES).to.include.members(["docs/configuration.md", "docs/heritages.md", "docs/operations.md"]);
        expect(FILES).to.have.length.greaterThan(15);
    });

    it("fits a screen: no line of prose is wider than 120 characters", () => {
        const wide = FILES.flatMap((file) =>
            prose(file).flatMap(({ line, text }) => (isTooWide(text) ? `${file}:${line}` : [])),
        );
        expect(wide).to.deep.equal([]);
    });

    it(`has no sentence of more than ${LONGEST_SENTENCE} words`, () => {
        const long = FILES.flatMap((file) =>
            sentences(file).flatMap((sentence) =>
                wordsOf(sentence) > LONGEST_SENTENCE ? `${file}: ${wordsOf(sentence)} words: ${sentence}` : [],
            ),
        );
        expect(long).to.deep.equal([]);
    });

    it("links to files and headings that are there", () => {
        const broken = FILES.flatMap((file) => {
            const text = readFileSync(path.join(ROOT, file), "utf8");
            return [...text.matchAll(LINK)].flatMap(([link, to, heading]) => {
                const target = to ? path.join(path.dirname(file), to) : file;
                if (!existsSync(path.join(ROOT, target))) return [`${file}: ${link}`];
                const isThere = heading === undefined || !target.endsWith(".md") || anchors(target).includes(heading);
                return isThere ? [] : [`${file}: ${link}`];
            });
        });
        expect(broken).to.deep.equal([]);
    });
});
