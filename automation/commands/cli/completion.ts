/** Completion for shells (@bomb.sh/tab), from the parser of the commands. */
import { script } from "@bomb.sh/tab";
import complete from "@bomb.sh/tab/commander";
import type { Command as Parser } from "commander";
import type { Group } from "./define";
import { parserOf } from "./program";

/** Prints the script that a shell loads. */
export function printScript(shell: string): number {
    script(shell, "identity", "identity");
    return 0;
}

/** Prints the words that may follow, one to a line. */
export function printCompletions(words: readonly string[], group: Group, stacks: readonly string[]): number {
    const silent = () => undefined;
    const parser = parserOf(group, { out: silent, err: silent }, silent);
    suggest(parser, stacks);
    complete(parser).parse([...words]);
    return 0;
}

/** Stacks as the values of the options that take one. */
function suggest(parser: Parser, stacks: readonly string[]) {
    for (const option of parser.options) {
        if (["--stack", "--against"].includes(option.long!)) option.argChoices = [...stacks];
    }
    for (const child of parser.commands) suggest(child, stacks);
}
