/** `storage` of a Copilot manifest. */
import { fitName, WORKLOAD_NAME } from "../names";
import type { Workload } from "../model";
import type { Node } from "../node";

export function readStorage(manifest: Node, workload: Workload) {
    const storage = manifest.get("storage");
    storage?.get("readonly_fs")?.leaveOut("the file system is read-only anyway");
    for (const [key, volume] of storage?.get("volumes")?.entries() ?? []) {
        const name = fitName(key, WORKLOAD_NAME, Object.keys(workload.volumes));
        const at = volume.get("path")?.text() ?? `/${key}`;
        const efs = volume.get("efs");
        volume.get("read_only")?.leaveOut("the file system's own rights say who writes");
        if (!efs || efs.plain() === false) {
            efs?.take();
            workload.writable.push(at);
            continue;
        }
        workload.volumes[name] = { efs: {} };
        workload.keys.mounts = { ...(workload.keys.mounts as object | undefined), [name]: at };
        const id = efs.get("id")?.text();
        const what = id === undefined ? "made anew" : `made anew, beside ${id}`;
        efs.take();
        workload.todo(`${at}: its file system is ${what}, and empty: copy the files there.`, "mounts", name);
    }
}
