/** Backups that outlive what they are of. */
import { PART, type ResourceTypes } from "./resource-type";
import { named, PLAIN, uuid } from "./simulated";
import { filled } from "./texts";

const TAGS = ["backup:TagResource", "backup:UntagResource"];

/** AWS Backup API reference, CreateBackupVault. */
const VAULT_NAME = filled({ takes: /^[A-Za-z0-9_-]{2,}$/, most: 50, words: "2 letters, digits, - and _ or more" });

export const BACKUP = {
    "aws:backup/vault:Vault": {
        ...PART,
        simulated: {
            id: named,
            outputs: ({ id }, place) => ({ name: id, arn: place.arn("backup", `backup-vault:${id}`) }),
        },
        cost: {
            use: () =>
                "what backups hold, about 0.10 for a GB of a database and 0.05 for a GB of files; what leaves the region for a copy",
        },
        ifLost: "a vault, with its backups",
        stays: ({ forceDestroy }) =>
            forceDestroy === true
                ? []
                : ["its backups: AWS deletes no vault that has any, and the destroy fails at it (docs/operations.md)"],
        texts: { name: VAULT_NAME },
        laptop: "left out",
        reads: ["backup:DescribeBackupVault", "backup:ListTags", "backup:ListRecoveryPointsByBackupVault"],
        writes: [
            "backup:CreateBackupVault",
            "backup:DeleteBackupVault",
            "backup:DeleteRecoveryPoint",
            "backup-storage:MountCapsule", // AWS Backup developer guide, "Backup vault creation and deletion"
            ...TAGS,
        ],
        // aws-backup/latest/devguide/using-service-linked-roles-AWSServiceRoleForBackup.html
        linkedRole: { service: "backup.amazonaws.com", role: "AWSServiceRoleForBackup" },
    },
    // No deployment opens a vault: the lock stays where the resource is deleted.
    "aws:backup/vaultLockConfiguration:VaultLockConfiguration": {
        ...PART,
        simulated: PLAIN,
        texts: { backupVaultName: VAULT_NAME },
        laptop: "left out",
        reads: ["backup:DescribeBackupVault"],
        writes: ["backup:PutBackupVaultLockConfiguration"],
    },
    "aws:backup/plan:Plan": {
        ...PART,
        simulated: {
            id: ({ name }) => uuid(name),
            outputs: ({ id }, place) => ({ arn: place.arn("backup", `backup-plan:${id}`) }),
        },
        texts: { name: filled({ takes: /^[A-Za-z0-9._-]+$/, most: 50, words: "letters, digits and . _ -" }) },
        laptop: "left out",
        reads: ["backup:GetBackupPlan", "backup:ListTags"],
        writes: ["backup:CreateBackupPlan", "backup:UpdateBackupPlan", "backup:DeleteBackupPlan", ...TAGS],
    },
    "aws:backup/selection:Selection": {
        ...PART,
        simulated: PLAIN,
        texts: { name: filled({ takes: /^[A-Za-z0-9._-]+$/, most: 50, words: "letters, digits and . _ -" }) },
        laptop: "left out",
        reads: ["backup:GetBackupSelection"],
        writes: ["backup:CreateBackupSelection", "backup:DeleteBackupSelection"],
    },
} satisfies ResourceTypes;
