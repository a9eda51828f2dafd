/** The stacks that have a file. In a file of its own, so that completion loads nothing else. */
import { readdirSync } from "node:fs";

/** A name that can be trusted in commands, a workflow's among them: none begins with a dash or a dot. */
const STACK_FILE = /^Pulumi\.([A-Za-z0-9_][\w.-]*)\.yaml$/;

export const stackNames = (root: string): string[] =>
    readdirSync(root)
        .flatMap((file) => STACK_FILE.exec(file)?.[1] ?? [])
        .sort();
