/** Commands of containers: lists of words that no shell reads (ECS, ContainerDefinition, "command"). */
import { existsSync } from "node:fs";
import { dockerfileOf } from "../../components/container-image/build";
import { type BuildInput, buildOf } from "../builds";
import { finalInstructions, readDockerfile } from "../dockerfile";
import type { Path, Problem } from "./common";

/** A program that reads the next word as text of its own language. */
const READS_TEXT = /^(-[a-z]*[ce]|--eval|--command|-Command|--exec)$/;
/** Programs that replace `${NAME}` themselves, as Java's frameworks do. */
const OWN_PLACEHOLDERS = /(^|\/)(java|envsubst|gomplate|confd|dockerize)$/;

interface CommandRules {
    /** The entry point of the image or the file, if it is known: after `[sh, -c]` the first word is a shell's text. */
    readonly entrypoint?: string;
    /** Whether the file sets the entry point. The command's words are then arguments. */
    readonly isSaid?: boolean;
    /** Whether the key also takes a text for a shell. */
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

/** `sh -c` takes only the next word as its text; further words are the text's arguments. */
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

/** Quotes a text for YAML. */
const asScalar = (text: string) => (/^[\w./$][^#:]*$/.test(text) ? text : JSON.stringify(text));

/** The last ENTRYPOINT of a build's Dockerfile; undefined if it is not known. */
export function entrypointOf(build: BuildInput | undefined): string | undefined {
    if (build === undefined || !existsSync(dockerfileOf(buildOf(build)))) return undefined;
    try {
        return finalInstructions(readDockerfile(buildOf(build))).findLast(({ name }) => name === "ENTRYPOINT")?.args;
    } catch {
        return undefined; // a folder of that name: the check of `build` reports it
    }
}

/** The list for a command that was written as text; with a shell if it needs one. */
export function asList(text: string): string {
    const words = text.trim().split(/\s+/);
    const plain = words.every((word) => /^[\w./:@%+=-]+$/.test(word));
    return plain ? `[${words.join(", ")}]` : `[sh, -c, ${JSON.stringify(text)}]`;
}
