/** What the scanner finds and is meant. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";

export const STACKS = ["prod", "dev"] as const;
export type Stack = (typeof STACKS)[number];

export interface Exception {
    readonly check: string;
    readonly stacks?: readonly Stack[];
    readonly resources?: readonly string[];
    /** Whether dev does without it, for its cost or to be taken down. */
    readonly choice?: boolean;
    readonly reason: string;
}

export const EXCEPTIONS = parse(readFileSync(path.join(__dirname, "exceptions.yaml"), "utf8")) as Exception[];
