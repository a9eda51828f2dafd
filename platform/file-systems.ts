/** The file systems of a heritage's `volumes`. */
import { ExistingFileSystem } from "../components/existing-file-system";
import { FileSystem } from "../components/file-system";
import type { EfsVolume } from "../components/fargate/efs-volume";
import { UserError } from "../components/user-error";
import type { HeritageConfig } from "../config/defaults";
import type { District } from "./district";

/** By the volume's name; a volume without `efs` begins empty with each task, and makes nothing. */
export function fileSystems(
    heritage: string,
    { volumes, user }: Pick<HeritageConfig, "volumes" | "user">,
    { vpc, secrets, config, opts, existing }: District,
): Record<string, EfsVolume> {
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
            const fileSystem = new FileSystem(
                `${heritage}-${name}`,
                {
                    vpc,
                    zones: config.network.zones,
                    kmsKeyArn: secrets.keyArn,
                    user,
                    backups: efs.backups,
                    protect: config.protect,
                },
                opts,
            );
            return [[name, fileSystem.volume] as const];
        }),
    );
}
