import { defineCommand, defineGroup, type InputOf } from "./cli/define";
import { STACK, wholeNumber } from "./cli/options";

const EXIT_CODES = { 2: "the arguments or the configuration are wrong" } as const;
const NAMED = {
    owner: {
        required: true,
        help: "the service or heritage: the parameter's name without its last part, e.g. sample-api",
    },
    variable: { required: true, help: "the rest of the parameter's name, e.g. API_TOKEN or database/app/password" },
} as const;

export type ListInput = InputOf<typeof list>;
const list = defineCommand({
    summary: "lists every secret of the stack, and how old it is",
    description: `
For each secret: its parameter, where it comes from, its version, when it changed, its age in days, and who reads it.`,
    options: {
        stack: STACK,
        olderThan: {
            value: "days",
            parse: wholeNumber(1, 3650, "whole days"),
            help: "name the secrets that nobody has changed for longer; exit code 6 where there are any",
        },
    },
    notes: `
Old is what somebody has to change: not what is never changed (a wallet's key), what an \`up\` renews by itself (certificates),
what is no secret (a database's name), nor what Secrets Manager keeps.`,
    examples: [
        ["npx identity secrets list --stack prod", "the secrets of prod; never a value"],
        ["npx identity secrets list --stack prod --older-than 90", "and which are to be rotated"],
    ],
    exitCodes: {
        ...EXIT_CODES,
        1: "a parameter is missing, or AWS refused something",
        6: "a secret is older than --older-than",
    },
    run: async (input, context): Promise<number> => (await import("./secrets/list")).list(input, context),
});

export type SetInput = InputOf<typeof set>;
const set = defineCommand({
    summary: "puts a value into SSM, for a secret with the source `set`",
    description: `
Reads the value from stdin, or asks for it without showing it. The services that read it are deployed anew, so that they
have it.`,
    options: {
        stack: STACK,
        deploy: { default: true, help: "running tasks keep the value that they have; the next `up` deploys them" },
    },
    arguments: NAMED,
    examples: [["npx identity secrets set sample-api API_TOKEN --stack dev", "asks for the value"]],
    exitCodes: { ...EXIT_CODES, 1: "AWS refused something" },
    run: async (input, context): Promise<number> => (await import("./secrets/set")).set(input, context),
});

const rotate = defineCommand({
    summary: "generates a secret anew",
    description: "Generates a secret anew, by an `up` of that secret and of what depends on it alone.",
    options: { stack: STACK },
    arguments: NAMED,
    examples: [["npx identity secrets rotate issuer ACAPY_ADMIN_API_KEY --stack prod", "a new key for the admin API"]],
    exitCodes: { ...EXIT_CODES, 1: "Pulumi or AWS failed" },
    run: async (input, context) => (await import("./secrets/rotate")).rotate(input, context),
});

export const secrets = defineGroup({
    summary: "lists and changes the stack's secrets",
    commands: { list, set, rotate },
});
