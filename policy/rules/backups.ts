/** Policies for AWS Backup: what a stack that has it must not lose. */
import type { Policy } from "../policy";
import { findingUnless, oncePerStack } from "../policy";
import { INSTANCE } from "./databases";

export const BACKUP_PLAN = "aws:backup/plan:Plan";
const VAULT = "aws:backup/vault:Vault";
const VAULT_LOCK = "aws:backup/vaultLockConfiguration:VaultLockConfiguration";
const SELECTION = "aws:backup/selection:Selection";

/** The URNs of what AWS Backup backs up. */
const selected = oncePerStack(
    (stack) =>
        new Set(
            stack
                .ofType([SELECTION])
                .filter((selection) => selection.refersTo("planId").length > 0)
                .flatMap((selection) => selection.refersTo("resources"))
                .map(({ urn }) => urn),
        ),
);

export const BACKUP_POLICIES: readonly Policy[] = [
    {
        name: "backup-vault-lock",
        asks: "In prod nobody deletes a backup before its time: its vault has a lock.",
        fix: "a VaultLockConfiguration of the vault; `backup.lock: true` of a stack file, its default in prod",
        dev: "off",
        types: [VAULT],
        checkInStack: (vault, stack) => {
            const isLocked = stack
                .ofType([VAULT_LOCK])
                .some((lock) => lock.refersTo("backupVaultName").some(({ urn }) => urn === vault.urn));
            return findingUnless(isLocked, "it has no lock: whoever may delete a backup can delete all of them");
        },
    },
    {
        name: "backup-databases",
        asks: "In prod, where AWS Backup has a plan, it backs up every database.",
        fix: "the database's ARN in a Selection of the plan, as Backups has it",
        dev: "off",
        types: [INSTANCE],
        // A file system may be without backups by choice (`backups: false`), and does not tell.
        checkInStack: (database, stack) => {
            if (stack.ofType([BACKUP_PLAN]).length === 0) return [];
            return findingUnless(selected(stack).has(database.urn), "no selection of AWS Backup has it");
        },
    },
];
