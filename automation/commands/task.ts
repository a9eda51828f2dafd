import { defineCommand, type InputOf } from "./cli/define";
import { STACK, wholeNumber } from "./cli/options";

export type TaskInput = InputOf<typeof task>;
export const task = defineCommand({
    summary: "runs a command once, as a task of a heritage",
    description: `
Runs a command with a heritage's image, secrets and network, shows its log, and returns its exit code. Ctrl-C stops the task.`,
    options: {
        stack: STACK,
        timeout: {
            value: "seconds",
            default: "3600",
            parse: wholeNumber(1, 604_800, "whole seconds"),
            help: "how long it may take before it is stopped",
        },
    },
    arguments: {
        heritage: { help: "the heritage" },
        command: { required: true, repeatable: true, help: "the command and its arguments" },
    },
    examples: [["npx identity task sample-api -- python3 /app/nightly.py", "runs the nightly job now, in dev"]],
    exitCodes: { 0: "the command's own exit code", 1: "it did not start, or did not end in time" },
    run: async (input, context): Promise<number> => (await import("./task/run-once")).task(input, context),
});
