/** Commands of containers: lists of words that no shell reads (ECS, ContainerDefinition, "command"). */
import { existsSync } from "node:fs";
import { dockerfileOf } from "../../components/container-image/build";
import { type BuildInput, buildOf } from "../builds";
import { finalInstructions, readDockerfile } from "../dockerfile";
import type { Path, Problem } from "./common";

/** A program that reads the next word as text of its own language. */
const READS_TEXT = /^(-[a-z]*[ce]|--eval|--command|-Command|--exec)$/;
/** `${NAME}` is a language of its own to these: Java's frameworks fill it in by themselves. */
const OWN_PLACEHOLDERS = /(^|\/)(java|envsubst|gomplate|confd|dockerize)$/;

interface CommandRules {
    /** What the image or the file begins with, where that is known: `[sh, -c]` reads its first word as a shell does. */
    readonly entrypoint?: string;
    /** The file says the entry point, so that the command's words are arguments. */
    readonly isSaid?: boolean;
    /** The key takes a text, too, which a shell reads. */
    readonly takesText?: boolean;
}

export function commandProblems(
    path: Path,
    command: readonly string[] | undefined,
    { entrypoint = "", isSaid = false, takesText = false }: CommandRules = {},
): Problem[] {
    if (command === undefined || command.length === 0) return [];
    if (/-[a-z]*c["'\]\s]*$/.test(entrypoint)) return shellTwice(path, command, entrypoint);
    const remedy = (line: string) =>
        takesText ? `as a text, which a shell reads: ${asScalar(line)}` : `[sh, -c, ${JSON.stringify(line)}]`;
    const line = command.join(" ");
    const [program = ""] = command;
    if (isSaid) return variableProblems(path, command, remedy);
    if (program.trim() === "") {
        return [{ path: [...path, 0], what: "is not a program", fix: "the program first, and then its words" }];
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
    return variableProblems(path, command, remedy);
}

/** A shell reads its next word alone; what comes after that are the words of the text. */
function shellTwice(
    path: Path,
    [program = "", flag = "", text = ""]: readonly string[],
    entrypoint: string,
): Problem[] {
    if (!/(^|\/)(ba|da|a)?sh$/.test(program) || !/^-[a-z]*c$/.test(flag)) return [];
    return [
        {
            path,
            what: `the entry point, ${entrypoint}, is a shell already: it would run ${program} without the text`,
            fix: `[${JSON.stringify(text)}], the text as one word`,
        },
    ];
}

function variableProblems(path: Path, command: readonly string[], remedy: (line: string) => string): Problem[] {
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
            fix: remedy(command.join(" ")),
        },
    ];
}

/** A text as YAML takes it. */
const asScalar = (text: string) => (/^[\w./$][^#:]*$/.test(text) ? text : JSON.stringify(text));

/** How the image of a build begins: its last ENTRYPOINT; undefined where that is not known. */
export function entrypointOf(build: BuildInput | undefined): string | undefined {
    if (build === undefined || !existsSync(dockerfileOf(buildOf(build)))) return undefined;
    try {
        return finalInstructions(readDockerfile(buildOf(build))).findLast(({ name }) => name === "ENTRYPOINT")?.args;
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
