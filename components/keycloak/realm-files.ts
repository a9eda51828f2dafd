import { existsSync, readdirSync } from "node:fs";
import path from "node:path";

/** The realm files of a folder, by their names; none where there is no folder. */
export const jsonFiles = (folder: string): string[] =>
    existsSync(folder)
        ? readdirSync(folder)
              .filter((name) => name.endsWith(".json"))
              .sort()
              .map((name) => path.join(folder, name))
        : [];
