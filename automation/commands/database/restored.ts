/** A backup of an RDS instance, brought up beside it for a while. */
import type { DBInstance, DBSnapshot, RestoreDBInstanceFromDBSnapshotCommandInput } from "@aws-sdk/client-rds";
import { Exit } from "../../shared/errors";
import { FAILED } from "../../shared/exit-codes";
import { pause } from "../../shared/pause";
import { POLL_MILLISECONDS, type Rds, stamp, until, type WaitOptions } from "./instance";

/** Without a type RDS tells of no backup that AWS Backup made (RDS API reference, DescribeDBSnapshots). */
const TYPES = ["automated", "awsbackup"];
const DRILL = "-drill-";
/** RDS API reference, RestoreDBInstanceFromDBSnapshot. */
const LONGEST_NAME = 63;

/** All that RDS and AWS Backup keep of an instance by themselves, the newest first. */
export async function backupsOf(rds: Rds, DBInstanceIdentifier: string): Promise<DBSnapshot[]> {
    const { DescribeDBSnapshotsCommand } = await import("@aws-sdk/client-rds");
    const found: DBSnapshot[] = [];
    for (const SnapshotType of TYPES) {
        for (let Marker: string | undefined; ;) {
            const page = await rds.send(new DescribeDBSnapshotsCommand({ DBInstanceIdentifier, SnapshotType, Marker }));
            found.push(...(page.DBSnapshots ?? []));
            if (!(Marker = page.Marker)) break;
        }
    }
    const time = ({ SnapshotCreateTime }: DBSnapshot) => SnapshotCreateTime?.getTime() ?? 0;
    return found.filter(({ Status }) => Status === "available").sort((a, b) => time(b) - time(a));
}

/** Instances that an earlier drill left, or one that goes on now. */
export async function drillsOf(rds: Rds, identifier: string): Promise<string[]> {
    const { DescribeDBInstancesCommand } = await import("@aws-sdk/client-rds");
    const found: string[] = [];
    for (let Marker: string | undefined; ;) {
        const page = await rds.send(new DescribeDBInstancesCommand({ Marker }));
        found.push(...(page.DBInstances ?? []).map(({ DBInstanceIdentifier }) => DBInstanceIdentifier!));
        if (!(Marker = page.Marker)) break;
    }
    return found.filter((one) => one.startsWith(beginning(identifier)));
}

const beginning = (identifier: string) =>
    identifier.slice(0, LONGEST_NAME - DRILL.length - stamp().length).replace(/-+$/, "") + DRILL;

/**
 * Brings a backup up as an instance that is reached as `source` is, has `work` done with it, and deletes it: in each case, also where it fails
 * or is interrupted.
 */
export async function whileRestored(
    rds: Rds,
    { source, backup }: { source: DBInstance; backup: DBSnapshot },
    { took, ...options }: WaitOptions & { took(step: string, milliseconds: number): void },
    work: (restored: DBInstance) => Promise<void>,
): Promise<void> {
    const { RestoreDBInstanceFromDBSnapshotCommand } = await import("@aws-sdk/client-rds");
    const name = beginning(source.DBInstanceIdentifier!) + stamp(); // what has it was made by this drill
    let since = Date.now();
    const step = (what: string) => {
        took(what, Date.now() - since);
        since = Date.now();
    };
    try {
        await rds.send(new RestoreDBInstanceFromDBSnapshotCommand(like(source, backup, name)));
        const restored = await available(rds, name, options);
        step("restored");
        await work(restored);
        step("asked");
    } catch (error) {
        await remove(rds, name, options).catch((reason: Error) =>
            options.say(`${name} is there still: ${reason.message}`),
        );
        throw error;
    }
    await remove(rds, name, options);
    await gone(rds, name, options);
    step("deleted");
}

/** The network, the parameters and the tags of the source; in one zone, with no backups of its own, and not protected. */
const like = (source: DBInstance, backup: DBSnapshot, name: string): RestoreDBInstanceFromDBSnapshotCommandInput => ({
    DBInstanceIdentifier: name,
    DBSnapshotIdentifier: backup.DBSnapshotIdentifier,
    DBInstanceClass: source.DBInstanceClass,
    DBSubnetGroupName: source.DBSubnetGroup?.DBSubnetGroupName,
    VpcSecurityGroupIds: source.VpcSecurityGroups?.map(({ VpcSecurityGroupId }) => VpcSecurityGroupId!),
    DBParameterGroupName: source.DBParameterGroups?.[0]?.DBParameterGroupName,
    CACertificateIdentifier: source.CACertificateIdentifier,
    Tags: source.TagList?.filter(({ Key }) => !Key!.startsWith("aws:")),
    PubliclyAccessible: false,
    MultiAZ: false,
    AutoMinorVersionUpgrade: false,
    DeletionProtection: false,
    BackupRetentionPeriod: 0,
});

async function look(rds: Rds, DBInstanceIdentifier: string): Promise<DBInstance | undefined> {
    const { DBInstanceNotFoundFault, DescribeDBInstancesCommand } = await import("@aws-sdk/client-rds");
    try {
        return (await rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier }))).DBInstances?.[0];
    } catch (error) {
        if (error instanceof DBInstanceNotFoundFault) return undefined;
        throw error;
    }
}

const available = (rds: Rds, name: string, options: WaitOptions) =>
    until(options, async () => {
        const instance = await look(rds, name);
        const status = instance?.DBInstanceStatus ?? "gone";
        if (["gone", "deleting", "failed"].includes(status) || status.startsWith("incompatible-")) {
            throw new Exit(FAILED, `${name} is ${status}, and will not be available`);
        }
        return status === "available" ? instance! : `${name}: ${status}`;
    });

const gone = (rds: Rds, name: string, options: WaitOptions) =>
    until(options, async () => {
        const instance = await look(rds, name);
        return instance === undefined || `${name}: ${instance.DBInstanceStatus}`;
    });

/** Asks RDS to delete it, again and again where it is in the middle of something; also after an interruption, which is what brings it here. */
async function remove(
    rds: Rds,
    DBInstanceIdentifier: string,
    { say, pollMilliseconds = POLL_MILLISECONDS }: WaitOptions,
) {
    const { DBInstanceNotFoundFault, DeleteDBInstanceCommand, InvalidDBInstanceStateFault } =
        await import("@aws-sdk/client-rds");
    const request = { DBInstanceIdentifier, SkipFinalSnapshot: true, DeleteAutomatedBackups: true };
    for (let waits = false; ; waits = true) {
        try {
            await rds.send(new DeleteDBInstanceCommand(request));
            return say(`deleting ${DBInstanceIdentifier}`);
        } catch (error) {
            if (error instanceof DBInstanceNotFoundFault) return;
            if (!(error instanceof InvalidDBInstanceStateFault)) throw error;
            if ((await look(rds, DBInstanceIdentifier))?.DBInstanceStatus === "deleting") return;
            if (!waits) say(`waiting until ${DBInstanceIdentifier} can be deleted: ${error.message}`);
            await pause(pollMilliseconds, new AbortController().signal);
        }
    }
}
