import { defineCommand } from "./cli/define";
import { STACK, LOCK_WAIT_SECONDS, YES } from "./cli/options";
import { EXIT_CODES, SIGNALS } from "./deploy/options";

export const refresh = defineCommand({
    summary: "takes into the state what AWS has",
    description: `
Takes into the state what AWS has; nothing is changed in AWS.`,
    options: {
        stack: STACK,
        yes: YES,
        wait: LOCK_WAIT_SECONDS,
    },
    examples: [
        ["npx identity refresh --stack dev", "shows what AWS has otherwise, asks, and writes it into the state"],
    ],
    exitCodes: EXIT_CODES,
    signals: SIGNALS,
    run: async (input, context) => (await import("./deploy/refresh")).refresh(input, context),
});
