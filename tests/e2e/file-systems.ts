/** The operations of EFS that moto lacks: backup policies are kept here, and a file system's policy is taken away by saying so. */
const BACKUP_POLICY = /^\/2015-02-01\/file-systems\/(fs-[0-9a-f]+)\/backup-policy$/;
const FILE_SYSTEM_POLICY = /^\/2015-02-01\/file-systems\/fs-[0-9a-f]+\/policy$/;

const backups = new Map<string, string>();

/** What EFS answers; undefined for what moto knows (EFS API reference, PutBackupPolicy, DescribeBackupPolicy, DeleteFileSystemPolicy). */
export function efsAnswer(method: string, url: string, body: Buffer): string | undefined {
    const id = BACKUP_POLICY.exec(url)?.[1];
    if (id !== undefined) {
        if (method === "PUT") backups.set(id, body.toString("utf8"));
        return backups.get(id);
    }
    return method === "DELETE" && FILE_SYSTEM_POLICY.test(url) ? "{}" : undefined;
}
