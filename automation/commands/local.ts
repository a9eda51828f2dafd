import { defineCommand, defineGroup, type InputOf } from "./cli/define";
import { debugPort } from "../local/debug";
import { STACK, wholeNumber } from "./cli/options";
import { VERIFY_EXIT_CODES, VERIFY_OPTIONS } from "./verify/options";

const EXIT_CODES = { 1: "Docker failed", 2: "the arguments or the configuration are wrong" } as const;
const implementation = () => import("./local/commands");

export type UpInput = InputOf<typeof up>;
const up = defineCommand({
    summary: "builds what is missing, starts it, and waits until all of it is healthy",
    description: `
Builds what is missing, starts it, and waits until all of it is healthy. It writes build/local/<stack>/: the compose file, the
secrets (for you alone), and the certificates that clients trust.`,
    options: {
        stack: STACK,
        timeout: {
            value: "seconds",
            default: "600",
            parse: wholeNumber(1, 86_400, "whole seconds"),
            help: "how long it waits",
        },
        portOffset: {
            value: "number",
            parse: wholeNumber(0, 50_000),
            help: "added to every published port, where one is in use; kept for the next time",
        },
        debug: {
            value: "service=port",
            repeatable: true,
            parse: debugPort,
            help: "has the service run in one task, with a port of 127.0.0.1 for a debugger",
        },
        watch: { help: "goes on, and builds and replaces what changes, until Ctrl-C" },
    },
    examples: [
        ["npx identity local up --stack mine", "starts the stack of Pulumi.mine.yaml"],
        ["npx identity local up --debug hello=9229", "attach a debugger to 127.0.0.1:9229"],
        ["npx identity local up --watch", "a changed file of an image's folder is in its service seconds later"],
    ],
    exitCodes: { ...EXIT_CODES, 1: "something did not become healthy in time" },
    run: async (input, context): Promise<number> => (await implementation()).up(input, context),
});

const status = defineCommand({
    alias: "ps",
    summary: "shows the state of every container",
    options: { stack: STACK },
    examples: [["npx identity local status", "of the stack dev"]],
    exitCodes: { ...EXIT_CODES, 1: "something is not healthy" },
    run: async (input, context) => (await implementation()).status(input, context),
});

export type LogsInput = InputOf<typeof logs>;
const logs = defineCommand({
    summary: "shows what containers write, until Ctrl-C",
    options: { stack: STACK, follow: { default: true, help: "what there is, and no more" } },
    arguments: { names: { repeatable: true, help: "services, tasks or containers (default: all)" } },
    examples: [["npx identity local logs issuer --no-follow", "what the agent issuer has written"]],
    exitCodes: EXIT_CODES,
    run: async (input, context): Promise<number> => (await implementation()).logs(input, context),
});

export type SecretInput = InputOf<typeof secret>;
const secret = defineCommand({
    summary: "prints a parameter's value",
    options: { stack: STACK },
    arguments: { name: { help: "its whole name, or its end; without it, all names are listed" } },
    examples: [["npx identity local secret issuer/ACAPY_ADMIN_API_KEY", "the key of the agent's admin API"]],
    exitCodes: EXIT_CODES,
    run: async (input, context): Promise<number> => (await implementation()).secret(input, context),
});

export type TaskInput = InputOf<typeof task>;
const task = defineCommand({
    summary: "runs a scheduled task, or a command as a task of a heritage",
    options: { stack: STACK },
    arguments: {
        name: { help: "the task, or the heritage; without it, all are listed" },
        command: { repeatable: true, help: "the command and its arguments (default: the task's own)" },
    },
    examples: [
        ["npx identity local task sample-api-nightly", "what the clock would start on AWS"],
        ["npx identity local task sample-api -- env", "a command with the heritage's image and secrets"],
    ],
    exitCodes: { ...EXIT_CODES, 0: "the exit code of the task" },
    run: async (input, context): Promise<number> => (await implementation()).task(input, context),
});

const verify = defineCommand({
    summary: "checks that it works, and that nothing else answers",
    description:
        "Checks what runs on this machine, as `identity verify` does on AWS. docs/verify.md says what each check proves.",
    options: { stack: STACK, ...VERIFY_OPTIONS },
    examples: [
        ["npx identity local verify --only agents-did", "one check"],
        ["npx identity local verify --load --rate 10", "the load, ten of each a second"],
    ],
    exitCodes: VERIFY_EXIT_CODES,
    run: async (input, context) => (await implementation()).verify(input, context),
});

export type DownInput = InputOf<typeof down>;
const down = defineCommand({
    summary: "stops it",
    options: { stack: STACK, volumes: { help: "also delete data, secrets and images" } },
    examples: [["npx identity local down", "data and secrets stay for the next time"]],
    exitCodes: EXIT_CODES,
    run: async (input, context): Promise<number> => (await implementation()).down(input, context),
});

export const local = defineGroup({
    summary: "runs the platform on this machine, with Docker",
    description: `
Runs the platform on this machine with Docker: the same task definitions as on Fargate, with PostgreSQL in place of RDS and
Envoy in place of the load balancers. Everything is on 127.0.0.1. docs/local.md says what is the same and what differs. Without a command it is \`identity local up\`.`,
    commands: { up, status, logs, secret, task, verify, down },
    fallback: "up",
});
