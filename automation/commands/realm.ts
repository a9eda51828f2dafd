import { defineCommand, defineGroup, type InputOf } from "./cli/define";
import { CONNECT_TO, JSON_ALONE, STACK, YES } from "./cli/options";

const OPTIONS = {
    stack: STACK,
    local: { help: "the platform on this machine (`identity local`)" },
    connectTo: CONNECT_TO,
} as const;
const ARGUMENTS = { realms: { repeatable: true, help: "realms by name (default: all that have a file)" } } as const;
const NOTES = `
It logs in as KEYCLOAK_ADMIN with KEYCLOAK_ADMIN_PASSWORD, or else as the bootstrap administrator. Where the admin endpoint
is out of reach, it opens a tunnel through the stack's workbench.`;

export type DiffInput = InputOf<typeof diff>;
const diff = defineCommand({
    summary: "shows what realm files say, and Keycloak has otherwise",
    description: `
Compares the realm files of a stack (images/keycloak/realms) with what the running Keycloak has, setting by setting. What a file
is silent about is no difference, and accounts are not looked at. Nothing is changed.`,
    options: { ...OPTIONS, json: JSON_ALONE },
    arguments: ARGUMENTS,
    notes: NOTES,
    examples: [
        ["npx identity realm diff --stack prod", "what was changed by hand, or in the files since"],
        ["npx identity realm diff shop --local", "one realm, on this machine"],
    ],
    exitCodes: {
        0: "no difference",
        1: "Keycloak or AWS failed",
        2: "the arguments or a file are wrong",
        6: "differences",
    },
    run: async (input, context): Promise<number> => (await import("./realm/run")).diff(input, context),
});

export type ApplyInput = InputOf<typeof apply>;
const apply = defineCommand({
    summary: "makes the running Keycloak what realm files say",
    description: `
Changes by Keycloak's admin API what \`realm diff\` shows. Objects that no file names stay, and so do accounts and keys. A list that a
file has, such as a client's redirect URIs, becomes that of the file.`,
    options: { ...OPTIONS, yes: YES },
    arguments: ARGUMENTS,
    notes: NOTES,
    examples: [["npx identity realm apply shop --stack prod", "shows the differences, asks, and changes them"]],
    exitCodes: {
        0: "the realms are as the files say",
        1: "Keycloak or AWS failed",
        2: "the arguments or a file are wrong",
        4: "nobody confirmed",
        6: "Keycloak did not take all of it",
    },
    run: async (input, context): Promise<number> => (await import("./realm/run")).apply(input, context),
});

export const realm = defineGroup({
    summary: "compares the running Keycloak with realm files, and changes it",
    commands: { diff, apply },
});
