import { defineCommand, defineGroup, type InputOf } from "./cli/define";

const EXIT_CODES = { 1: "something failed", 2: "the arguments or the environment are wrong" } as const;

const stacks = defineCommand({
    summary: "the stacks that have a file, as outputs for a workflow's matrix",
    description: `
Prints stacks=["dev","prod"], and previewed=["dev"]: those that are previewed from any branch. Prod is previewed from main
alone, since a preview reads what is in the state.`,
    examples: [['npx identity ci stacks >> "$GITHUB_OUTPUT"', "in a workflow"]],
    exitCodes: EXIT_CODES,
    run: async (_input, context) => (await import("./ci/commands")).stacks(context),
});

const protection = defineCommand({
    summary: "fails where main or an environment on GitHub is not protected",
    description: `
Compares the branch main and the environments on GitHub with what \`identity bootstrap\` prints. From the environment:
GITHUB_TOKEN, GITHUB_REPOSITORY, GITHUB_API_URL.`,
    examples: [["npx identity ci protection", "in the nightly workflow"]],
    exitCodes: { ...EXIT_CODES, 1: "something is not protected" },
    run: async (_input, context) => (await import("./ci/commands")).protection(context),
});

export type AccessInput = InputOf<typeof access>;
const access = defineCommand({
    summary: "what changes in who may do what and who reaches whom between two plans",
    description: `
Compares the plan of another checkout with that of this one. Both were written by \`identity plan\`.`,
    options: {
        stack: { value: "name", required: true, help: "the stack" },
        base: { value: "folder", required: true, help: "the other checkout" },
    },
    examples: [["npx identity ci access --stack dev --base base", "in the workflow of a pull request"]],
    exitCodes: EXIT_CODES,
    run: async (input, context): Promise<number> => (await import("./ci/commands")).access(input, context),
});

const comment = defineCommand({
    summary: "prints the text of a pull request's comment, of plans and previews",
    description: `
Prints the text of a pull request's comment, of what is in the folder: access-<stack>.md and preview-<stack>.md. From the
environment: GITHUB_REPOSITORY, GITHUB_RUN_ID, GITHUB_SERVER_URL.`,
    options: { folder: { value: "folder", required: true, help: "where the files are" } },
    examples: [["npx identity ci comment --folder previews > comment.md", "in the workflow of a pull request"]],
    exitCodes: EXIT_CODES,
    run: async (input, context) => (await import("./ci/commands")).comment(input, context),
});

export const ci = defineGroup({
    summary: "what the workflows need",
    commands: { stacks, protection, access, comment },
});
