import type { Cases, Given } from "../support";

type Beside = NonNullable<Given["beside"]>;
const vault = (...beside: Beside): Given => ({
    type: "aws:backup/vault:Vault",
    inputs: { kmsKeyArn: "arn:key" },
    beside,
});
const lock = (backupVaultName: string) => ({
    type: "aws:backup/vaultLockConfiguration:VaultLockConfiguration",
    name: "lock",
    inputs: { backupVaultName },
});
const database = (...beside: Beside): Given => ({
    type: "aws:rds/instance:Instance",
    inputs: { instanceClass: "db.m7g.large" },
    beside,
});
const PLAN = { type: "aws:backup/plan:Plan", name: "plan", inputs: { rules: "daily" } };
const selection = (planId: string, ...resources: string[]) => ({
    type: "aws:backup/selection:Selection",
    name: "selection",
    inputs: { planId, resources },
});

export const BACKUPS: Record<string, Cases> = {
    "backup-vault-lock": {
        passes: [vault(lock("it"))],
        fails: [
            [vault(), "it has no lock: whoever may delete a backup can delete all of them"],
            [vault(lock("other")), "it has no lock: whoever may delete a backup can delete all of them"],
        ],
    },
    "backup-databases": {
        passes: [database(), database(PLAN, selection("plan", "other", "it"))],
        fails: [
            [database(PLAN), "no selection of AWS Backup has it"],
            [database(PLAN, selection("plan", "other")), "no selection of AWS Backup has it"],
            [database(PLAN, selection("another", "it")), "no selection of AWS Backup has it"],
        ],
    },
};
