import { defineCommand } from "./cli/define";

export const costs = defineCommand({
    summary: "what stacks cost a month before traffic, side by side",
    arguments: { stacks: { repeatable: true, help: "the stacks (default: every stack that has a file)" } },
    examples: [["npx identity costs dev prod", "these two"]],
    exitCodes: { 1: "the program is wrong" },
    signals: [],
    run: async (input, context) => (await import("./costs/compare")).costs(input, context),
});
