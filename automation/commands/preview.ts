import { defineCommand } from "./cli/define";
import { STACK } from "./cli/options";
import { EXIT_CODES, SIGNALS } from "./deploy/options";

export const preview = defineCommand({
    summary: "shows what an `up` would change, and what would stop it",
    description: `
Shows what \`identity up\` would create, update, replace and delete, checked against the policies. Nothing is changed, and
another run is not waited for. A stack that does not exist yet is previewed as if it did, and not created.`,
    options: {
        stack: STACK,
        markdown: { value: "file", help: "also write it as a comment for a pull request" },
        json: { help: "print it as JSON, and nothing else on stdout" },
    },
    examples: [
        ["npx identity preview --stack prod", "what the next `up` of prod would do"],
        ["npx identity preview --json", "the same of dev, for a program"],
    ],
    exitCodes: { ...EXIT_CODES, 3: "an `up` would be stopped; what it would change is shown nevertheless" },
    signals: SIGNALS,
    run: async (input, context) => (await import("./deploy/preview")).preview(input, context),
});
