/** The file systems of a heritage's `volumes`. */
import { FileSystem } from "../components/file-system";
import type { EfsVolume } from "../components/fargate/efs-volume";
import type { HeritageConfig } from "../config/defaults";
import type { District } from "./district";

/** By the volume's name; a volume without `efs` begins empty with each task, and makes nothing. */
export function fileSystems(
    heritage: string,
    { volumes, user }: Pick<HeritageConfig, "volumes" | "user">,
    { vpc, secrets, config, opts }: District,
): Record<string, EfsVolume> {
    return Object.fromEntries(
        Object.entries(volumes).flatMap(([name, { efs }]) => {
            if (!efs) return [];
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
