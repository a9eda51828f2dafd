/** Completion for shells (@bomb.sh/tab), from the declarations of the commands. */
import { RootCommand, script } from "@bomb.sh/tab";
import { type Command, type Group, isGroup, type Suggestions } from "./define";
import { flagOf } from "./program";

/** Prints the script that a shell loads. */
export function printScript(shell: string): number {
    script(shell, "identity", "identity");
    return 0;
}

/** Prints the words that may follow, one to a line. */
export function printCompletions(
    words: readonly string[],
    group: Group,
    suggestions: Readonly<Record<Suggestions, () => readonly string[]>>,
): number {
    const root = new RootCommand();
    add(root, "", group, suggestions);
    root.parse([...words]);
    return 0;
}

function add(
    root: RootCommand,
    path: string,
    entry: Command | Group,
    suggestions: Parameters<typeof printCompletions>[2],
) {
    const described = path === "" ? root : root.command(path, entry.summary);
    described.option("help", "print this");
    if (isGroup(entry)) {
        for (const [name, child] of Object.entries(entry.commands)) {
            if (isGroup(child) || !child.hidden) add(root, path === "" ? name : `${path} ${name}`, child, suggestions);
        }
        return;
    }
    for (const [name, spec] of Object.entries(entry.options ?? {})) {
        const flag = flagOf(name).slice(2);
        const values = spec.complete ? suggestions[spec.complete]() : [];
        if (spec.value === undefined) described.option(spec.default === true ? `no-${flag}` : flag, spec.help);
        else described.option(flag, spec.help, (complete) => values.forEach((value) => complete(value, "")));
        if (spec.negated) described.option(`no-${flag}`, spec.negated);
    }
    for (const [name, { choices = [], repeatable = false, afterDashes }] of Object.entries(entry.arguments ?? {})) {
        if (!afterDashes)
            described.argument(name, (complete) => choices.forEach((one) => complete(one, "")), repeatable);
    }
}
