/**
 * Databases that move to the shared instance. An `up` makes an empty one there, and deletes the instance that the database has had, with
 * its data. So it is refused as long as that instance has no new snapshot.
 */
import type { DBInstance, RDSClient } from "@aws-sdk/client-rds";
import type { Problem } from "../components/aws-error";
import type { PlatformConfig } from "../config/defaults";
import { instancesBeforeShared } from "../config/instances";
import { pathText } from "../config/problems";

/** What whoever deploys has to be allowed. */
export const LEFT_INSTANCES_NEED = "rds:DescribeDBInstances and rds:DescribeDBSnapshots";
/** Hours in which a snapshot is new. */
const NEW_HOURS = 24;

interface Subject {
    readonly project: string;
    readonly stack: string;
    readonly config: PlatformConfig;
}

/** Asks nothing where no database is on the shared instance. */
export async function leftInstances(
    { project, stack, config }: Subject,
    rds: Pick<RDSClient, "send">,
    now = Date.now(),
): Promise<Problem[]> {
    const before = instancesBeforeShared(config);
    if (before.length === 0) return [];
    const existing = await instances(rds);
    const left = before.flatMap(({ name, path }) => {
        const identifier = existing.find((instance) => isCalled(instance, `${project}-${stack}-${name}`));
        return identifier ? [{ identifier, path }] : [];
    });
    const problems = left.map(async ({ identifier, path }): Promise<Problem[]> => {
        if (await hasNewSnapshot(rds, identifier, now)) return [];
        return [
            {
                what: `${pathText(path, project)}: an \`up\` would delete the instance ${identifier} with its data, and begin with an empty database`,
                fix:
                    "leave `shared` out; or move the data: npx identity database save (docs/operations.md, Onto the shared instance and back). " +
                    `It goes on once the instance has a snapshot of the last ${NEW_HOURS} hours, as that command takes it`,
            },
        ];
    });
    return (await Promise.all(problems)).flat();
}

/** The identifiers of those that are not on their way out. */
async function instances(rds: Pick<RDSClient, "send">): Promise<string[]> {
    const { DescribeDBInstancesCommand } = await import("@aws-sdk/client-rds");
    const all: DBInstance[] = [];
    let Marker: string | undefined;
    do {
        const page = await rds.send(new DescribeDBInstancesCommand({ Marker }));
        all.push(...(page.DBInstances ?? []));
        Marker = page.Marker;
    } while (Marker);
    return all
        .filter(({ DBInstanceStatus }) => DBInstanceStatus !== "deleting")
        .map(({ DBInstanceIdentifier }) => DBInstanceIdentifier!);
}

/** `components/database.ts` puts eight digits after the name. RDS keeps identifiers in small letters (API reference, CreateDBInstance). */
function isCalled(identifier: string, name: string): boolean {
    const start = `${name.toLowerCase()}-`;
    return identifier.startsWith(start) && /^[0-9a-f]{8}$/.test(identifier.slice(start.length));
}

async function hasNewSnapshot(rds: Pick<RDSClient, "send">, identifier: string, now: number): Promise<boolean> {
    const { DescribeDBSnapshotsCommand } = await import("@aws-sdk/client-rds");
    const { DBSnapshots = [] } = await rds.send(
        new DescribeDBSnapshotsCommand({ DBInstanceIdentifier: identifier, SnapshotType: "manual" }),
    );
    return DBSnapshots.some(
        ({ Status, SnapshotCreateTime }) =>
            Status === "available" && now - (SnapshotCreateTime?.getTime() ?? 0) < NEW_HOURS * 3600 * 1000,
    );
}
