/** `storage` of a Copilot manifest. */
import type { Workload } from "../model";
import type { Node } from "../node";

export function readStorage(manifest: Node, workload: Workload) {
    const storage = manifest.get("storage");
    for (const [key, volume] of storage?.entries("volumes") ?? []) {
        const at = volume.text("path") ?? `/${key}`;
        const efs = volume.get("efs");
        volume.get("read_only")?.leaveOut("the file system's own rights say who writes");
        if (!efs || efs.plain() === false) {
            efs?.take();
            workload.writable.push(at);
            continue;
        }
        const id = efs.text("id");
        const directory = efs.text("root_dir");
        efs.get("auth")?.leaveOut("the program makes an access point, and rights to it");
        if (efs.isLeaf) efs.take();
        workload.persistentAt(at, key, at, id === undefined ? undefined : { id, directory });
    }
}
