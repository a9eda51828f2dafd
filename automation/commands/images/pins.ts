/** What the Dockerfiles start from: by a tag, which can come to mean another image, or by a digest, which cannot. */

/** A line of a Dockerfile that names an image of a registry. */
export interface Base {
    /** Counted from 1. */
    readonly line: number;
    /** As it is written, without its digest: `python:3.13-slim`. */
    readonly name: string;
    readonly digest: string | undefined;
    /** Why it cannot have a digest here: a build argument decides on the image. */
    readonly decidedBy?: string;
}

const FROM = /^\s*FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?\s*$/i;
const ARG = /^\s*ARG\s+(\w+)=(\S+)\s*$/i;
const VARIABLE = /^\$(?:\{(\w+)\}|(\w+))$/;

/** The images that a Dockerfile starts from, each where it is named: in a FROM, or as the default of an ARG that is a whole FROM. */
export function basesOf(dockerfile: string): Base[] {
    const lines = dockerfile.split("\n");
    const defaults = new Map<string, { line: number; value: string }>();
    const stages = new Set(["scratch"]);
    const bases = new Map<number, Base>();
    for (const [i, text] of lines.entries()) {
        const argument = ARG.exec(text);
        // What stands behind a FROM is of its stage, and no FROM sees it.
        if (argument && stages.size === 1 && bases.size === 0) {
            defaults.set(argument[1]!, { line: i + 1, value: argument[2]! });
        }
        const from = FROM.exec(text);
        if (!from) continue;
        const [, reference, stage] = from;
        const variable = VARIABLE.exec(reference!);
        const at = variable ? defaults.get((variable[1] ?? variable[2])!) : { line: i + 1, value: reference! };
        if (at && !stages.has(at.value.toLowerCase())) bases.set(at.line, base(at.line, at.value));
        if (stage) stages.add(stage.toLowerCase());
    }
    return [...bases.values()];
}

function base(line: number, written: string): Base {
    const [name, digest] = written.split("@") as [string, string?];
    const inside = /\$\{?(\w+)/.exec(name)?.[1];
    return { line, name, digest, ...(inside ? { decidedBy: inside } : {}) };
}

/** The Dockerfile with its images by the digests that their tags have now. */
export async function pinned(dockerfile: string, digestOf: (name: string) => Promise<string>): Promise<string> {
    const lines = dockerfile.split("\n");
    for (const { line, name, digest, decidedBy } of basesOf(dockerfile)) {
        if (decidedBy) continue;
        const written = digest === undefined ? name : `${name}@${digest}`;
        const found = await digestOf(name);
        lines[line - 1] = lines[line - 1]!.replace(written, () => `${name}@${found}`);
    }
    return lines.join("\n");
}
