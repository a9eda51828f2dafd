import path from "node:path/posix";
import type { Path, Problem } from "./common";

/** What the kernel and the container runtime keep for themselves (OCI runtime specification, "Default Filesystems"). */
const KEPT = ["/proc", "/sys", "/dev"];

/** Directories that a task may write to: each becomes an empty volume at that very path. */
export function writableProblems(at: Path, directories: readonly string[]): Problem[] {
    return directories.flatMap((directory, i): Problem[] => {
        const own = [...at, i];
        if (!directory.startsWith("/")) {
            return [{ path: own, what: `"${directory}" has no slash in front`, fix: path.normalize(`/${directory}`) }];
        }
        const whole = path.normalize(directory).replace(/(?<=.)\/$/, "");
        if (whole === "/") {
            return [
                {
                    path: own,
                    what: "/ is the whole file system, with the application in it, and a volume would hide it",
                    fix: "the directories that it writes to, e.g. /tmp",
                },
            ];
        }
        if (directory !== whole) return [{ path: own, what: `"${directory}" is ${whole}`, fix: whole }];
        if (!/^[A-Za-z0-9._/-]+$/.test(directory)) {
            const what = `"${directory}" has a character in it that a mount does not take`;
            return [{ path: own, what, fix: "letters, digits and ._-" }];
        }
        const kept = KEPT.find((one) => whole === one || whole.startsWith(`${one}/`));
        if (kept !== undefined) {
            return [{ path: own, what: `${kept} is the kernel's, and takes no volume`, fix: "leave it out" }];
        }
        return directories.indexOf(directory) < i ? [{ path: own, what: "is there twice", fix: "once" }] : [];
    });
}
