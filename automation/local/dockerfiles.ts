/** What the project's Dockerfiles start from. */
import { readFileSync } from "node:fs";
import path from "node:path";

export const ROOT = path.join(__dirname, "../..");

/** The images that a folder's Dockerfile starts FROM, its ARGs filled in; its own stages are not among them. */
export function baseImages(folder: string, args: Readonly<Record<string, string>> = {}): string[] {
    const values = new Map<string, string>();
    const stages = new Set<string>();
    const bases = new Set<string>();
    for (const line of readFileSync(path.join(ROOT, folder, "Dockerfile"), "utf8").split("\n")) {
        const [, name, fallback] = /^ARG (\w+)(?:=(\S+))?\s*$/.exec(line) ?? [];
        const value = name === undefined ? undefined : (args[name] ?? fallback);
        if (name !== undefined && value !== undefined) values.set(name, value);
        const [, from, stage] = /^FROM (\S+)(?: AS (\S+))?\s*$/i.exec(line) ?? [];
        if (from === undefined) continue;
        const image = from.replaceAll(/\$\{?(\w+)\}?/g, (_, variable: string) => values.get(variable) ?? "");
        if (!stages.has(image)) bases.add(image);
        if (stage !== undefined) stages.add(stage);
    }
    return [...bases];
}
