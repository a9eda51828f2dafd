/** Commands of containers: lists of words that no shell reads (ECS, ContainerDefinition, "command"). */
import { existsSync, readFileSync } from "node:fs";
import type { Path, Problem } from "./common";

/** A program that reads the next word as text of its own language. */
const READS_TEXT = /^(-[a-z]*[ce]|--eval|--command|-Command|--exec)$/;
/** `${NAME}` is a language of its own to these: Java's frameworks fill it in by themselves. */
const OWN_PLACEHOLDERS = /(^|\/)(java|envsubst|gomplate|confd|dockerize)$/;

/** `entrypoint` is what the image begins with, where that is known: `[sh, -c]` reads its first word as a shell does. */
export function commandProblems(path: Path, command: readonly string[] | undefined, entrypoint = ""): Problem[] {
    if (command === undefined || command.length === 0 || /-[a-z]*c["'\]\s]*$/.test(entrypoint)) return [];
    const remedy = (line: string) => `[sh, -c, ${JSON.stringify(line)}]`;
    const line = command.join(" ");
    const [program = ""] = command;
    if (program.trim() === "") {
        return [{ path: [...path, 0], what: "is no program", fix: "the program first, and then its words" }];
    }
    if (/\S\s+\S/.test(program)) {
        const words = line.split(/\s+/).filter(Boolean);
        const plain = !/["'$|&;<>*?`\\(){}]/.test(line);
        return [
            {
                path: [...path, 0],
                what: `"${program}" would be the name of one program, with spaces in it`,
                fix: plain ? `[${words.join(", ")}]; or ${remedy(line)}` : remedy(line),
            },
        ];
    }
    if (OWN_PLACEHOLDERS.test(program)) return [];
    const text = command.findIndex((word) => READS_TEXT.test(word));
    const variable = command
        .slice(0, text < 0 ? undefined : text)
        .map((word, i) => ({ i, name: /\$\{?[A-Za-z_][A-Za-z0-9_]*\}?/.exec(word)?.[0] }))
        .find(({ name }) => name !== undefined);
    if (variable === undefined) return [];
    return [
        {
            path: [...path, variable.i],
            what: `${variable.name} reaches the program as it is written: without a shell nothing fills it in`,
            fix: remedy(line),
        },
    ];
}

/** How the image that is built of a folder begins: the last ENTRYPOINT of its Dockerfile; undefined where that is not known. */
export function entrypointOf(build: string | undefined): string | undefined {
    const file = `${build}/Dockerfile`;
    if (build === undefined || !existsSync(file)) return undefined;
    try {
        return [...readFileSync(file, "utf8").matchAll(/^\s*ENTRYPOINT\s+(.+)$/gim)].at(-1)?.[1]?.trim();
    } catch {
        return undefined; // a folder of that name: the check of `build` reports it
    }
}

/** A command that was written as text, as a list; in a shell where it needs one. */
export function asList(text: string): string {
    const words = text.trim().split(/\s+/);
    const plain = words.every((word) => /^[\w./:@%+=-]+$/.test(word));
    return plain ? `[${words.join(", ")}]` : `[sh, -c, ${JSON.stringify(text)}]`;
}
