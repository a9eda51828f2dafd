import { defineCommand } from "./cli/define";
import { STACK } from "./cli/options";
import { EXIT_CODES, SIGNALS } from "./deploy/options";

export const drift = defineCommand({
    summary: "compares AWS with the state, and changes neither",
    description: `
Compares each resource of a stack with what AWS has, and lists the differences, property by property. Nothing is changed,
neither in AWS nor in the state.`,
    options: {
        stack: STACK,
        json: { help: "print it as JSON, and nothing else on stdout" },
    },
    notes: `
\`identity up\` puts right what the program says otherwise, after \`identity refresh\` has told the state of it.`,
    examples: [["npx identity drift --stack prod", "what somebody has changed by hand"]],
    exitCodes: { ...EXIT_CODES, 6: "drift was found" },
    signals: SIGNALS,
    run: async (input, context) => (await import("./deploy/drift")).drift(input, context),
});
