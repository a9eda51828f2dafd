/** Tries whether a workload's backup can be brought back: brings it up beside the stack, reads it, and deletes it. */
import type { DBSnapshot } from "@aws-sdk/client-rds";
import { confirm } from "../../runner/confirm";
import { Unready } from "../../runner/findings";
import { duration } from "../../runner/progress";
import type { CommandContext } from "../../shared/context";
import { Exit } from "../../shared/errors";
import { DONE, FAILED } from "../../shared/exit-codes";
import { ownedBy, rowsOf } from "./data";
import { instanceAt } from "./instance";
import type { Server } from "./postgres";
import { type Deployed, missing, stackOf, throughTunnel } from "./reach";
import { backupsOf, drillsOf, whileRestored } from "./restored";
import { type Workload, workloadOf } from "./workload";
import type { DrillInput } from "../database";

export async function drill({ stack, name, yes }: DrillInput, context: CommandContext, on?: Deployed): Promise<number> {
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
    const backupName = `${backup.DBSnapshotIdentifier} of ${backup.SnapshotCreateTime?.toISOString()}`;
    await confirm(
        `Bring ${backupName} up beside the stack ${stack}, as another ${source.DBInstanceClass}, and delete it when it was read?`,
        { context, yes },
    );
    const say = (text: string) => context.err(`${name}: ${text}\n`);
    say(`the newest backup: ${backupName}, ${age(backup)} old`);
    const took: Record<string, number> = {};
    const progress = {
        say,
        signal: context.signal,
        pollMilliseconds,
        took: (step: string, milliseconds: number) => void (took[step] = milliseconds),
    };
    const found: string[] = [];
    await whileRestored(rds, { source, backup }, progress, async ({ Endpoint }) => {
        const access = { ...workload.access, host: Endpoint!.Address!, port: Endpoint!.Port! };
        const read = throughTunnel({ ...deployed, stack, access, say }, context, (server) =>
            contents(workload, server),
        );
        found.push(...(await read.catch(explained)));
    });
    context.out(`${backupName}, ${age(backup)} old, can be brought back\n`);
    for (const line of found) context.out(`  ${line}\n`);
    for (const [step, milliseconds] of Object.entries(took)) {
        context.out(`  ${step.padEnd(10)}${duration(milliseconds).padStart(10)}\n`);
    }
    return DONE;
}

const age = ({ SnapshotCreateTime }: DBSnapshot) => {
    const hours = (Date.now() - (SnapshotCreateTime?.getTime() ?? Date.now())) / 3_600_000;
    return hours < 48 ? `${Math.round(hours)} h` : `${Math.round(hours / 24)} days`;
};

/** What each of its databases has. One without a row is no backup of anything. */
export async function contents({ kind, name, access }: Pick<Workload, "kind" | "name" | "access">, server: Server) {
    const databases = kind === "wallet" ? await ownedBy(server) : [access.name];
    if (databases.length === 0) throw new Exit(FAILED, `the backup has no wallet of ${name}`);
    const lines: string[] = [];
    for (const database of databases) {
        const tables = Object.entries(await rowsOf(server, database)).sort(([, a], [, b]) => b - a);
        const rows = tables.reduce((sum, [, n]) => sum + n, 0);
        if (rows === 0)
            throw new Exit(FAILED, `the backup's database ${database} has no row in ${tables.length} tables`);
        lines.push(
            `${database}: ${rows} rows in ${tables.length} tables, ${tables[0]![1]} of them in ${tables[0]![0]}`,
        );
    }
    return lines;
}

/** A backup has the password of its time. */
function explained(error: unknown): never {
    if (error instanceof Exit && error.message.includes("password authentication failed")) {
        const why = "the password was changed after this backup: try the next one";
        throw new Exit(error.code, `${error.message}\n  ${why}`);
    }
    throw error;
}
