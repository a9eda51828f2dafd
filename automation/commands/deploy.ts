/** The commands that run Pulumi. */
import { defineCommand, type InputOf } from "./cli/define";
import { JSON_ALONE, LOCK_WAIT_SECONDS, STACK, YES } from "./cli/options";

/** They finish what is under way, and begin nothing else. */
const SIGNALS: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP"];

const EXIT_CODES = {
    1: "Pulumi or AWS failed",
    2: "the arguments or the configuration are wrong",
    3: "stopped before anything was changed: by the preflight, by a policy, or by what is protected",
    4: "declined, or there was nobody to ask",
    5: "another run held the stack's lock for too long",
} as const;

export type PreviewInput = InputOf<typeof preview>;
export const preview = defineCommand({
    summary: "shows what an `up` would change, and what would stop it",
    description: `
Shows what \`identity up\` would create, update, replace and delete, checked against the policies. Nothing is changed, and
another run is not waited for. A stack that does not exist yet is previewed as if it did, and not created.`,
    options: {
        stack: STACK,
        markdown: { value: "file", help: "also write it as a comment for a pull request" },
        json: JSON_ALONE,
    },
    examples: [
        ["npx identity preview --stack prod", "what the next `up` of prod would do"],
        ["npx identity preview --json", "the same of dev, for a program"],
    ],
    exitCodes: { ...EXIT_CODES, 3: "an `up` would be stopped; what it would change is shown nevertheless" },
    signals: SIGNALS,
    run: async (input, context): Promise<number> => (await import("./deploy/preview")).preview(input, context),
});

export type UpInput = InputOf<typeof up>;
export const up = defineCommand({
    summary: "deploys a stack",
    description: `
Checks whether anything would stop the deployment, shows what would change, asks, changes it, waits until every new version
runs, and sums up. A stack that does not exist yet is created, if it has a file.`,
    options: {
        stack: STACK,
        yes: YES,
        allowReplace: {
            value: "resource",
            repeatable: true,
            help:
                "let this database, key, wallet key, load balancer, zone or bucket of prod be replaced or deleted: its URN, or " +
                "type::name as the refusal shows it. What Pulumi or AWS protects needs identity:protect: false and an `up` of that first",
        },
        wait: LOCK_WAIT_SECONDS,
    },
    notes: `
Ctrl-C finishes what is under way and begins nothing else, and the next \`up\` goes on from there. A second Ctrl-C ends at once.
What was being created then is pending: the next \`up\` says what to do.`,
    examples: [
        ["npx identity up --stack dev", "deploys dev after a question"],
        [
            "npx identity up --stack prod --yes --wait 1800",
            "in a pipeline: nobody is asked, and another run is waited for",
        ],
    ],
    exitCodes: EXIT_CODES,
    signals: SIGNALS,
    run: async (input, context): Promise<number> => (await import("./deploy/up")).up(input, context),
});

export type DriftInput = InputOf<typeof drift>;
export const drift = defineCommand({
    summary: "compares AWS with the state, and changes neither",
    description: `
Compares each resource of a stack with what AWS has, and lists the differences, property by property. Nothing is changed,
neither in AWS nor in the state.`,
    options: {
        stack: STACK,
        json: JSON_ALONE,
    },
    notes: `
\`identity up\` puts right what the program says otherwise, after \`identity refresh\` has told the state of it.`,
    examples: [["npx identity drift --stack prod", "what somebody has changed by hand"]],
    exitCodes: { ...EXIT_CODES, 6: "drift was found" },
    signals: SIGNALS,
    run: async (input, context): Promise<number> => (await import("./deploy/drift")).drift(input, context),
});

export type RefreshInput = InputOf<typeof refresh>;
export const refresh = defineCommand({
    summary: "takes into the state what AWS has",
    description: "Takes into the state what AWS has; nothing is changed in AWS.",
    options: { stack: STACK, yes: YES, wait: LOCK_WAIT_SECONDS },
    examples: [
        ["npx identity refresh --stack dev", "shows what AWS has otherwise, asks, and writes it into the state"],
    ],
    exitCodes: EXIT_CODES,
    signals: SIGNALS,
    run: async (input, context): Promise<number> => (await import("./deploy/refresh")).refresh(input, context),
});

export type DestroyInput = InputOf<typeof destroy>;
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
    run: async (input, context): Promise<number> => (await import("./deploy/destroy")).destroy(input, context),
});
