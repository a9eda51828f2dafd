/** The operations of AWS Backup that moto lacks: selections are kept here, and no vault has a backup, since moto makes none. */
import { randomUUID } from "node:crypto";

const SELECTIONS = /^\/backup\/plans\/([^/]+)\/selections(?:\/([^/]*))?$/;
const RECOVERY_POINTS = /^\/backup-vaults\/[^/]+\/recovery-points\/?(\?.*)?$/;

const selections = new Map<string, object>();

const TAGS = /^\/tags\/arn(:|%3A)aws[\w-]*(:|%3A)backup(:|%3A)[^/?]+$/i;

/** moto takes what is before the last slash for the ARN, and Go's SDK sends none. */
export const backupUrl = (method: string, url: string) => (method === "GET" && TAGS.test(url) ? `${url}/` : url);

/** What AWS Backup answers; undefined for what moto knows (API reference: CreateBackupSelection, GetBackupSelection and the others). */
export function backupAnswer(method: string, url: string, body: Buffer): { status: number; text: string } | undefined {
    if (method === "GET" && RECOVERY_POINTS.test(url)) return { status: 200, text: '{"RecoveryPoints":[]}' };
    const [, BackupPlanId, id] = SELECTIONS.exec(url) ?? [];
    if (BackupPlanId === undefined) return undefined;
    if (method === "PUT") {
        const SelectionId = randomUUID();
        const { BackupSelection } = JSON.parse(body.toString("utf8")) as { BackupSelection: object };
        const made = { BackupPlanId, SelectionId, CreationDate: Date.now() / 1000 };
        selections.set(SelectionId, { ...made, BackupSelection });
        return { status: 200, text: JSON.stringify(made) };
    }
    const kept = selections.get(id!);
    if (kept === undefined) {
        return {
            status: 400,
            text: JSON.stringify({ Code: "ERROR_1001", Message: "Cannot find Backup plan", Type: "User" }),
        };
    }
    if (method === "DELETE") selections.delete(id!);
    return { status: 200, text: method === "DELETE" ? "" : JSON.stringify(kept) };
}
