/** Backups beyond the instance. */
import { z } from "zod";

/** AWS Backup takes up to 36,500 days (API reference, Lifecycle). */
const days = (about: string) => z.int().min(1).max(36_500).optional().describe(`Days, 1 to 36500, that ${about}`);

export const backup = z
    .strictObject({
        daily: days("the backup of each day is kept. Default: 35."),
        weekly: days("the backup of each Sunday is kept. Default: none."),
        monthly: days("the backup of each first of the month is kept. Default: none."),
        copyTo: z
            .array(z.string().regex(/^arn:aws:backup:[a-z0-9-]+:\d{12}:backup-vault:[A-Za-z0-9_-]{2,50}$/, "vault ARN"))
            .max(5)
            .optional()
            .describe(
                "Vaults that exist, by ARN (arn:aws:backup:…:backup-vault: and a name of 2 to 50 characters), in other regions or accounts. Each backup is " +
                    "copied there. Default: none.",
            ),
        lock: z
            .boolean()
            .optional()
            .describe(
                "Nobody who deploys can delete a backup before its days are over, nor take this back. Default: prod.",
            ),
    })
    .describe(
        "Backups of all databases, and of the file systems that have backups, by AWS Backup; see docs/operations.md. {} takes the defaults. Default: none.",
    );
