/** File systems that tasks share. */
import type { ByRegion } from "./prices";
import { PART, type ResourceTypes } from "./resource-type";
import { PLAIN, prefixed } from "./simulated";

/** A month of a GB in the storage class Standard. */
const STORED_GB: ByRegion = { "us-east-1": 0.3, "eu-west-1": 0.33, "eu-central-1": 0.36, "ap-northeast-1": 0.36 };

const READS = ["elasticfilesystem:Describe*", "elasticfilesystem:ListTagsForResource"];
const TAGS = ["elasticfilesystem:TagResource", "elasticfilesystem:UntagResource"];

export const EFS = {
    "aws:efs/fileSystem:FileSystem": {
        ...PART,
        simulated: {
            id: prefixed("fs"),
            outputs: ({ id }, place) => ({ arn: place.arn("elasticfilesystem", `file-system/${id}`) }),
        },
        cost: {
            use: (prices) =>
                `what file systems hold, ${prices.of(STORED_GB)} for a GB; what is read and written there, about 0.03 and 0.06 for a GB`,
        },
        minutes: 0.2,
        picture: {
            card: ({ encrypted, throughputMode }) => ({
                kind: "database",
                detail: "files of its tasks, EFS",
                amount: "",
                copies: "each",
                notes: [`${encrypted === true ? "encrypted" : "NOT encrypted"}, ${String(throughputMode)} throughput`],
            }),
        },
        ifLost: "a file system, with its files",
        stays: () => ["its backups, until they expire"],
        texts: {},
        laptop: "rendered",
        reads: READS,
        writes: [
            "elasticfilesystem:CreateFileSystem",
            "elasticfilesystem:UpdateFileSystem",
            "elasticfilesystem:DeleteFileSystem",
            ...TAGS,
        ],
        // efs/latest/ug/using-service-linked-roles.html
        linkedRole: { service: "elasticfilesystem.amazonaws.com", role: "AWSServiceRoleForAmazonElasticFileSystem" },
    },
    "aws:efs/mountTarget:MountTarget": {
        ...PART,
        simulated: { id: prefixed("fsmt"), outputs: () => ({}) },
        minutes: 1.5,
        // The mount targets of a file system are one address in several zones: their names end in a number.
        address: ({ securityGroups, subnetId }, name) => ({
            kind: "database",
            name: name.replace(/-\d+$/, ""),
            securityGroups: securityGroups as string[] | undefined,
            subnets: [String(subnetId)],
            isPublic: false,
        }),
        texts: {},
        laptop: "left out",
        reads: READS,
        writes: [
            "elasticfilesystem:CreateMountTarget",
            "elasticfilesystem:DeleteMountTarget",
            "elasticfilesystem:ModifyMountTargetSecurityGroups",
            // EFS asks for these of whoever makes a mount target (EFS API reference, CreateMountTarget, DeleteMountTarget).
            "ec2:CreateNetworkInterface",
            "ec2:DeleteNetworkInterface",
            "ec2:ModifyNetworkInterfaceAttribute",
        ],
    },
    "aws:efs/accessPoint:AccessPoint": {
        ...PART,
        simulated: {
            id: prefixed("fsap"),
            outputs: ({ id }, place) => ({ arn: place.arn("elasticfilesystem", `access-point/${id}`) }),
        },
        texts: {},
        laptop: "rendered",
        reads: READS,
        writes: ["elasticfilesystem:CreateAccessPoint", "elasticfilesystem:DeleteAccessPoint", ...TAGS],
    },
    "aws:efs/fileSystemPolicy:FileSystemPolicy": {
        ...PART,
        simulated: PLAIN,
        texts: {},
        laptop: "left out",
        reads: READS,
        writes: ["elasticfilesystem:PutFileSystemPolicy", "elasticfilesystem:DeleteFileSystemPolicy"],
    },
    "aws:efs/backupPolicy:BackupPolicy": {
        ...PART,
        simulated: PLAIN,
        texts: {},
        laptop: "left out",
        reads: READS,
        writes: ["elasticfilesystem:PutBackupPolicy"],
    },
} satisfies ResourceTypes;
