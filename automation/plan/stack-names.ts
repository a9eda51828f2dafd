/** The stacks that have a file. In a file of its own, so that completion loads nothing else. */
import { readdirSync } from "node:fs";

const STACK_FILE = /^Pulumi\.([\w.-]+)\.yaml$/;

export const stackNames = (root: string): string[] =>
    readdirSync(root)
        .flatMap((file) => STACK_FILE.exec(file)?.[1] ?? [])
        .sort();
