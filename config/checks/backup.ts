/** Backups beyond the instance. */
import type { PlatformConfig } from "../defaults";
import { databaseInstances } from "../instances";
import type { Problem } from "./common";

export function checkBackup(config: PlatformConfig): Problem[] {
    const { backup } = config;
    if (backup === undefined) return [];
    const problems: Problem[] = [];
    if (databaseInstances(config).length === 0 && !hasFiles(config)) {
        problems.push({
            path: ["backup"],
            what: "there is neither a database nor a file system with backups in the stack",
            fix: "leave it out",
        });
    }
    const { daily } = backup;
    for (const rule of ["weekly", "monthly"] as const) {
        const kept = backup[rule];
        if (kept === undefined || kept > daily) continue;
        problems.push({
            path: ["backup", rule],
            what: `${kept} days are over with those of the daily backups, ${daily}: it would be a second one of the same day`,
            fix: `more than ${daily}, or leave it out`,
        });
    }
    backup.copyTo.forEach((arn, i) => {
        if (backup.copyTo.indexOf(arn) === i) return;
        problems.push({ path: ["backup", "copyTo", i], what: `${arn} is there twice`, fix: "each vault once" });
    });
    return problems;
}

/** Whether a file system of the stack has backups. */
const hasFiles = ({ agents, heritages }: PlatformConfig) =>
    Object.values(agents).some(({ tails }) => tails?.backups) ||
    Object.values(heritages).some(({ volumes }) =>
        Object.values(volumes).some(({ efs }) => efs?.existing === undefined && efs?.backups),
    );
