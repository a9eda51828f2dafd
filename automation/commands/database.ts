import { defineCommand, defineGroup, type InputOf } from "./cli/define";
import { JSON_ALONE, STACK, YES } from "./cli/options";

const NAME = {
    name: { required: true, help: "whose: a cluster of agents, keycloak, a service or a heritage" },
} as const;
const FOLDER = {
    folder: { value: "path", help: "where the data are on this machine (default: build/database/<stack>/<name>)" },
} as const;
const EXIT_CODES = {
    1: "PostgreSQL or AWS refused something; there are as many tasks as before",
    3: "a check stopped it before anything was changed",
    4: "nobody confirmed",
    130: "interrupted; there are as many tasks as before",
} as const;
const NEEDS = `
It needs AWS's session-manager-plugin, and pg_dump, pg_restore and psql of the instance's major version, on the PATH, and
\`workbench: {}\` in the stack file.`;

export type SaveInput = InputOf<typeof save>;
const save = defineCommand({
    summary: "stops whoever writes to a database, and copies its data to this machine",
    description: `
Stops the tasks of a database's services, copies its data into a folder that nobody else may read, and takes a snapshot of an
instance of its own. The tasks stay stopped, so that nothing is written that the copy has not; \`database load\` starts them. They
are started again at once with --start, and where it fails or is interrupted.
${NEEDS}`,
    options: {
        stack: STACK,
        ...FOLDER,
        snapshot: { default: true, help: "take no snapshot of an instance of its own" },
        start: { help: "start the tasks again when the data are here: a copy, and no move" },
        yes: YES,
    },
    arguments: NAME,
    notes: `
Scheduled tasks and one-off tasks are not stopped. It waits a minute until nobody is connected any more, and gives up then.`,
    examples: [
        ["npx identity database save sample-api --stack dev", "the first half of a move"],
        ["npx identity database save issuer --folder /safe/issuer --start --yes", "a copy of a wallet"],
    ],
    exitCodes: EXIT_CODES,
    signals: ["SIGINT", "SIGTERM"],
    run: async (input, context): Promise<number> => (await import("./database/move")).save(input, context),
});

export type LoadInput = InputOf<typeof load>;
const load = defineCommand({
    summary: "brings saved data into the database that the stack has now",
    description: `
Stops the tasks of a database's services, brings the data of \`database save\` into it, and starts as many tasks as there were, or as
the stack has where there was none. A database with data is refused. Where something fails, the database is as it was before.
${NEEDS}`,
    options: {
        stack: STACK,
        ...FOLDER,
        replace: { help: "let the database's data be replaced, where it has some" },
        yes: YES,
    },
    arguments: NAME,
    examples: [
        ["npx identity database load sample-api --stack dev", "the second half of a move, after an `up`"],
        ["npx identity database load issuer --folder /safe/issuer --replace", "a wallet as it was when it was saved"],
    ],
    exitCodes: EXIT_CODES,
    signals: ["SIGINT", "SIGTERM"],
    run: async (input, context): Promise<number> => (await import("./database/move")).load(input, context),
});

export type DrillInput = InputOf<typeof drill>;
const drill = defineCommand({
    summary: "tries whether the newest backup can be brought back, and says how long it takes",
    description: `
Brings the newest backup of a database's instance up beside the stack, by RDS or by AWS Backup, counts the rows of each table there, and
deletes the instance again: also where something fails or it is interrupted. The stack's own database and its tasks go on.

It needs AWS's session-manager-plugin and psql of the instance's major version on the PATH, and \`workbench: {}\` in the stack file.`,
    options: { stack: STACK, json: JSON_ALONE, yes: YES },
    arguments: NAME,
    notes: `
The other instance is of the same class, in one zone, and is paid for while it is there. Of a shared instance the whole of it is brought
up, and the data of this one are read.`,
    examples: [["npx identity database drill keycloak --stack prod", "a drill"]],
    exitCodes: {
        0: "the backup was brought up, read and deleted",
        1: "it cannot be brought back, has no rows, or AWS refused something",
        3: "a check stopped it before anything was made",
        4: "nobody confirmed",
        130: "interrupted; what it made is being deleted",
    },
    signals: ["SIGINT", "SIGTERM"],
    run: async (input, context): Promise<number> => (await import("./database/drill")).drill(input, context),
});

export const database = defineGroup({
    summary: "moves a database's data, and tries its backups",
    description: `
Moves the data of agents, of Keycloak or of an application from an instance of their own to the shared one, or back: save, then an
\`up\` with the other instance in the stack file, then load. And tries whether a backup can be brought back.`,
    commands: { save, load, drill },
});
