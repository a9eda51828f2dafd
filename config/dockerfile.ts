/** What a Dockerfile says of its image, as far as that can be told without building it. */
import { readFileSync } from "node:fs";
import { type Build, dockerfileOf } from "../components/container-image/build";

export interface Instruction {
    /** In capitals: FROM, RUN, … */
    readonly name: string;
    /** The rest of it, its lines joined. */
    readonly args: string;
}

/** Of one FROM. */
export interface Stage {
    /** An image, or an earlier stage. */
    readonly from: string;
    /** What its FROM names, e.g. linux/amd64; none or an empty text where the build decides. */
    readonly platform?: string;
    readonly name?: string;
    readonly instructions: readonly Instruction[];
}

type Variables = Readonly<Record<string, string>>;

/** The stages of a build's Dockerfile, up to its target. */
export function readDockerfile(build: Build): Stage[] {
    const all = stages(readFileSync(dockerfileOf(build), "utf8"), build.args);
    return all.slice(0, stageIndex(all, build.target) + 1);
}

/** Where a target is, by its name or number; the last stage without one, and where there is no such stage. */
function stageIndex(all: readonly Stage[], target: string | undefined): number {
    const found = all.findLastIndex(
        ({ name }, i) => name?.toLowerCase() === target?.toLowerCase() || String(i) === target,
    );
    return target === undefined || found < 0 ? all.length - 1 : found;
}

/** Variables of ARG and ENV are filled in, where Docker does so: not in a RUN, whose shell does. */
export function stages(text: string, args: Variables = {}): Stage[] {
    const all: (Stage & { instructions: Instruction[] })[] = [];
    const global: Record<string, string> = {};
    let own: Record<string, string> = {};
    for (const instruction of instructions(text)) {
        const stage = all.at(-1);
        const known = stage ? own : global;
        if (instruction.name === "ARG") {
            for (const word of instruction.args.split(/\s+/)) {
                const [name = "", fallback] = word.split(/=(.*)/s);
                const value = args[name] ?? (fallback === undefined ? global[name] : filled(unquoted(fallback), known));
                if (value !== undefined) known[name] = value;
            }
        }
        if (instruction.name === "ENV") Object.assign(own, environment(instruction.args, own));
        if (instruction.name === "FROM") {
            const [from = "", , name] = filled(instruction.args.replaceAll(/--\S+\s+/g, ""), global).split(/\s+/);
            const [, written] = /--platform=(\S+)/.exec(instruction.args) ?? [];
            const platform = written === undefined ? undefined : filled(written, global);
            all.push({ from, name, platform, instructions: [] });
            own = {};
            continue;
        }
        stage?.instructions.push(
            instruction.name === "RUN" ? instruction : { ...instruction, args: filled(instruction.args, own) },
        );
    }
    return all;
}

/** Of the image that comes out: its last stage, after the stages of the file that it starts from. */
export const finalInstructions = (all: readonly Stage[]): Instruction[] =>
    finalStages(all).flatMap(({ instructions: own }) => own);

/** The processors of the image that comes out, where its Dockerfile names them. */
export const finalPlatform = (all: readonly Stage[]): string | undefined =>
    finalStages(all).find(({ platform }) => platform)?.platform;

/** The last stage, after the stages of the file that it starts from. */
function finalStages(all: readonly Stage[]): Stage[] {
    const found: Stage[] = [];
    let at = all.length - 1;
    while (at >= 0) {
        const stage = all[at]!;
        found.unshift(stage);
        at = all.slice(0, at).findIndex(({ name }) => name?.toLowerCase() === stage.from.toLowerCase());
    }
    return found;
}

/** What the VOLUMEs of the image that comes out name; those of its base image cannot be seen. */
export const declaredVolumes = (build: Build): string[] =>
    finalInstructions(readDockerfile(build)).flatMap(({ name, args: paths }) =>
        name === "VOLUME" ? volumePaths(paths) : [],
    );

/** The paths of a VOLUME, which are words or a list in JSON. */
export function volumePaths(args: string): string[] {
    const trimmed = args.trim();
    if (!trimmed.startsWith("[")) return trimmed.split(/\s+/).map(unquoted).map(withoutSlash);
    try {
        return (JSON.parse(trimmed) as string[]).map(withoutSlash);
    } catch {
        return [];
    }
}

export const withoutSlash = (text: string) => text.replace(/(?<=.)\/+$/, "");

/** Comments left out; lines that end in a backslash, and here-documents, joined (Dockerfile reference, "Format"). */
function instructions(text: string): Instruction[] {
    const all: Instruction[] = [];
    let [line, end] = ["", undefined as string | undefined];
    for (const raw of text.split(/\r?\n/)) {
        if (end !== undefined) {
            const last = all.pop()!;
            all.push({ ...last, args: `${last.args}\n${raw}` });
            if (raw.trim() === end) end = undefined;
            continue;
        }
        if (/^\s*(#|$)/.test(raw)) continue;
        line += raw;
        if (/\\\s*$/.test(line)) {
            line = line.replace(/\\\s*$/, " ");
            continue;
        }
        const [, name = "", args = ""] = /^\s*(\w+)\s*([^]*)$/.exec(line) ?? [];
        line = "";
        all.push({ name: name.toUpperCase(), args: args.trim() });
        end = /^(RUN|COPY|ADD)$/i.test(name) ? /<<-?["']?(\w+)/.exec(args)?.[1] : undefined;
    }
    return all;
}

/** `A=1 B="2 3"`, or the old `A 1`. */
function environment(args: string, known: Variables): Record<string, string> {
    const pairs = [...args.matchAll(/(\w+)=("(?:[^"\\]|\\.)*"|'[^']*'|(?:[^\s\\]|\\.)*)/g)];
    if (pairs.length > 0)
        return Object.fromEntries(pairs.map(([, name, value]) => [name, filled(unquoted(value!), known)]));
    const [, name, value] = /^(\w+)\s+(.*)$/s.exec(args) ?? [];
    return name === undefined ? {} : { [name]: filled(value!, known) };
}

const unquoted = (text: string) => text.replace(/^(["'])(.*)\1$/s, "$2");

/** `$A`, `${A}`, `${A:-b}` and `${A:+b}`. */
const filled = (text: string, known: Variables) =>
    text.replaceAll(/\$(?:\{(\w+)(?::([-+])([^}]*))?\}|(\w+))/g, (_, braced, sign, other, plain) => {
        const value = known[braced ?? plain];
        if (sign === "-") return value || other;
        if (sign === "+") return value ? other : "";
        return value ?? "";
    });
