import type { EfsVolume } from "../fargate/efs-volume";
import type { SidecarArgs } from "./sidecars";

/** The file systems that a task mounts, in the application's container or in a sidecar. */
export function mountedEfs(
    volumes: Readonly<Record<string, EfsVolume>> = {},
    { mounts, sidecars = {} }: { mounts?: Record<string, string>; sidecars?: Record<string, SidecarArgs> },
): Record<string, EfsVolume> | undefined {
    const names = [mounts, ...Object.values(sidecars).map((sidecar) => sidecar.mounts)].flatMap((mounted) =>
        Object.keys(mounted ?? {}),
    );
    const mounted = Object.entries(volumes).filter(([name]) => names.includes(name));
    return mounted.length > 0 ? Object.fromEntries(mounted) : undefined;
}
