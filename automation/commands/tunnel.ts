import { defineCommand, type InputOf } from "./cli/define";
import { STACK, wholeNumber } from "./cli/options";

export type TunnelInput = InputOf<typeof tunnel>;
export const tunnel = defineCommand({
    summary: "puts a database, an admin API or a console on a port of this machine",
    description: `
Forwards a port of this machine, through the stack's workbench, until Ctrl-C, and says how to connect. It needs AWS's
session-manager-plugin on the PATH, and \`workbench: {}\` in the stack file.`,
    options: {
        stack: STACK,
        port: {
            value: "number",
            parse: wholeNumber(1, 65_535, "a port"),
            help: "the port on this machine (default: the other end's plus 10000, or a free one)",
        },
    },
    arguments: {
        target: {
            help:
                "a database (wallet-db, keycloak-db, …-db), an agent's admin API (admin; with several clusters issuer-admin, …), " +
                "keycloak-admin or ledger; without it, all that there are are named",
        },
    },
    examples: [["npx identity tunnel wallet-db", "PostgreSQL of the wallets, for psql on this machine"]],
    exitCodes: { 0: "the session ended", 1: "AWS refused it" },
    run: async (input, context): Promise<number> => (await import("./tunnel/connect")).tunnel(input, context),
});
