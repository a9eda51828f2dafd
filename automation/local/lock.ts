/** One `up` of a stack at a time. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { UsageError } from "../shared/errors";
import { localFolder } from "./state";

/** Takes the lock of a stack, and returns what gives it back. Throws a `UsageError` while another process has it. */
export function lock(root: string, stack: string): () => void {
    const file = path.join(root, localFolder(stack), "up.pid");
    mkdirSync(path.dirname(file), { recursive: true });
    for (;;) {
        try {
            writeFileSync(file, String(process.pid), { flag: "wx" });
            return () => rmSync(file, { force: true });
        } catch (error) {
            if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
            const holder = Number(readFileSync(file, "utf8"));
            if (isRunning(holder)) {
                throw new UsageError(
                    `another npx identity local up of the stack ${stack} is under way (process ${holder}): wait until it has ended, ` +
                        `or delete ${path.join(localFolder(stack), "up.pid")} where that process is something else`,
                );
            }
            rmSync(file, { force: true }); // of an up that was killed
        }
    }
}

function isRunning(pid: number): boolean {
    if (!Number.isInteger(pid) || pid <= 0) return false;
    try {
        process.kill(pid, 0);
        return true;
    } catch (error) {
        return (error as NodeJS.ErrnoException).code === "EPERM"; // another user's
    }
}
