/** Backups of what the stack keeps: of its databases, and of its file systems that have backups. */
import { Backups } from "../components/backups";
import type { District } from "./district";

/** Undefined where the stack file has no `backup`. To be called when every database and file system is there. */
export function backups(district: District): Backups | undefined {
    const { config, opts, backedUpFiles } = district;
    if (!config.backup) return undefined;
    const { copyTo, lock, ...days } = config.backup;
    const of = { databases: district.instanceIdentifiers(), fileSystems: backedUpFiles };
    return new Backups("backups", { ...of, days, copyTo, lock, protect: config.protect }, opts);
}
