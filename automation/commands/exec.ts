import { defineCommand, type InputOf } from "./cli/define";
import { STACK } from "./cli/options";

export type ExecInput = InputOf<typeof exec>;
export const exec = defineCommand({
    summary: "opens a shell in a running task",
    description: `
Opens a shell in a running task of a service, or runs another command in it. It needs AWS's session-manager-plugin on the
PATH, and a stack with \`exec: true\` (on in dev, off in prod).`,
    options: {
        stack: STACK,
        task: { value: "id", help: "which task, by the first characters of its id (default: one that runs)" },
        container: { value: "name", help: "which container (default: app, or the one that is no Envoy)" },
    },
    arguments: {
        service: { help: "the service" },
        command: { repeatable: true, help: "the command and its arguments (default: /bin/sh)" },
    },
    examples: [
        ["npx identity exec hello", "a shell in a task of the service hello"],
        ["npx identity exec hello -- env", "prints the variables that the application has"],
    ],
    exitCodes: { 0: "the exit code of the session", 1: "AWS refused it" },
    run: async (input, context): Promise<number> => (await import("./exec/session")).exec(input, context),
});
