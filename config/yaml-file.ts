/** Reads the YAML files of a person, stack files and heritages: what can be wrong with one before any of its keys is looked at. */
import { readFileSync } from "node:fs";
import {
    type Alias,
    type Document,
    isNode,
    isScalar,
    LineCounter,
    type Node,
    type Pair,
    parseDocument,
    visit,
} from "yaml";

/** Why a file cannot be read: "is no YAML: …", with the line where that is known. */
export class Unreadable extends Error {
    constructor(
        readonly what: string,
        readonly line?: number,
        /** What would be right, where it is not simply a file that can be read. */
        readonly fix?: string,
    ) {
        super(what);
    }
}

const ENCODING_FIX = "save it as UTF-8";

/** The text of a file, without a byte order mark. Throws an `Unreadable`. */
export function readText(file: string): string {
    let bytes: Buffer;
    try {
        bytes = readFileSync(file);
    } catch (error) {
        const { code = String(error) } = error as NodeJS.ErrnoException;
        if (code === "EISDIR") throw new Unreadable("is a folder", undefined, "a file of that name");
        throw new Unreadable(`cannot be read (${code})`, undefined, "a file that whoever runs this may read");
    }
    const utf16 = [0xfffe, 0xfeff].includes(bytes.length > 1 ? bytes.readUInt16BE() : 0);
    if (utf16) throw new Unreadable("is UTF-16", undefined, ENCODING_FIX);
    try {
        return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    } catch {
        throw new Unreadable("is not UTF-8", undefined, ENCODING_FIX);
    }
}

/** A number that is none: `.inf`, `.nan`, `1e400`. */
export interface NoNumber {
    readonly path: readonly (string | number)[];
    /** As the file has it. */
    readonly source: string;
    readonly line: number;
}

/** A value that Pulumi reads otherwise than this program: a number with a zero in front, which is octal there, or a date, a time there. */
export interface ReadOtherwise {
    /** As in the file. */
    readonly path: readonly (string | number)[];
    readonly source: string;
    readonly isDate: boolean;
    readonly line: number;
}

export interface YamlFile {
    readonly document: Document.Parsed;
    readonly lines: LineCounter;
    /** The file as plain values; `{}` for one with nothing in it but comments. */
    readonly plain: unknown;
    readonly noNumbers: readonly NoNumber[];
    readonly readOtherwise: readonly ReadOtherwise[];
}

/** Throws an `Unreadable` for what is no YAML, or is more than keys and values. */
export function readYaml(file: string): YamlFile {
    const lines = new LineCounter();
    const document = parseDocument(readText(file), { lineCounter: lines, merge: true, stringKeys: true });
    const lineOf = (node: unknown) => lines.linePos((isNode(node) && node.range?.[0]) || 0).line;
    const [error] = document.errors;
    if (error) {
        const what = error.message.split("\n")[0]!.replace(/ at line \d+.*$/, "");
        const line = error.linePos?.[0].line;
        if (error.code === "MULTIPLE_DOCS") throw new Unreadable("holds several documents (---)", line, "one");
        throw new Unreadable(`is no YAML: ${what}`, line);
    }
    const noNumbers: NoNumber[] = [];
    const readOtherwise: ReadOtherwise[] = [];
    visit(document, {
        Pair: (_, { key }) => {
            if (!isScalar(key) || key.value !== "__proto__") return;
            throw new Unreadable("has the key __proto__, which is JavaScript's own", lineOf(key), "another name");
        },
        Alias: (_, alias) => refuseLoop(alias, document, lineOf(alias)),
        Value: (key, node, ancestors) => {
            const { tag } = node;
            if (tag !== undefined && !/^tag:yaml\.org,2002:(str|int|float|bool|null|seq|map)$/.test(tag)) {
                const shown = tag.replace("tag:yaml.org,2002:", "!!");
                throw new Unreadable(`has the tag ${shown}, which means nothing here`, lineOf(node), "a plain value");
            }
            if (!isScalar(node) || key === "key") return;
            const place = { source: node.source ?? String(node.value), line: lineOf(node) };
            const path = () => pathTo([...ancestors, node], key);
            if (typeof node.value === "number" && !Number.isFinite(node.value))
                noNumbers.push({ path: path(), ...place });
            if (node.type !== "PLAIN") return;
            const isDate = /^\d{4}-\d\d?-\d\d?([Tt ]|$)/.test(place.source);
            if (isDate || /^[-+]?0\d+$/.test(place.source)) readOtherwise.push({ path: path(), ...place, isDate });
        },
    });
    try {
        return { document, lines, plain: document.toJS() as unknown, noNumbers, readOtherwise };
    } catch (problem) {
        throw new Unreadable(`is no YAML: ${(problem as Error).message.split("\n")[0]}`);
    }
}

function refuseLoop(alias: Alias, document: Document.Parsed, line: number) {
    const target = alias.resolve(document);
    if (target === undefined) {
        throw new Unreadable(`names *${alias.source}, and no &${alias.source} stands before it`, line, "an anchor");
    }
    const [from, to] = [target.range?.[0] ?? 0, target.range?.[2] ?? 0];
    const at = alias.range?.[0] ?? -1;
    if (from <= at && at < to) {
        throw new Unreadable(`has *${alias.source} within &${alias.source} itself, which has no end`, line, "a copy");
    }
}

/** The keys and places on the way to a node. */
function pathTo(nodes: readonly (Document | Node | Pair)[], last: unknown): (string | number)[] {
    return nodes.flatMap((node, i): (string | number)[] => {
        const next = nodes[i + 1];
        if (next === undefined) return [];
        if ("items" in node && Array.isArray(node.items) && isNode(next)) {
            return [typeof last === "number" && i === nodes.length - 2 ? last : node.items.indexOf(next as never)];
        }
        return "key" in next && isScalar(next.key) ? [String(next.key.value)] : [];
    });
}
