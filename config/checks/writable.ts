/** Whether a container's user may write to its writable directories, by the Dockerfile. */
import { statSync } from "node:fs";
import path from "node:path/posix";
import { dockerfileOf } from "../../components/container-image/build";
import { type BuildInput, buildOf } from "../builds";
import { finalInstructions, type Instruction, readDockerfile, volumePaths, withoutSlash } from "../dockerfile";
import type { Path, Problem } from "./common";

/** What the kernel and the container runtime keep for themselves (OCI runtime specification, "Default Filesystems"). */
const KEPT = ["/proc", "/sys", "/dev"];

/** What is wrong with a directory's path: it becomes an empty volume there. */
export function directoryProblems(at: Path, directories: readonly string[], i: number): Problem[] {
    const directory = directories[i]!;
    if (!directory.startsWith("/")) {
        return [{ path: at, what: `"${directory}" has no slash in front`, fix: path.normalize(`/${directory}`) }];
    }
    const whole = path.normalize(directory).replace(/(?<=.)\/$/, "");
    if (whole === "/") {
        return [
            {
                path: at,
                what: "/ is the whole file system, with the application in it, and a volume would hide it",
                fix: "the directories that it writes to, e.g. /tmp",
            },
        ];
    }
    if (directory !== whole) return [{ path: at, what: `"${directory}" is ${whole}`, fix: whole }];
    if (!/^[A-Za-z0-9._/-]+$/.test(directory)) {
        const what = `"${directory}" has a character in it that a mount does not take`;
        return [{ path: at, what, fix: "letters, digits and ._-" }];
    }
    const kept = KEPT.find((folder) => whole === folder || whole.startsWith(`${folder}/`));
    if (kept !== undefined) {
        return [{ path: at, what: `${kept} is the kernel's, and takes no volume`, fix: "leave it out" }];
    }
    return directories.indexOf(directory) < i ? [{ path: at, what: "is there twice", fix: "once" }] : [];
}

/** Everybody may write to these in any base image, and a volume starts with the mode of its directory. */
const OPEN = ["/tmp", "/var/tmp"];
/** Commands that change the owner or the mode of a directory. */
const GIVES = /\b(chown|chmod|useradd|adduser)\b|\binstall\b.*-[a-z]*[odm]\b|--chown|--chmod/;

/**
 * On Fargate a writable directory is a bind mount. It is root's with mode 0755, unless a VOLUME of the image names that very path. Then it
 * starts with the owner, the mode and the files of the image's directory (ECS developer guide, "Use bind mounts with Amazon ECS").
 * A Docker on a laptop would take them without a VOLUME, too.
 */
export function writableProblems(at: Path, container: Container): Problem[] {
    const { writable = [] } = container;
    return writable.flatMap((directory, i) => {
        const place = [...at, i];
        const named = directoryProblems(place, writable, i);
        return named.length > 0 ? named : volumeProblems(place, directory, container);
    });
}

/** Named volumes are bind mounts, too. */
export function mountedProblems(
    at: Path,
    container: Container & { mounts: Readonly<Record<string, string>> },
): Problem[] {
    const { mounts, writable = [] } = container;
    return Object.entries(mounts).flatMap(([name, directory]) => {
        const place = [...at, name];
        if (writable.includes(directory)) {
            return [{ path: place, what: `${directory} is in writable, too`, fix: "one of the two" }];
        }
        return directory.startsWith("/") ? volumeProblems(place, directory, container) : [];
    });
}

interface Container {
    readonly writable?: readonly string[];
    readonly build?: BuildInput;
    readonly user: string;
}

function volumeProblems(at: Path, directory: string, { build, user }: Container): Problem[] {
    if (build === undefined || user === "0") return [];
    const file = dockerfileOf(buildOf(build));
    if (!statSync(file, { throwIfNoEntry: false })?.isFile()) return []; // the check of `build` reports it
    const what = whatIsWrong(withoutSlash(directory), finalInstructions(readDockerfile(buildOf(build))));
    if (what === undefined) return [];
    const fix = `in ${file}, in this order: ${remedy(withoutSlash(directory), user)}`;
    return [{ path: at, what: `${directory}: ${what}`, fix }];
}

/** The two lines that the Dockerfile needs. */
export const remedy = (directory: string, user: string) =>
    OPEN.includes(directory)
        ? `VOLUME ${directory}`
        : `RUN mkdir -p ${directory} && chown ${user} ${directory} (as root, before USER); VOLUME ${directory}`;

function whatIsWrong(directory: string, known: readonly Instruction[]): string | undefined {
    const at = known.findIndex(({ name, args }) => name === "VOLUME" && volumePaths(args).includes(directory));
    if (at < 0) {
        return "no VOLUME of the Dockerfile names it, so that on Fargate it belongs to root, and the application may not write to it";
    }
    if (
        OPEN.includes(directory) ||
        known.slice(0, at).some((instruction, i) => gives(instruction, directory, known.slice(0, i)))
    )
        return undefined;
    return "its VOLUME comes before anything makes it the user's, so that on Fargate it belongs to root";
}

/** Whether an instruction gives the directory, or one above it, to the user. What another user than root creates belongs to that user. */
function gives({ name, args }: Instruction, directory: string, before: readonly Instruction[]): boolean {
    if (!["RUN", "COPY", "ADD"].includes(name)) return false;
    const parts = directory.split("/").slice(1);
    const named = parts.some((_, i) =>
        new RegExp(`(^|[\\s"'=:{,])/${escaped(parts.slice(0, i + 1).join("/"))}(?![\\w.-])`).test(args),
    );
    const user = before.findLast((instruction) => instruction.name === "USER")?.args ?? "root";
    // A shell variable may hold the path.
    const isUnknown = named || (name === "RUN" && /\$\{?\w/.test(args));
    return isUnknown && (GIVES.test(args) || !/^(0|root)(:|$)/.test(user));
}

const escaped = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
