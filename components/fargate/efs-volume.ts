/** A file system of EFS as a volume of a task. */
import type * as pulumi from "@pulumi/pulumi";
import type { Statement } from "../iam";
import type { Connection } from "./egress";

/** What a task has to know of a file system in order to mount it (see `FileSystem`). */
export interface EfsVolume {
    readonly fileSystemId: pulumi.Input<string>;
    readonly fileSystemArn: pulumi.Input<string>;
    readonly accessPointId: pulumi.Input<string>;
    readonly accessPointArn: pulumi.Input<string>;
    /** From the tasks to its mount targets. */
    readonly connection: Connection;
    /** What has to be there before a task can mount it. */
    readonly needed: readonly pulumi.Resource[];
}

/** With the task's role, over TLS and through the access point (ECS developer guide, "Specify an Amazon EFS file system"). */
export const efsVolumeConfiguration = ({ fileSystemId, accessPointId }: EfsVolume) => ({
    fileSystemId,
    transitEncryption: "ENABLED",
    authorizationConfig: { accessPointId, iam: "ENABLED" },
});

export const EFS_ACTIONS = ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"] as const;

/** What a task's role needs to read and write its files: through the access point alone. */
export const efsStatements = (volumes: Readonly<Record<string, EfsVolume>>): Statement[] =>
    Object.values(volumes).map(({ fileSystemArn, accessPointArn }) => ({
        Effect: "Allow",
        Action: [...EFS_ACTIONS],
        Resource: fileSystemArn,
        Condition: { StringEquals: { "elasticfilesystem:AccessPointArn": accessPointArn } },
    }));
