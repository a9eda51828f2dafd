/** The data of one workload: its database, or the databases of a wallet; from a server into a folder, and from there into a server. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Problem } from "../../../components/aws-error";
import { Exit } from "../../shared/errors";
import { FAILED } from "../../shared/exit-codes";
import { until } from "../../shared/until";
import { identifier, literal, run, type Server, sql } from "./postgres";

/** Where roles that make their databases themselves do it from. */
const MAINTENANCE = "postgres";
const CONTENTS = "contents.json";
/** Milliseconds that whoever is still connected is waited for. */
const ALONE_MILLISECONDS = 60_000;
const POLL_MILLISECONDS = 1000;

/** Whose data. */
export interface Subject {
    readonly name: string;
    /** A wallet's databases are the agents' own; they make them themselves, with tables in a schema of their role's name. */
    readonly kind: "wallet" | "database";
}

/** What a folder has. */
export interface Contents extends Subject {
    /** Whose they were. */
    readonly role: string;
    /** When, by the clock of the machine. */
    readonly saved: string;
    /** The file of each database. */
    readonly files: Readonly<Record<string, string>>;
}

type Say = (text: string) => void;

/** Copies databases into a folder that is not there yet. */
export async function saveInto(
    folder: string,
    subject: Subject,
    databases: readonly string[],
    { server, say }: { server: Server; say: Say },
): Promise<void> {
    mkdirSync(path.dirname(folder), { recursive: true });
    mkdirSync(folder, { mode: 0o700 });
    const files: Record<string, string> = {};
    for (const database of databases) {
        await untilAlone(server, database, say);
        say(`copying the database ${database}`);
        files[database] = `${encodeURIComponent(database)}.dump`;
        const to = path.join(folder, files[database]);
        await run(server, "pg_dump", database, ["--format=custom", "--no-owner", "--no-acl"], { to });
    }
    const contents: Contents = { ...subject, role: server.role, saved: new Date().toISOString(), files };
    // It comes last: a folder without it has not all of the data.
    writeFileSync(path.join(folder, CONTENTS), `${JSON.stringify(contents, null, 2)}\n`, { mode: 0o600 });
}

/** What a folder has; or what is wrong where `saveInto` did not come to its end there. */
export function contentsOf(folder: string): Contents | Problem {
    try {
        return JSON.parse(readFileSync(path.join(folder, CONTENTS), "utf8")) as Contents;
    } catch {
        const what = `${folder} has no data that were saved to their end: it has no ${CONTENTS}`;
        return { what, fix: "npx identity database save, or another --folder" };
    }
}

/** The role's databases on its server. */
export const ownedBy = (server: Server): Promise<string[]> =>
    sql(
        server,
        MAINTENANCE,
        "SELECT datname FROM pg_database WHERE datallowconn AND pg_get_userbyid(datdba) = current_user " +
            `AND datname NOT IN ('${MAINTENANCE}', 'template1') ORDER BY 1`,
    );

/** Those of a wallet's databases that are there already. */
export const replacedBy = async (server: Server, { files }: Contents): Promise<string[]> =>
    (await ownedBy(server)).filter((database) => Object.hasOwn(files, database));

/** Brings a folder's data into a database that is there. All of it, or nothing. */
export async function loadDatabase(
    folder: string,
    { files }: Contents,
    database: string,
    { server, say, replace }: { server: Server; say: Say; replace: boolean },
): Promise<void> {
    await untilAlone(server, database, say);
    if (!replace) await refuseData(server, [database]);
    const [file] = Object.values(files);
    say(`loading the database ${database}`);
    const how = ["--no-owner", "--no-acl", "--clean", "--if-exists", "--single-transaction"];
    await run(server, "pg_restore", database, how, { from: path.join(folder, file!) });
}

/** Makes a wallet's databases of a folder's data. Those that are there stay until all of the new ones are whole. */
export async function loadWallet(
    folder: string,
    contents: Contents,
    { server, say, replace }: { server: Server; say: Say; replace: boolean },
): Promise<void> {
    const there = await replacedBy(server, contents);
    const loaded: { database: string; under: string }[] = [];
    try {
        if (!replace) await refuseData(server, there);
        for (const [i, [database, file]] of Object.entries(contents.files).entries()) {
            if (there.includes(database)) await untilAlone(server, database, say);
            say(`loading the database ${database}`);
            const under = `loading-${Date.now()}-${i}`;
            // PostgreSQL lets everybody connect to a new database.
            const close = `REVOKE CONNECT, TEMPORARY ON DATABASE ${identifier(under)} FROM PUBLIC`;
            await sql(server, MAINTENANCE, `CREATE DATABASE ${identifier(under)}`, close);
            loaded.push({ database, under });
            const how = ["--no-owner", "--no-acl", "--single-transaction"];
            await run(server, "pg_restore", under, how, { from: path.join(folder, file) });
            await renameSchema(server, under, contents.role);
        }
    } catch (error) {
        const still = { ...server, signal: new AbortController().signal }; // also where it was interrupted
        for (const { under } of loaded) await drop(still, under);
        throw error;
    }
    for (const { database, under } of loaded) {
        await drop(server, database);
        await sql(server, MAINTENANCE, `ALTER DATABASE ${identifier(under)} RENAME TO ${identifier(database)}`);
    }
}

const drop = (server: Server, database: string) =>
    sql(server, MAINTENANCE, `DROP DATABASE IF EXISTS ${identifier(database)} WITH (FORCE)`);

/** Agents look for their tables in a schema that is called like their role. */
async function renameSchema(server: Server, database: string, before: string): Promise<void> {
    if (before === server.role) return;
    await sql(server, database, `ALTER SCHEMA ${identifier(before)} RENAME TO ${identifier(server.role)}`);
    const named = await sql(
        server,
        database,
        `SELECT proname FROM pg_proc WHERE pronamespace = ${literal(identifier(server.role))}::regnamespace ` +
            `AND strpos(prosrc, ${literal(`${before}.`)}) > 0`,
    );
    if (named.length === 0) return;
    throw new Exit(
        FAILED,
        `functions of ${database} name the schema ${before}, and cannot be moved: ${named.join(", ")}`,
    );
}

/** A database's tables, besides those of PostgreSQL and of extensions. */
const TABLES =
    "FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace " +
    "WHERE relkind = 'r' AND nspname !~ '^pg_' AND nspname <> 'information_schema' " +
    "AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')";

/** Tables that have a row. */
const tablesWithRows = (server: Server, database: string): Promise<string[]> =>
    sql(
        server,
        database,
        `SELECT format('%I.%I', nspname, relname) ${TABLES} ` +
            "AND query_to_xml(format('SELECT 1 FROM %I.%I LIMIT 1', nspname, relname), false, true, '')::text <> '' ORDER BY 1",
    );

/** The rows of each table, which are read for it. */
export async function rowsOf(server: Server, database: string): Promise<Record<string, number>> {
    const count = "query_to_xml(format('SELECT count(*) AS n FROM %I.%I', nspname, relname), false, true, '')";
    const rows = await sql(
        server,
        database,
        `SELECT format('%I.%I', nspname, relname), (xpath('/row/n/text()', ${count}))[1] ${TABLES} ORDER BY 1`,
    );
    return Object.fromEntries(rows.map((row) => row.split("\t")).map(([table, n]) => [table!, Number(n)]));
}

/** Fails where one of these databases, which are there, has data. */
export async function refuseData(server: Server, databases: readonly string[]): Promise<void> {
    for (const database of databases) {
        const tables = await tablesWithRows(server, database);
        if (tables.length === 0) continue;
        const some = tables.slice(0, 5).join(", ") + (tables.length > 5 ? ` and ${tables.length - 5} more` : "");
        throw new Exit(
            FAILED,
            `the database ${database} has data already, in ${some}; nothing was loaded\n  --replace lets them be replaced`,
        );
    }
}

/** Waits until nobody else is connected. */
async function untilAlone(server: Server, database: string, say: Say): Promise<void> {
    const end = Date.now() + ALONE_MILLISECONDS;
    await until({ say, signal: server.signal, pollMilliseconds: POLL_MILLISECONDS }, async () => {
        const others = await sql(
            server,
            database,
            "SELECT format('%s from %s (%s)', usename, host(client_addr), count(*)) FROM pg_stat_activity " +
                "WHERE datname = current_database() AND pid <> pg_backend_pid() AND usename <> 'rdsadmin' " +
                "GROUP BY usename, client_addr ORDER BY usename, client_addr",
        );
        if (others.length > 0 && Date.now() > end) {
            throw new Exit(
                FAILED,
                `somebody is still connected to ${database}: ${others.join(", ")}\n  wait until scheduled and one-off tasks have ended, and end other tunnels`,
            );
        }
        return others.length === 0 || `waiting until nobody is connected to ${database}: ${others.join(", ")}`;
    });
}
