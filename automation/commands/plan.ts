import { SECTION_NAMES } from "../plan/section-names";
import { defineCommand, type InputOf } from "./cli/define";
import { STACK } from "./cli/options";

export type PlanInput = InputOf<typeof plan>;
export const plan = defineCommand({
    summary: "shows what an `up` would create, against a simulated AWS; no account is needed",
    description: `
Runs the program of \`pulumi up\` for a stack against a simulated AWS, and shows what would exist: a summary, or the sections
that are named.`,
    options: {
        stack: STACK,
        all: { help: "all sections in full" },
        against: {
            value: "stack",
            help: "another stack that has a file: what this one has more, less or otherwise than it",
        },
        running: {
            value: "version",
            help: "the Keycloak version that the stack runs now: how the file's would take over from it",
        },
        json: { help: "print the plan as JSON, and nothing else on stdout" },
    },
    arguments: { sections: { repeatable: true, choices: SECTION_NAMES, help: "sections of the plan in full" } },
    notes: `
Lines are as wide as the terminal, or as COLUMNS says; 100 columns where there is none. NO_COLOR leaves colours out.

It writes build/plan/<stack>/: index.html, a report to look at, with a picture of the platform (platform.svg), task
definitions, IAM policies, all resources, and the plan as JSON. The plan is compared with what stood there before.

\`npm start\` is \`npx identity plan\`.`,
    examples: [
        ["npx identity plan --stack prod", "a summary of prod"],
        ["npx identity plan cost connections", "two sections of dev in full"],
        ["npx identity plan --against prod --json", "dev, with how it differs from prod, for a program"],
    ],
    exitCodes: {
        0: "a plan",
        1: "the program is wrong, or the plan violates a mandatory policy",
        2: "the arguments or the configuration are wrong",
    },
    signals: [],
    run: async (input, context): Promise<number> => (await import("./plan/show")).showPlan(input, context),
});
