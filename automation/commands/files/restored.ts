/** A backup of a file system (AWS Backup), brought back into a new one for a while. */
import type { BackupClient, DescribeRestoreJobOutput, RecoveryPointByResource } from "@aws-sdk/client-backup";
import type { EFSClient, FileSystemDescription } from "@aws-sdk/client-efs";
import { parseArn } from "../../../components/arn";
import { DRILL, type Restored } from "../../runner/drill";
import { Exit } from "../../shared/errors";
import { FAILED } from "../../shared/exit-codes";
import { regardless, stamp, until, type WaitOptions } from "../../shared/until";

interface Clients {
    readonly backup: Pick<BackupClient, "send">;
    readonly efs: Pick<EFSClient, "send">;
}

/** All that AWS Backup has of a resource and can restore, the newest first: EFS's own backups are among it. */
export async function backupsOf(backup: Clients["backup"], ResourceArn: string): Promise<RecoveryPointByResource[]> {
    const { ListRecoveryPointsByResourceCommand } = await import("@aws-sdk/client-backup");
    const found: RecoveryPointByResource[] = [];
    for (let NextToken: string | undefined; ;) {
        const page = await backup.send(new ListRecoveryPointsByResourceCommand({ ResourceArn, NextToken }));
        found.push(...(page.RecoveryPoints ?? []));
        if (!(NextToken = page.NextToken)) break;
    }
    const time = ({ CreationDate }: RecoveryPointByResource) => CreationDate?.getTime() ?? 0;
    return found.filter(({ Status }) => Status === "COMPLETED").sort((a, b) => time(b) - time(a));
}

/** File systems that an earlier drill left, or one that goes on now. */
export async function drillsOf(efs: Clients["efs"], id: string): Promise<string[]> {
    const { DescribeFileSystemsCommand } = await import("@aws-sdk/client-efs");
    const found: FileSystemDescription[] = [];
    for (let Marker: string | undefined; ;) {
        const page = await efs.send(new DescribeFileSystemsCommand({ Marker }));
        found.push(...(page.FileSystems ?? []));
        if (!(Marker = page.NextMarker)) break;
    }
    return found
        .filter((fileSystem) => fileSystem.CreationToken?.startsWith(id + DRILL))
        .map((fileSystem) => fileSystem.FileSystemId!);
}

/** Undefined where it is no more. */
export async function fileSystemOf(
    efs: Clients["efs"],
    FileSystemId: string,
): Promise<FileSystemDescription | undefined> {
    const { DescribeFileSystemsCommand, FileSystemNotFound } = await import("@aws-sdk/client-efs");
    try {
        return (await efs.send(new DescribeFileSystemsCommand({ FileSystemId }))).FileSystems?.[0];
    } catch (error) {
        if (error instanceof FileSystemNotFound) return undefined;
        throw error;
    }
}

/** The vault of EFS's own backups, whose policy denies restores at first (AWS Backup developer guide, "Restore an Amazon EFS file system"). */
const OWN_VAULT = "aws/efs/automatic-backup-vault";
const GOES_ON = ["PENDING", "RUNNING"];

interface From {
    readonly source: FileSystemDescription;
    readonly point: RecoveryPointByResource;
    /** What AWS Backup restores with, by ARN. */
    readonly role: string;
}

/** A new file system with what the backup has, in a directory `aws-backup-restore_…`; encrypted by the key of `source`. */
export function restoredFiles(
    { backup, efs }: Clients,
    { source, point, role }: From,
    options: WaitOptions,
): Restored<{ readonly bytes: number | undefined }> {
    const name = source.FileSystemId! + DRILL + stamp();
    let RestoreJobId: string | undefined;
    const look = async (): Promise<DescribeRestoreJobOutput> => {
        const { DescribeRestoreJobCommand } = await import("@aws-sdk/client-backup");
        return backup.send(new DescribeRestoreJobCommand({ RestoreJobId }));
    };
    const idOf = ({ CreatedResourceArn }: DescribeRestoreJobOutput) =>
        CreatedResourceArn && parseArn(CreatedResourceArn).resource.split("/")[1];

    return {
        name,
        async start() {
            const { StartRestoreJobCommand } = await import("@aws-sdk/client-backup");
            // AWS Backup developer guide, "Use the AWS Backup API, CLI, or SDK to restore Amazon EFS recovery points"
            const Metadata = {
                "file-system-id": source.FileSystemId!,
                newFileSystem: "true",
                CreationToken: name,
                PerformanceMode: source.PerformanceMode!,
                Encrypted: String(source.Encrypted),
                ...(source.KmsKeyId ? { KmsKeyId: source.KmsKeyId } : {}),
            };
            const request = {
                RecoveryPointArn: point.RecoveryPointArn,
                IamRoleArn: role,
                ResourceType: "EFS",
                IdempotencyToken: name, // a request that is sent again starts no other restore
                Metadata,
            };
            try {
                ({ RestoreJobId } = await backup.send(new StartRestoreJobCommand(request)));
            } catch (error) {
                throw new Exit(
                    FAILED,
                    `AWS Backup restores nothing: ${(error as Error).message}\n  ${why(point, role)}`,
                );
            }
        },
        available: () =>
            until(options, async () => {
                const job = await look();
                const { Status = "PENDING", PercentDone, StatusMessage, BackupSizeInBytes: bytes } = job;
                if (GOES_ON.includes(Status)) return `${name}: ${Status.toLowerCase()} ${PercentDone ?? ""}`.trimEnd();
                if (Status === "COMPLETED") return { bytes };
                throw new Exit(
                    FAILED,
                    `the restore is ${Status.toLowerCase()}: ${StatusMessage ?? "AWS Backup does not say why"}`,
                );
            }),
        remove: () => remove(),
        gone: () =>
            until(options, async () => {
                const id = idOf(await look());
                const there = id && (await fileSystemOf(efs, id));
                return !there || `${id}: ${there.LifeCycleState}`;
            }),
    };

    /** A restore cannot be stopped, and its file system is deleted as soon as there is one. */
    async function remove() {
        if (RestoreJobId === undefined) return;
        const { DeleteFileSystemCommand, FileSystemInUse, FileSystemNotFound, IncorrectFileSystemLifeCycleState } =
            await import("@aws-sdk/client-efs");
        await until(regardless(options), async () => {
            const job = await look();
            const FileSystemId = idOf(job);
            if (!FileSystemId)
                return !GOES_ON.includes(job.Status!) || "waiting until AWS Backup has made a file system";
            try {
                await efs.send(new DeleteFileSystemCommand({ FileSystemId }));
                options.say(`deleting ${FileSystemId}`);
                return true;
            } catch (error) {
                if (error instanceof FileSystemNotFound) return true;
                if (!(error instanceof FileSystemInUse || error instanceof IncorrectFileSystemLifeCycleState))
                    throw error;
                return `waiting until ${FileSystemId} can be deleted: ${error.message}`;
            }
        });
    }
}

const why = ({ BackupVaultName }: RecoveryPointByResource, role: string) =>
    BackupVaultName === OWN_VAULT
        ? `the policy of ${OWN_VAULT} denies backup:StartRestoreJob until somebody changes it; \`backup\` keeps backups in a vault of the stack's`
        : `${role} has to be there, with AWS's policy AWSBackupServiceRolePolicyForRestores: --role names another one`;
