/** Tries whether a workload's backup can be brought back: brings it up beside the stack, reads it, and deletes it. */
import { runDrill } from "../../runner/drill";
import { Unready } from "../../runner/findings";
import type { CommandContext } from "../../shared/context";
import { Exit } from "../../shared/errors";
import { FAILED } from "../../shared/exit-codes";
import { ownedBy, rowsOf } from "./data";
import { instanceAt } from "./instance";
import type { Server } from "./postgres";
import { type Deployed, missing, stackOf, throughTunnel } from "./reach";
import { backupsOf, drillsOf, restoredInstance } from "./restored";
import { type Workload, workloadOf } from "./workload";
import type { DrillInput } from "../database";

export async function drill(
    { stack, name, yes, json }: DrillInput,
    context: CommandContext,
    on?: Deployed,
): Promise<number> {
    const deployed = on ?? (await stackOf(stack, context));
    const { outputs, resources, prefix, rds, pollMilliseconds } = deployed;
    const workload = workloadOf(outputs, resources, { name, prefix });
    const source = await instanceAt(rds, workload.access.host);
    const identifier = source.DBInstanceIdentifier!;
    const [backup] = await backupsOf(rds, identifier);
    const others = await drillsOf(rds, identifier);
    const findings = [
        ...missing(deployed, stack, source.EngineVersion, ["psql"]),
        ...(backup
            ? []
            : [{ what: `${identifier} has no backup yet`, fix: "wait for the first one; `backupDays` keeps them" }]),
        ...others.map((other) => ({
            what: `${other} is there, of another drill`,
            fix: `wait for its end, or: aws rds delete-db-instance --skip-final-snapshot --db-instance-identifier ${other}`,
        })),
    ];
    if (findings.length > 0 || !backup) throw new Unready(findings);
    return runDrill(
        {
            name,
            backup: { name: backup.DBSnapshotIdentifier!, made: backup.SnapshotCreateTime },
            as: `another ${source.DBInstanceClass}`,
            restored: (options) => restoredInstance(rds, { source, backup }, options),
            ask({ Endpoint }, say) {
                const access = { ...workload.access, host: Endpoint!.Address!, port: Endpoint!.Port! };
                const way = { ...deployed, stack, access, say };
                return throughTunnel(way, context, (server) => contents(workload, server)).catch(explained);
            },
            line: ({ database, rows, tables, largest }) =>
                `${database}: ${rows} rows in ${tables} tables, ${largest.rows} of them in ${largest.table}`,
        },
        { stack, yes, json },
        { context, pollMilliseconds },
    );
}

interface Contents {
    readonly database: string;
    readonly rows: number;
    readonly tables: number;
    readonly largest: { readonly table: string; readonly rows: number };
}

/** What each of its databases has. One without a row is no backup of anything. */
export async function contents(
    { kind, name, access }: Pick<Workload, "kind" | "name" | "access">,
    server: Server,
): Promise<Contents[]> {
    const databases = kind === "wallet" ? await ownedBy(server) : [access.name];
    if (databases.length === 0) throw new Exit(FAILED, `the backup has no wallet of ${name}`);
    const found: Contents[] = [];
    for (const database of databases) {
        const counted = Object.entries(await rowsOf(server, database)).sort(([, a], [, b]) => b - a);
        const [rows, tables] = [counted.reduce((sum, [, n]) => sum + n, 0), counted.length];
        if (rows === 0) throw new Exit(FAILED, `the backup's database ${database} has no row in ${tables} tables`);
        const [table, most] = counted[0]!;
        found.push({ database, rows, tables, largest: { table, rows: most } });
    }
    return found;
}

/** A backup has the password of its time. */
function explained(error: unknown): never {
    if (error instanceof Exit && error.message.includes("password authentication failed")) {
        const why = "the password was changed after this backup: try the next one";
        throw new Exit(error.code, `${error.message}\n  ${why}`);
    }
    throw error;
}
