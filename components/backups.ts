import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { accountAndRegion, roleFor } from "./iam";

/**
 * @example
 * new Backups("backups", { databases: ["shop-db-1a2b3c4d"], days: { daily: 35 } });
 */
export interface BackupsArgs {
    /** The identifiers of RDS instances. @default none */
    databases?: pulumi.Input<string>[];
    /** File systems (EFS), by ARN. @default none */
    fileSystems?: pulumi.Input<string>[];
    /** The days that the backups of each rule are kept. */
    days: { daily: number; weekly?: number | undefined; monthly?: number | undefined };
    /** Vaults that exist, by ARN, which each backup is copied to. @default none */
    copyTo?: readonly string[];
    /** Nobody who deploys can delete a backup before its days are over, nor take this back. @default false */
    lock?: boolean;
    /** Refuse to delete or replace the vault. Without it the vault's deletion takes its backups along. @default false */
    protect?: boolean;
}

/** In UTC: 05:00 every day, on Sundays, on the first of the month. */
const SCHEDULES = { daily: "cron(0 5 * * ? *)", weekly: "cron(0 5 ? * SUN *)", monthly: "cron(0 5 1 * ? *)" } as const;

/** AWS's own policy for the role of a plan. AWS changes it when AWS Backup needs another action. */
export const BACKUP_POLICY = "service-role/AWSBackupServiceRolePolicyForBackup";

/**
 * Backups that outlive what they are of (AWS Backup): a vault with a key of its own, a plan, and the role that the backups are made by.
 *
 * A backup of a database is a snapshot under the database's key, one of a file system is under the vault's (AWS Backup developer guide,
 * "Encryption for backups in AWS Backup"). None is continuous: RDS's own backups are, and AWS Backup would take these over.
 *
 * **Cost**: 1 USD a month for the key, and what the backups hold.
 */
export class Backups extends pulumi.ComponentResource {
    /** The vault's. */
    readonly arn: pulumi.Output<string>;
    /** Whether there are copies in other vaults. */
    readonly copied: boolean;

    constructor(name: string, args: BackupsArgs, opts?: pulumi.ComponentResourceOptions) {
        super("identity:index:Backups", name, {}, opts);
        const { protect, fileSystems = [], copyTo = [] } = args;
        const child = { parent: this };
        const key = new aws.kms.Key(
            name,
            {
                description: `Backups of ${pulumi.getProject()}, ${pulumi.getStack()}`,
                enableKeyRotation: true,
                deletionWindowInDays: 30, // a backup that somebody kept cannot be restored without it
            },
            { ...child, protect },
        );
        const vault = new aws.backup.Vault(name, { kmsKeyArn: key.arn, forceDestroy: !protect }, { ...child, protect });
        const rules = Object.entries(args.days).filter(
            (rule): rule is [keyof typeof SCHEDULES, number] => rule[1] !== undefined,
        );
        const kept = rules.map(([, days]) => days);
        const locked =
            args.lock &&
            new aws.backup.VaultLockConfiguration(
                name,
                {
                    backupVaultName: vault.name,
                    minRetentionDays: Math.min(...kept),
                    maxRetentionDays: Math.max(...kept),
                },
                // Without a date the lock is in governance mode: who may delete it can open it. No deployment does.
                { ...child, retainOnDelete: true },
            );
        const plan = new aws.backup.Plan(
            name,
            {
                rules: rules.map(([ruleName, deleteAfter]) => ({
                    ruleName,
                    targetVaultName: vault.name,
                    schedule: SCHEDULES[ruleName],
                    lifecycle: { deleteAfter },
                    recoveryPointTags: { Project: pulumi.getProject(), Stack: pulumi.getStack() },
                    copyActions: copyTo.map((destinationVaultArn) => ({
                        destinationVaultArn,
                        lifecycle: { deleteAfter },
                    })),
                })),
            },
            { ...child, dependsOn: locked ? [locked] : [] },
        );
        const { account, partition, region } = accountAndRegion(this);
        const databases = (args.databases ?? []).map(
            (identifier) => pulumi.interpolate`arn:${partition}:rds:${region}:${account}:db:${identifier}`,
        );
        const role = roleFor(name, "backup.amazonaws.com", child);
        const policy = new aws.iam.RolePolicyAttachment(
            name,
            { role: role.name, policyArn: pulumi.interpolate`arn:${partition}:iam::aws:policy/${BACKUP_POLICY}` },
            child,
        );
        new aws.backup.Selection(
            name,
            { planId: plan.id, iamRoleArn: role.arn, resources: [...databases, ...fileSystems] },
            { ...child, dependsOn: [policy] },
        );
        this.arn = vault.arn;
        this.copied = copyTo.length > 0;
        this.registerOutputs({ arn: this.arn });
    }
}
