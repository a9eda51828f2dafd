/** Reads `heritages/<name>.yml`: what it says for one stack, and what is wrong in it, with its lines. */
import { readdirSync, statSync } from "node:fs";
import path from "node:path";
import { isMap, isScalar, isSeq, type LineCounter, type Node } from "yaml";
import type { Problem } from "../checks/common";
import { ENVIRONMENT_NAMES } from "../environments";
import { withoutEmptyKeys } from "../nothing";
import { nearest } from "../nearest";
import { explain } from "../problems";
import { parseValidPart } from "../read";
import { camelCase, pathInProgram, snakeCase } from "../snake-case";
import { readYaml, Unreadable, type YamlFile } from "../yaml-file";
import { type HeritageInput, heritageSchema } from "./schema";

export const HERITAGES = "heritages";
const written = snakeCase(heritageSchema);

type Path = Problem["path"];
type Yaml = Record<string, unknown>;

export interface HeritageFile {
    /** From the project's root. */
    readonly file: string;
    /** What fits the schema, with what the stack's environment overrides; undefined where the file cannot be read at all. */
    readonly input: HeritageInput | undefined;
    /** With paths as the file has them, and lines. */
    readonly problems: Problem[];
    /** What was left out since it is wrong, as the program has it. */
    readonly left: Path[];
    lineOf(path: Path): number | undefined;
}

/** The heritages that there are, by the names of their files. */
export const heritageNames = () =>
    statSync(HERITAGES, { throwIfNoEntry: false })?.isDirectory()
        ? readdirSync(HERITAGES).flatMap((name) => /^(.+)\.yml$/.exec(name)?.[1] ?? [])
        : [];

/**
 * `environments` in the file overrides the rest, by the name of an environment or of a stack: mappings key by key, anything else as a
 * whole, and a key with nothing behind it is as if it were not there. What is for the stack's environment comes first, then what is for
 * the stack itself. The other environments' overrides are looked at, too: what is wrong in prod is said in dev.
 */
export function readHeritage(name: string, environment: string, stack: string): HeritageFile {
    const file = path.join(HERITAGES, `${name}.yml`);
    const unread = (what: string, line?: number, fix = "a mapping of keys: build, services, …"): HeritageFile => ({
        file,
        input: undefined,
        left: [],
        problems: [{ path: [], what, fix, line }],
        lineOf: () => line,
    });
    let yaml: YamlFile;
    try {
        yaml = readYaml(file);
    } catch (error) {
        if (error instanceof Unreadable) return unread(error.what, error.line, error.fix);
        throw error;
    }
    const { document, lines } = yaml;
    const whole = respelled(yaml.plain);
    const lineOf = (at: Path, overrides = [stack, environment]) => lineIn(document.contents, at, overrides, lines);
    if (!isYaml(whole)) return unread("is empty, or no mapping", 1);
    const { environments, ...base } = whole;
    const { overrides, problems } = overridesOf(environments ?? {}, stack);
    const ofStack = [environment, ...(stack === environment ? [] : [stack])].reduce(
        (below, key) => merged(below, overrides[key]),
        base as unknown,
    );
    const read = (value: unknown) => parseValidPart(written, withoutEmptyKeys(value, written) as Yaml);
    const { data, issues, left } = read(ofStack);
    const others = Object.keys(overrides).filter((key) => key !== environment && key !== stack);
    const explained = (found: typeof issues, value: unknown, from: string[]) =>
        found
            .flatMap((issue) => explain(issue, value, written))
            .map((problem): Problem => ({
                ...problem,
                fix: asInTheFile(problem.fix, placeIn(document.contents, problem.path, from).node),
                line: lineOf(problem.path, from),
            }));
    const all = [
        ...problems.map((problem) => ({ ...problem, line: lineOf(problem.path) })),
        ...explained(issues, ofStack, [stack, environment]),
        ...others.flatMap((key) => {
            const other = merged(base, overrides[key]);
            return explained(read(other).issues, other, [key]);
        }),
    ];
    const keys = all.map(({ path: at, what }) => JSON.stringify([at, what]));
    return {
        file,
        input: camelCase(data, heritageSchema) as HeritageInput,
        left: left.map((at) => pathInProgram(at, heritageSchema)),
        problems: all.filter((_, i) => keys.indexOf(keys[i]!) === i),
        lineOf,
    };
}

/** `storage_gib` was `storage_gi_b` once, and files have it. */
const respelled = (value: unknown): unknown =>
    isYaml(value)
        ? Object.fromEntries(
              Object.entries(value).map(([key, inner]) => [
                  /^(max_)?storage_gi_b$/.test(key) ? key.replace("gi_b", "gib") : key,
                  ["environments", "database"].includes(key) || Object.hasOwn(Object(inner), "database")
                      ? respelled(inner)
                      : inner,
              ]),
          )
        : value;

const isYaml = (value: unknown): value is Yaml => value !== null && typeof value === "object" && !Array.isArray(value);

/** By the environments that there are, and the stacks that have a file: another name would be passed over without a word. */
function overridesOf(environments: unknown, stack: string): { overrides: Record<string, Yaml>; problems: Problem[] } {
    const known = [
        ...new Set([
            ...ENVIRONMENT_NAMES,
            stack,
            ...readdirSync(".").flatMap((name) => /^Pulumi\.([\w.-]+)\.yaml$/.exec(name)?.[1] ?? []),
        ]),
    ];
    if (!isYaml(environments)) {
        const what = "is not a mapping of environments";
        return { overrides: {}, problems: [{ path: ["environments"], what, fix: "environments: { prod: { … } }" }] };
    }
    const overrides: Record<string, Yaml> = {};
    const problems: Problem[] = [];
    for (const [key, value] of Object.entries(environments)) {
        const at = ["environments", key];
        if (!known.includes(key)) {
            problems.push({ path: at, what: "is neither an environment nor a stack", fix: nearest(key, known) });
        } else if (value !== null && !isYaml(value)) {
            problems.push({ path: at, what: "is not a mapping of keys", fix: "what differs there, e.g. services: …" });
        } else if (value && "environments" in value) {
            problems.push({ path: [...at, "environments"], what: "is within another one", fix: "leave it out" });
        } else overrides[key] = value ?? {};
    }
    return { overrides, problems };
}

/** Where a name alone says something: `worker:` in an override is a service with the defaults. */
const NAMED = ["services"];

/** A key with nothing behind it takes away what it overrides. */
export function merged(base: unknown, over: unknown, of = ""): unknown {
    if (over === undefined) return base;
    if (!isYaml(base) || !isYaml(over)) return over;
    const keys = new Set([...Object.keys(base), ...Object.keys(over)]);
    const isRemoved = (key: string) => over[key] === null && Object.hasOwn(base, key) && !NAMED.includes(of);
    return Object.fromEntries(
        [...keys]
            .filter((key) => !isRemoved(key))
            .map((key) => [key, Object.hasOwn(over, key) ? merged(base[key], over[key], key) : base[key]]),
    );
}

/** Of the override that says it, or else of the base; where it is missing, of what it is missing in. */
function lineIn(
    contents: Node | null,
    at: Path,
    environments: readonly string[],
    lines: LineCounter,
): number | undefined {
    const { offset } = placeIn(contents, at, environments);
    return offset === undefined ? 1 : lines.linePos(offset).line;
}

const placeIn = (contents: Node | null, at: Path, environments: readonly string[]) =>
    [...environments.map((key) => ["environments", key, ...at]), at]
        .map((place) => reach(contents, place))
        .reduce((found, place) => (place.depth > found.depth ? place : found));

/** A number that should be a text is shown as it stands there: 0123 and 1.10, not 123 and 1.1. */
const asInTheFile = (fix: string, node: Node | null) =>
    isScalar(node) && typeof node.value === "number"
        ? fix.replace(/^in quotes: ".*"$/, `in quotes: "${node.source}"`)
        : fix;

/** How far a path leads, without what `environments` took, and where that is. */
function reach(contents: Node | null, place: Path): { depth: number; offset: number | undefined; node: Node | null } {
    let [node, offset, depth]: [Node | null, number | undefined, number] = [contents, undefined, 0];
    for (const key of place) {
        if (isMap(node)) {
            const pair = node.items.find((item) => isScalar(item.key) && item.key.value === key);
            if (!pair) break;
            offset = (pair.key as Node).range?.[0];
            node = pair.value as Node | null;
        } else if (isSeq(node) && typeof key === "number" && node.items[key]) {
            node = node.items[key] as Node;
            offset = node.range?.[0];
        } else break;
        depth++;
    }
    return { depth: place[0] === "environments" && place.length > 2 ? depth - 2 : depth, offset, node };
}
