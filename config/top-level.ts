/**
 * What of a stack file does not reach the program as it is written. Keys beside `config`: Pulumi passes over one that it does not know, with
 * all that is below it. And values that Pulumi reads otherwise than a person (gopkg.in/yaml.v3).
 */
import { existsSync } from "node:fs";
import { isMap, isNode, isScalar } from "yaml";
import type { Problem } from "./checks/common";
import { nearest } from "./nearest";
import { stackSchema } from "./schema";
import { readYaml, Unreadable, type YamlFile } from "./yaml-file";

/** What Pulumi itself reads (`ProjectStack` in sdk/go/common/workspace/project.go). */
const KNOWN = ["config", "secretsprovider", "encryptedkey", "encryptionsalt", "environment"];

export function topLevelProblems(file: string, { document, lines, readOtherwise }: YamlFile): Problem[] {
    const { contents } = document;
    if (!isMap(contents)) return [];
    const values = readOtherwise
        .filter(({ path }) => path[0] === "config" && path.length > 1)
        .map(({ path, source, isDate, line }) => ({
            path: path.slice(1),
            what: isDate ? `Pulumi reads ${source} as a time` : `Pulumi reads ${source} as a number to the base of 8`,
            fix: isDate ? `in quotes: "${source}"` : `without the 0 in front; of a text, in quotes: "${source}"`,
            line,
        }));
    const lineOf = (key: unknown) => (isNode(key) && key.range ? lines.linePos(key.range[0]).line : undefined);
    const keys = contents.items.flatMap(({ key }): Problem[] => {
        const name = isScalar(key) ? String(key.value) : "";
        if (KNOWN.includes(name)) return [];
        const below = name.includes(":") || Object.hasOwn(stackSchema.shape, name);
        const fix = below ? `one level down, below config` : nearest(name, KNOWN);
        return [{ file, path: [name], what: "Pulumi has no such key, and would pass over it", fix, line: lineOf(key) }];
    });
    return [...keys, ...values];
}

/** The same of the stack's file in the working directory, where a program runs that gets its configuration from Pulumi. */
export function topLevelProblemsOf(file: string): Problem[] {
    if (!existsSync(file)) return []; // pulumi --config-file has another
    try {
        return topLevelProblems(file, readYaml(file));
    } catch (error) {
        if (error instanceof Unreadable) return []; // Pulumi has read it
        throw error;
    }
}
