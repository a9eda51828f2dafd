import { stackNames } from "../plan/stack-names";
import { defineCommand, type Group } from "./cli/define";

export const completion = defineCommand({
    summary: "prints a script that completes commands, options and stacks in a shell",
    description: `
Prints a script for a shell. It completes the command \`identity\`, which is on the PATH where node_modules/.bin is; or let the
shell have a function of that name: identity() { npx --no identity "$@"; }`,
    arguments: { shell: { required: true, choices: ["bash", "zsh", "fish"], help: "the shell" } },
    examples: [
        ["source <(npx identity completion bash)", "in ~/.bashrc; zsh is the same in ~/.zshrc"],
        ["npx identity completion fish | source", "in ~/.config/fish/config.fish"],
    ],
    signals: [],
    run: async ({ shell }) => (await import("./cli/completion")).printScript(shell),
});

/** What the scripts ask: the words that may follow those of a command line. */
export const completeOf = (group: Group) =>
    defineCommand({
        hidden: true,
        summary: "prints what may follow, for the script of `completion`",
        arguments: { words: { repeatable: true, help: "the words so far" } },
        examples: [],
        signals: [],
        run: async ({ words }, { root }) => {
            const { printCompletions } = await import("./cli/completion");
            return printCompletions(words, group, stackNames(root));
        },
    });
