import { defineCommand } from "./cli/define";
import { STACK, LOCK_WAIT_SECONDS } from "./cli/options";
import { EXIT_CODES, SIGNALS } from "./deploy/options";

export const destroy = defineCommand({
    summary: "deletes a stack's resources, and says what stays",
    description: `
Deletes everything that a stack has created in AWS, and says what stays. It asks for the stack's name. Where anything is
protected, nothing is deleted: identity:protect: false in the stack file and an \`up\` come first.

The stack's file, its configuration and its history stay.`,
    options: {
        stack: STACK,
        yes: { help: "do not ask; without a terminal nothing is deleted otherwise" },
        wait: LOCK_WAIT_SECONDS,
    },
    examples: [["npx identity destroy --stack dev", "asks for the name dev, and deletes it"]],
    exitCodes: EXIT_CODES,
    signals: SIGNALS,
    run: async (input, context) => (await import("./deploy/destroy")).destroy(input, context),
});
