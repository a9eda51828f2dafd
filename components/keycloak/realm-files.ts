import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** The realm files of a folder, by their names; none where there is no folder. */
export const jsonFiles = (folder: string): string[] =>
    existsSync(folder)
        ? readdirSync(folder)
              .filter((name) => name.endsWith(".json"))
              .sort()
              .map((name) => path.join(folder, name))
        : [];

/** What a realm file holds; nothing where it holds no JSON, which is left to `realmProblems`. */
export function readRealm(file: string): Record<string, unknown> {
    try {
        return (JSON.parse(readFileSync(file, "utf8").replace(/^\uFEFF/, "")) as Record<string, unknown> | null) ?? {};
    } catch {
        return {};
    }
}
