import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { EfsVolume } from "./fargate/efs-volume";
import { deniedWithoutTls } from "./tls-only";

/**
 * @example
 * const uploads = new FileSystem("blog-uploads", { vpc, zones: 2, kmsKeyArn: secrets.keyArn, user: "1000" });
 * // a FargateService with efsVolumes: { uploads: uploads.volume } and, in a container, mounts: { uploads: "/app/uploads" }
 */
export interface FileSystemArgs {
    vpc: { id: pulumi.Input<string>; isolatedSubnetIds: pulumi.Input<string[]> };
    /** The number of zones, each with a mount target in its isolated subnet. */
    zones: number;
    /** Encrypts the files at rest. Another key replaces the file system. */
    kmsKeyArn: pulumi.Input<string>;
    /**
     * The user, by number, or `user:group`: whoever mounts it reads and writes as this one. With another user later, the files that are there
     * still belong to the one before.
     */
    user: string;
    /** A backup each day, kept for 35 days. @default false */
    backups?: boolean;
    /** Refuse to delete or replace it. @default false */
    protect?: boolean;
}

export const NFS_PORT = 2049;

/**
 * A file system that tasks share (EFS): encrypted at rest and in transit, with a mount target in each zone. Tasks mount it through an access
 * point, whose user owns its root directory. Only roles whose policies say so may mount it. Its throughput follows the load ("elastic").
 *
 * Without `backups` it has none. A backup outlives the file system.
 */
export class FileSystem extends pulumi.ComponentResource {
    readonly id: pulumi.Output<string>;
    readonly arn: pulumi.Output<string>;
    /** For `efsVolumes` of a task that mounts it. */
    readonly volume: EfsVolume;

    constructor(name: string, args: FileSystemArgs, opts?: pulumi.ComponentResourceOptions) {
        super("identity:index:FileSystem", name, {}, opts);
        const child = { parent: this };
        const { vpc, zones, kmsKeyArn, protect } = args;
        const group = new aws.ec2.SecurityGroup(name, { vpcId: vpc.id, description: `File system ${name}` }, child);
        const fileSystem = new aws.efs.FileSystem(
            name,
            {
                encrypted: true,
                kmsKeyId: kmsKeyArn,
                throughputMode: "elastic",
                tags: { Name: `${pulumi.getProject()}-${pulumi.getStack()}-${name}` },
            },
            { ...child, protect },
        );
        // EFS's default policy lets in whoever reaches a mount target. This one leaves it to the roles' policies (EFS user guide, "Using IAM
        // to control access to file systems").
        const policy = new aws.efs.FileSystemPolicy(
            name,
            { fileSystemId: fileSystem.id, policy: fileSystemPolicy(fileSystem.arn) },
            child,
        );
        if (args.backups) {
            const backupPolicy = { status: "ENABLED" };
            new aws.efs.BackupPolicy(name, { fileSystemId: fileSystem.id, backupPolicy }, child);
        }
        const subnets = pulumi.output(vpc.isolatedSubnetIds);
        const targets = Array.from(
            { length: zones },
            (_, i) =>
                new aws.efs.MountTarget(
                    `${name}-${i + 1}`,
                    {
                        fileSystemId: fileSystem.id,
                        subnetId: subnets.apply((ids) => ids[i]!),
                        securityGroups: [group.id],
                    },
                    child,
                ),
        );
        const accessPoint = ownDirectory(name, fileSystem.id, args.user, { ...child, protect });
        this.id = fileSystem.id;
        this.arn = fileSystem.arn;
        const connection = { name, groupId: group.id, port: NFS_PORT, description: `File system ${name}` };
        this.volume = {
            fileSystemId: fileSystem.id,
            fileSystemArn: fileSystem.arn,
            accessPointId: accessPoint.id,
            accessPointArn: accessPoint.arn,
            connection,
            needed: [...targets, policy],
        };
        this.registerOutputs({ id: this.id, arn: this.arn });
    }
}

/** `1000`, or `1000:1000`, as an access point takes it. */
export function accessPointUser(user: string): { uid: number; gid: number } {
    const [uid = 0, gid = uid] = user.split(":").map(Number);
    return { uid, gid };
}

/** An access point, whose directory EFS makes for its user at the first mount. */
function ownDirectory(
    name: string,
    fileSystemId: pulumi.Output<string>,
    user: string,
    opts: pulumi.CustomResourceOptions,
): aws.efs.AccessPoint {
    const { uid, gid } = accessPointUser(user);
    return new aws.efs.AccessPoint(
        name,
        {
            fileSystemId,
            posixUser: { uid, gid },
            rootDirectory: {
                path: "/files",
                creationInfo: { ownerUid: uid, ownerGid: gid, permissions: "0755" },
            },
            tags: { Name: `${pulumi.getProject()}-${pulumi.getStack()}-${name}` },
        },
        opts,
    );
}

const fileSystemPolicy = (arn: pulumi.Output<string>) =>
    pulumi.jsonStringify({ Version: "2012-10-17", Statement: [deniedWithoutTls("*", [arn])] });
