import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { EfsVolume } from "./fargate/efs-volume";
import { connectionTo } from "./fargate/egress";
import { accessPointUser, NFS_PORT } from "./file-system";

/**
 * @example
 * const uploads = new ExistingFileSystem("blog-uploads", {
 *     id: "fs-0123456789abcdef0",
 *     arn: "arn:aws:elasticfilesystem:eu-central-1:123456789012:file-system/fs-0123456789abcdef0",
 *     groupId: "sg-0123456789abcdef0",
 *     user: "1000",
 * });
 * // a FargateService with efsVolumes: { uploads: uploads.volume } and, in a container, mounts: { uploads: "/app/uploads" }
 */
export interface ExistingFileSystemArgs {
    /** Of the file system in EFS. It has to have a mount target in each zone that tasks run in. */
    id: string;
    arn: string;
    /** The security group of its mount targets. It gets a rule for each service and task that mounts it. */
    groupId: string;
    /** The user, by number, or `user:group`: whoever mounts it reads and writes as this one. */
    user: string;
    /** Which directory is mounted. One that is not there is made, and is the user's. @default "/", all of it */
    directory?: string;
}

/**
 * A file system of EFS that somebody else keeps, in place of a `FileSystem`. What it makes there is an access point, through which tasks mount
 * it over TLS; what is in the file system stays when that goes. A policy that the file system has must let in the tasks' roles.
 */
export class ExistingFileSystem extends pulumi.ComponentResource {
    /** For `efsVolumes` of a task that mounts it. */
    readonly volume: EfsVolume;

    constructor(name: string, args: ExistingFileSystemArgs, opts?: pulumi.ComponentResourceOptions) {
        super("identity:index:ExistingFileSystem", name, {}, opts);
        const { directory = "/" } = args;
        const posixUser = accessPointUser(args.user);
        const { uid: ownerUid, gid: ownerGid } = posixUser;
        const accessPoint = new aws.efs.AccessPoint(
            name,
            {
                fileSystemId: args.id,
                posixUser,
                rootDirectory: {
                    path: directory,
                    // The root of a file system is there, and has its owner.
                    creationInfo: directory === "/" ? undefined : { ownerUid, ownerGid, permissions: "0755" },
                },
                tags: { Name: `${pulumi.getProject()}-${pulumi.getStack()}-${name}` },
            },
            { parent: this },
        );
        this.volume = {
            fileSystemId: args.id,
            fileSystemArn: args.arn,
            accessPointId: accessPoint.id,
            accessPointArn: accessPoint.arn,
            connection: connectionTo(args.groupId, NFS_PORT, `File system ${args.id}`),
            needed: [],
        };
        this.registerOutputs({});
    }
}
