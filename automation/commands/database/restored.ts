/** A backup of an RDS instance, brought up beside it for a while. */
import type { DBInstance, DBSnapshot, RestoreDBInstanceFromDBSnapshotCommandInput } from "@aws-sdk/client-rds";
import { DRILL, type Restored } from "../../runner/drill";
import { Exit } from "../../shared/errors";
import { FAILED } from "../../shared/exit-codes";
import { regardless, stamp, until, type WaitOptions } from "../../shared/until";
import type { Rds } from "./instance";

/** Without a type RDS tells of no backup that AWS Backup made (RDS API reference, DescribeDBSnapshots). */
const TYPES = ["automated", "awsbackup"];
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
    return found.filter((instance) => instance.startsWith(beginning(identifier)));
}

const beginning = (identifier: string) =>
    identifier.slice(0, LONGEST_NAME - DRILL.length - stamp().length).replace(/-+$/, "") + DRILL;

/** An instance that is made of a backup, and is reached as `source` is. */
export function restoredInstance(
    rds: Rds,
    { source, backup }: { source: DBInstance; backup: DBSnapshot },
    options: WaitOptions,
): Restored<DBInstance> {
    const name = beginning(source.DBInstanceIdentifier!) + stamp();
    return {
        name,
        async start() {
            const { RestoreDBInstanceFromDBSnapshotCommand } = await import("@aws-sdk/client-rds");
            await rds.send(new RestoreDBInstanceFromDBSnapshotCommand(like(source, backup, name)));
        },
        available: () => available(rds, name, options),
        remove: () => remove(rds, name, options),
        gone: () => gone(rds, name, options),
    };
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

async function remove(rds: Rds, DBInstanceIdentifier: string, options: WaitOptions) {
    const { DBInstanceNotFoundFault, DeleteDBInstanceCommand, InvalidDBInstanceStateFault } =
        await import("@aws-sdk/client-rds");
    const request = { DBInstanceIdentifier, SkipFinalSnapshot: true, DeleteAutomatedBackups: true };
    await until(regardless(options), async () => {
        try {
            await rds.send(new DeleteDBInstanceCommand(request));
            options.say(`deleting ${DBInstanceIdentifier}`);
            return true;
        } catch (error) {
            if (error instanceof DBInstanceNotFoundFault) return true;
            if (!(error instanceof InvalidDBInstanceStateFault)) throw error;
            if ((await look(rds, DBInstanceIdentifier))?.DBInstanceStatus === "deleting") return true;
            return `waiting until ${DBInstanceIdentifier} can be deleted: ${error.message}`;
        }
    });
}
