/** `storage` of a Copilot manifest. */
import type { Workload } from "../model";
import type { Node } from "../node";

export function readStorage(manifest: Node, workload: Workload) {
    const storage = manifest.get("storage");
    storage?.get("readonly_fs")?.leaveOut("the file system is read-only anyway");
    for (const [key, volume] of storage?.get("volumes")?.entries() ?? []) {
        const at = volume.get("path")?.text() ?? `/${key}`;
        const efs = volume.get("efs");
        volume.get("read_only")?.leaveOut("the file system's own rights say who writes");
        if (!efs || efs.plain() === false) {
            efs?.take();
            workload.writable.push(at);
            continue;
        }
        const id = efs.get("id")?.text();
        const directory = efs.get("root_dir")?.text();
        efs.get("auth")?.leaveOut("the program makes an access point, and rights to it");
        if (efs.isLeaf) efs.take();
        workload.persistentAt(at, key, at, id === undefined ? undefined : { id, directory });
    }
}
