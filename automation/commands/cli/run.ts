/** Runs a command line, from its words to an exit code. */
import { CommanderError } from "commander";
import type { CommandContext } from "../../shared/context";
import { exitCodeOf, explain, Exit } from "../../shared/errors";
import { DONE } from "../../shared/exit-codes";
import { type Command, type Group, isGroup } from "./define";
import { type Call, parserOf } from "./program";

/** The words with the command that a group runs where none is named: `local --stack x` is `local up --stack x`. */
function completed(words: readonly string[], group: Group): string[] {
    const [name, ...rest] = words;
    const entry = name === undefined ? undefined : group.commands[name];
    if (!entry || !isGroup(entry) || entry.fallback === undefined) return [...words];
    const named = rest[0] === "--help" || (rest[0] !== undefined && !rest[0].startsWith("-"));
    return named ? [...words] : [name!, entry.fallback, ...rest];
}

/** Reads a command line. Undefined where it asks for help, which is printed. Throws a `UsageError` for what is wrong with it. */
export function parse(words: readonly string[], group: Group, context: CommandContext): Call | undefined {
    let found: Call | undefined;
    try {
        parserOf(group, context, (call) => (found = call)).parse(completed(words, group), { from: "user" });
    } catch (error) {
        if (error instanceof CommanderError && error.exitCode === 0) return undefined;
        throw error;
    }
    return found;
}

/**
 * Runs a command line of `group` and returns the exit code. What goes wrong is told on stderr. `begins` hears which command it is before
 * that runs.
 */
export async function runLine(
    words: readonly string[],
    group: Group,
    context: CommandContext,
    begins: (command: Command) => void = () => undefined,
): Promise<number> {
    try {
        const call = parse(words, group, context);
        if (!call) return DONE;
        begins(call.command);
        return await call.command.run(call.input as never, context);
    } catch (error) {
        const { err, signal } = context;
        // What was interrupted fails somewhere; only a command that says more than that is heard.
        if (!signal.aborted || error instanceof Exit) err(`${await explain(error)}\n`);
        return exitCodeOf(error, signal);
    }
}
