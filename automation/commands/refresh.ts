import { defineCommand } from "./cli/define";
import { STACK, WAIT, YES } from "./cli/options";
import { EXIT_CODES, SIGNALS } from "./deploy/options";

export const refresh = defineCommand({
    summary: "takes into the state what AWS has",
    description: `
Takes into the state what AWS has; nothing is changed in AWS. First it settles what an update that died has left.`,
    options: {
        stack: STACK,
        yes: YES,
        wait: WAIT,
        adopt: {
            value: "urn=id",
            repeatable: true,
            help:
                "a resource that was being created when the update died, and of which nothing tells whether it was created: " +
                "it was, and this is its id",
        },
        forget: { value: "urn", repeatable: true, help: "the same: it was not created, or is gone" },
    },
    examples: [
        ["npx identity refresh --stack dev", "shows what AWS has otherwise, asks, and writes it into the state"],
    ],
    exitCodes: EXIT_CODES,
    signals: SIGNALS,
    run: async (input, context) => (await import("./deploy/refresh")).refresh(input, context),
});
