/** Tries whether a file system's backup can be brought back: into a new file system, which nobody mounts, and which is deleted. */
import type { BackupClient } from "@aws-sdk/client-backup";
import type { EFSClient } from "@aws-sdk/client-efs";
import { LocalWorkspace } from "@pulumi/pulumi/automation";
import { parseArn } from "../../../components/arn";
import { clientOptions } from "../../../components/fargate/aws-clients";
import { readStackFile } from "../../plan/stack-file";
import { awsOf, pick } from "../../runner/deployed";
import { runDrill } from "../../runner/drill";
import { Unready } from "../../runner/findings";
import { stateOf, type StateResource } from "../../runner/stack";
import { nameOf } from "../../runner/urn";
import type { CommandContext } from "../../shared/context";
import { Exit } from "../../shared/errors";
import { FAILED } from "../../shared/exit-codes";
import type { DrillInput } from "../files";
import { backupsOf, drillsOf, fileSystemOf, restoredFiles } from "./restored";

/** A deployed stack, as far as this needs it. */
export interface Deployed {
    readonly backup: Pick<BackupClient, "send">;
    readonly efs: Pick<EFSClient, "send">;
    readonly resources: readonly StateResource[];
    /** Between two looks at AWS. @default 10000 */
    readonly pollMilliseconds?: number;
}

async function stackOf(stack: string, { root }: CommandContext): Promise<Deployed> {
    const { region } = await awsOf(readStackFile(root, stack));
    const { resources } = await stateOf(await LocalWorkspace.selectStack({ stackName: stack, workDir: root }));
    const [{ BackupClient }, { EFSClient }] = [
        await import("@aws-sdk/client-backup"),
        await import("@aws-sdk/client-efs"),
    ];
    const options = await clientOptions(region);
    return { backup: new BackupClient(options), efs: new EFSClient(options), resources };
}

/** Made by the AWS Backup console at its first use (AWS Backup developer guide, "Default service role creation"). */
const DEFAULT_ROLE = "role/service-role/AWSBackupDefaultServiceRole";

export async function drill(
    { stack, name, role, yes, json }: DrillInput,
    context: CommandContext,
    on?: Deployed,
): Promise<number> {
    const { backup: client, efs, resources, pollMilliseconds } = on ?? (await stackOf(stack, context));
    const arn = pick(fileSystemsOf(resources), name, "file system");
    const { partition, accountId, resource } = parseArn(arn);
    const source = (await fileSystemOf(efs, resource.split("/")[1]!))!;
    const [backup] = await backupsOf(client, arn);
    const others = await drillsOf(efs, source.FileSystemId!);
    const findings = [
        ...(backup
            ? []
            : [{ what: `${name} has no backup yet`, fix: "wait for the first one; without `backups` it gets none" }]),
        ...others.map((other) => ({
            what: `${other} is there, of another drill`,
            fix: `wait for its end, or: aws efs delete-file-system --file-system-id ${other}`,
        })),
    ];
    if (findings.length > 0 || !backup) throw new Unready(findings);
    const restoringRole = role ?? `arn:${partition}:iam::${accountId}:${DEFAULT_ROLE}`;
    return runDrill(
        {
            name,
            backup: { name: parseArn(backup.RecoveryPointArn!).resource, made: backup.CreationDate },
            as: "another file system",
            restored: (options) =>
                restoredFiles({ backup: client, efs }, { source, point: backup, role: restoringRole }, options),
            ask: async ({ bytes }) => {
                if (bytes === 0) throw new Exit(FAILED, `the backup of ${name} has no bytes`);
                return [{ bytes: bytes ?? null, bytesNow: source.SizeInBytes?.Value ?? null }];
            },
            line: ({ bytes, bytesNow }) => `${size(bytes)} came back; the file system has ${size(bytesNow)} now`,
        },
        { stack, yes, json },
        { context, pollMilliseconds },
    );
}

/** Those that the stack made, by name. */
const fileSystemsOf = (resources: readonly StateResource[]): Record<string, string> =>
    Object.fromEntries(
        resources
            .filter(({ type }) => type === "aws:efs/fileSystem:FileSystem")
            .map(({ urn, outputs }) => [nameOf(urn), String(outputs?.arn)]),
    );

const size = (bytes: number | null) =>
    bytes === null ? "an unknown size" : bytes < 1e6 ? `${bytes} bytes` : `${(bytes / 1e9).toFixed(3)} GB`;
