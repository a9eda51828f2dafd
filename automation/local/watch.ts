/** Which files have changed, until somebody interrupts. */
import { existsSync, type FSWatcher, readdirSync, watch as watchFolder } from "node:fs";
import path from "node:path";

/** Editors write a file in several steps, and several files one after the other. */
const SETTLED_MILLISECONDS = 150;
/** Written by others than the developer, and often. */
const PASSED_BY = ["node_modules", ".git", "__pycache__"];

/** Hands the files that changed to `changed`, again and again; those that change meanwhile are the next ones. Returns when it is interrupted. */
export async function watch(
    folders: readonly string[],
    signal: AbortSignal,
    changed: (files: readonly string[]) => Promise<void>,
): Promise<void> {
    const files = new Set<string>();
    let last = 0;
    let wake = () => {};
    signal.addEventListener("abort", () => wake());
    // Each folder by itself: Node's recursive watch loses a file that an editor puts another one in the place of.
    const watchers = new Map<string, FSWatcher>();
    const look = () => {
        for (const folder of folders.flatMap(withFoldersBelow)) {
            if (watchers.has(folder)) continue;
            const watcher = watchFolder(folder, (_, name) => {
                if (name === null || PASSED_BY.includes(name)) return;
                files.add(path.join(folder, name));
                last = Date.now();
                wake();
            });
            watcher.on("error", () => {}); // the folder is gone
            watchers.set(folder, watcher);
        }
        for (const [folder, watcher] of watchers) {
            if (existsSync(folder)) continue;
            watcher.close();
            watchers.delete(folder);
        }
    };
    look();
    try {
        while (!signal.aborted) {
            if (files.size === 0) await new Promise<void>((resolve) => (wake = resolve));
            while (!signal.aborted && Date.now() - last < SETTLED_MILLISECONDS)
                await new Promise((resolve) => setTimeout(resolve, SETTLED_MILLISECONDS));
            if (signal.aborted) return;
            look();
            const now = [...files];
            files.clear();
            await changed(now);
        }
    } finally {
        for (const watcher of watchers.values()) watcher.close();
    }
}

function withFoldersBelow(folder: string): string[] {
    if (!existsSync(folder)) return [];
    const below = readdirSync(folder, { withFileTypes: true }).filter(
        (entry) => entry.isDirectory() && !PASSED_BY.includes(entry.name),
    );
    return [folder, ...below.flatMap(({ name }) => withFoldersBelow(path.join(folder, name)))];
}
