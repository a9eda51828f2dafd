/** The file systems of a heritage's `volumes`. */
import { ExistingFileSystem } from "../components/existing-file-system";
import type { EfsVolume } from "../components/fargate/efs-volume";
import { UserError } from "../components/user-error";
import type { HeritageConfig } from "../config/defaults";
import type { District } from "./district";

/** By the volume's name; a volume without `efs` begins empty with each task, and makes nothing. */
export function fileSystems(
    heritage: string,
    { volumes, user }: Pick<HeritageConfig, "volumes" | "user">,
    district: District,
): Record<string, EfsVolume> {
    const { existing, opts } = district;
    return Object.fromEntries(
        Object.entries(volumes).flatMap(([name, { efs }]) => {
            if (!efs) return [];
            if (efs.existing !== undefined) {
                const found = existing.fileSystems.get(efs.existing);
                if (!found) throw new UserError(`${efs.existing}: it was not looked up before the stack was made`);
                const { directory } = efs;
                const kept = new ExistingFileSystem(`${heritage}-${name}`, { ...found, user, directory }, opts);
                return [[name, kept.volume] as const];
            }
            const fileSystem = district.newFileSystem(`${heritage}-${name}`, { user, backups: efs.backups });
            return [[name, fileSystem.volume] as const];
        }),
    );
}
