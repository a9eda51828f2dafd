/** What an image is built of, and the digest of it that decides whether it is built anew. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import dockerignore from "@balena/dockerignore";

export interface Build {
    /** The folder that Docker gets, from the working directory. */
    readonly context: string;
    /** From the context. @default "Dockerfile" */
    readonly dockerfile?: string;
    /** The stage that comes out. @default the last one */
    readonly target?: string;
    readonly args?: Readonly<Record<string, string>>;
}

/** From the working directory. */
export const dockerfileOf = ({ context, dockerfile = "Dockerfile" }: Build) => path.join(context, dockerfile);

/** Sixteen hexadecimal digits that change with any file of the folder, its name or mode, and with any build argument. */
export const contextDigest = (context: string, args: Record<string, string> = {}, platform = "linux/amd64"): string =>
    digest([platform, sorted(args)], context, filesBelow(context));

/** The same, without the files that `.dockerignore` keeps out of the build, but always with the Dockerfile. */
export function buildDigest(build: Build, platform = "linux/amd64"): string {
    const { context, dockerfile, target, args = {} } = build;
    const files = new Set([...filesBelow(context, leftOut(build)), dockerfileOf(build)]);
    return digest([platform, sorted(args), dockerfile, target], context, [...files]);
}

const sorted = (args: Readonly<Record<string, string>>) => Object.entries(args).sort();

function digest(settings: readonly unknown[], context: string, files: readonly string[]): string {
    const hash = createHash("sha256").update(JSON.stringify(settings));
    for (const file of [...files].sort()) {
        const executable = (statSync(file).mode & 0o111) !== 0;
        hash.update(`\0${path.relative(context, file)}\0${executable}\0`).update(readFileSync(file));
    }
    return hash.digest("hex").slice(0, 16);
}

/** What is left out: a file by itself, a folder with everything in it. Paths are from the context. */
interface LeftOut {
    readonly file: (file: string) => boolean;
    readonly folder: (folder: string) => boolean;
}

const NOTHING: LeftOut = { file: () => false, folder: () => false };

function filesBelow(context: string, out: LeftOut = NOTHING, folder = context): string[] {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
        const file = path.join(folder, entry.name);
        const relative = path.relative(context, file);
        if (entry.isDirectory()) return out.folder(relative) ? [] : filesBelow(context, out, file);
        return entry.isFile() && !out.file(relative) ? [file] : [];
    });
}

/** `<Dockerfile>.dockerignore` counts before the context's own (Docker documentation, "Build context", "Filename and location"). */
function leftOut(build: Build): LeftOut {
    const file = [`${dockerfileOf(build)}.dockerignore`, path.join(build.context, ".dockerignore")].find(existsSync);
    if (file === undefined) return NOTHING;
    const text = readFileSync(file, "utf8");
    const ignore = dockerignore().add(text);
    const kept = text.split(/\r?\n/).flatMap((line) => /^\s*!\s*\/?(.*?)\s*$/.exec(line)?.[1] ?? []);
    return {
        file: (name) => ignore.ignores(name),
        folder: (name) => ignore.ignores(name) && !kept.some((pattern) => mayBeIn(name, pattern)),
    };
}

/** Whether a pattern may stand for something below a folder: `!` takes a file of a folder that is left out back in. */
function mayBeIn(folder: string, pattern: string): boolean {
    const literal = pattern.replace(/[*?[\\].*$/s, "");
    return literal.startsWith(`${folder}/`) || (literal !== pattern && `${folder}/`.startsWith(literal));
}
