/** The RDS instance that a database is on. */
import type { DBInstance, RDSClient } from "@aws-sdk/client-rds";
import { Exit } from "../../shared/errors";
import { FAILED, INTERRUPTED } from "../../shared/exit-codes";
import { pause } from "../../shared/pause";

export type Rds = Pick<RDSClient, "send">;

export const POLL_MILLISECONDS = 10_000;

/** By the address that RDS gives it, which begins with its identifier. */
export async function instanceAt(rds: Rds, host: string): Promise<DBInstance> {
    const { DescribeDBInstancesCommand } = await import("@aws-sdk/client-rds");
    const { DBInstances = [] } = await rds.send(
        new DescribeDBInstancesCommand({ DBInstanceIdentifier: host.split(".")[0] }),
    );
    return DBInstances[0]!;
}

export interface WaitOptions {
    say(text: string): void;
    readonly signal: AbortSignal;
    /** @default 10000 */
    readonly pollMilliseconds?: number;
}

/** The end of a name that nothing else has: the time, in UTC, 14 digits. */
export const stamp = () => new Date().toISOString().replaceAll(/\D/g, "").slice(0, 14);

/** Looks until there is an answer. A text is what is still waited for, and is said where it is a new one. */
export async function until<T extends object | true>(
    { say, signal, pollMilliseconds = POLL_MILLISECONDS }: WaitOptions,
    look: () => Promise<T | string>,
): Promise<T> {
    for (let said = ""; ;) {
        const found = await look();
        if (typeof found !== "string") return found;
        if (found !== said) say(found);
        said = found;
        if (signal.aborted) throw new Exit(INTERRUPTED, "interrupted");
        await pause(pollMilliseconds, signal);
    }
}

/** Takes a snapshot, and waits until it is complete: RDS goes on with it also where that is interrupted. Returns its name. */
export async function takeSnapshot(rds: Rds, identifier: string, options: WaitOptions): Promise<string> {
    const { CreateDBSnapshotCommand, DescribeDBSnapshotsCommand } = await import("@aws-sdk/client-rds");
    const DBSnapshotIdentifier = `${identifier}-saved-${stamp()}`;
    await rds.send(new CreateDBSnapshotCommand({ DBInstanceIdentifier: identifier, DBSnapshotIdentifier }));
    await until(options, async () => {
        const { DBSnapshots = [] } = await rds.send(new DescribeDBSnapshotsCommand({ DBSnapshotIdentifier }));
        const { Status = "gone", PercentProgress = 0 } = DBSnapshots[0] ?? {};
        if (!["available", "creating"].includes(Status)) {
            throw new Exit(FAILED, `the snapshot ${DBSnapshotIdentifier} is ${Status}`);
        }
        return Status === "available" || `the snapshot ${DBSnapshotIdentifier}: ${PercentProgress} %`;
    });
    return DBSnapshotIdentifier;
}
