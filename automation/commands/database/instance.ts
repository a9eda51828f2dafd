/** The RDS instance that a database is on. */
import type { DBInstance, RDSClient } from "@aws-sdk/client-rds";
import { Exit } from "../../shared/errors";
import { FAILED } from "../../shared/exit-codes";
import { stamp, until, type WaitOptions } from "../../shared/until";

export type Rds = Pick<RDSClient, "send">;

/** By the address that RDS gives it, which begins with its identifier. */
export async function instanceAt(rds: Rds, host: string): Promise<DBInstance> {
    const { DescribeDBInstancesCommand } = await import("@aws-sdk/client-rds");
    const { DBInstances = [] } = await rds.send(
        new DescribeDBInstancesCommand({ DBInstanceIdentifier: host.split(".")[0] }),
    );
    return DBInstances[0]!;
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
