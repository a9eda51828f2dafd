/** The text of a heritage's file, with what a person has to know as comments where it belongs. */
import { Document, isMap, isScalar, isSeq, type Node as YamlNode, type Pair } from "yaml";
import type { Draft } from "./heritage";
import type { Path } from "./node";

const WIDTH = 110;
const WORDS = { todo: "Left to do: ", changed: "Changed: " } as const;

export function written(draft: Draft, from: string): string {
    const document = new Document(draft.tree);
    const comments = new Map<Pair | undefined, string[]>();
    for (const note of draft.notes) {
        const { pair, depth } = nearest(document.contents, note.place);
        comments.set(pair, [
            ...(comments.get(pair) ?? []),
            ...wrapped(`${WORDS[note.kind]}${note.text}`, WIDTH - 4 * depth),
        ]);
    }
    for (const [pair, lines] of comments) {
        if (pair) (pair.key as YamlNode).commentBefore = lines.map((line) => ` ${line}`).join("\n");
    }
    flow(document.contents, []);
    const head = [
        `From ${from}, by \`npx identity convert\`. docs/heritages.md explains the keys.`,
        ...(comments.get(undefined) ?? []),
    ];
    const text = document.toString({ indent: 4, lineWidth: 0, flowCollectionPadding: true });
    // The library pads lists as it pads mappings.
    const tight = text.replaceAll(/^((?!\s*#).*[:-] )\[ (.*) \]$/gm, "$1[$2]");
    return `# yaml-language-server: $schema=../build/heritage.schema.json\n${head.map((line) => `# ${line}\n`).join("")}${tight}`;
}

const LONGEST = 90;
const NAMED = ["services", "scheduled_tasks", "environments"];

/** Short lists and mappings on one line, as a person writes them; but none with a comment in it, and none at the top. */
function flow(node: unknown, above: readonly string[]): void {
    if (!isMap(node) && !isSeq(node)) return;
    const isShort = JSON.stringify(node.toJSON()).length <= LONGEST && !hasComment(node);
    const isOwn = above.length > 1 && !NAMED.includes(above.at(-2)!) && !above.includes("environments");
    if (isShort && (isOwn || (isSeq(node) && above.length > 0))) {
        node.flow = true;
        return;
    }
    if (isMap(node))
        for (const { key, value } of node.items) flow(value, [...above, String((key as { value?: unknown }).value)]);
    else for (const item of node.items) flow(item, [...above, "-"]);
}

function hasComment(node: unknown): boolean {
    if (isMap(node))
        return node.items.some(({ key, value }) => Boolean((key as YamlNode).commentBefore) || hasComment(value));
    return isSeq(node) && node.items.some(hasComment);
}

/** The key that a place leads to, or the last one on the way there that the file has. */
function nearest(contents: unknown, place: Path): { pair: Pair | undefined; depth: number } {
    let [node, found, depth]: [unknown, Pair | undefined, number] = [contents, undefined, 0];
    for (const step of place) {
        if (isMap(node)) {
            const pair: Pair | undefined = node.items.find(({ key }) => isScalar(key) && key.value === step);
            if (!pair) break;
            [node, found] = [pair.value, pair];
            depth++;
        } else if (isSeq(node) && typeof step === "number") node = node.items[step];
        else break;
    }
    return { pair: found, depth };
}

function wrapped(text: string, width: number): string[] {
    const lines: string[] = [];
    for (const word of text.split(/\s+/)) {
        const last = lines.at(-1);
        if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
        else lines.push(word);
    }
    return lines;
}
