/** Directories that a container may write to, against what its Dockerfile makes of them. */
import { existsSync } from "node:fs";
import { finalInstructions, type Instruction, readDockerfile, volumePaths, withoutSlash } from "../dockerfile";
import type { Path, Problem } from "./common";

/** Everybody may write to these in any base image, and a volume starts with the mode of its directory. */
const OPEN = ["/tmp", "/var/tmp"];
/** By which a directory becomes somebody's, or everybody's. */
const GIVES = /\b(chown|chmod|useradd|adduser)\b|\binstall\b.*-[a-z]*[odm]\b|--chown|--chmod/;

/**
 * On Fargate a writable directory is a bind mount, which is root's with mode 0755 unless a VOLUME of the image names that very path; then it
 * starts with the owner, the mode and the files of the image's directory (ECS developer guide, "Use bind mounts with Amazon ECS").
 * A Docker on a laptop would take them without a VOLUME, too.
 */
export function writableProblems(
    path: Path,
    { writable = [], build, user }: { writable?: readonly string[]; build?: string; user: string },
): Problem[] {
    if (build === undefined || user === "0" || writable.length === 0 || !existsSync(`${build}/Dockerfile`)) return [];
    const known = finalInstructions(readDockerfile(build));
    return writable.flatMap((directory, i) => {
        const what = whatIsWrong(withoutSlash(directory), known);
        if (what === undefined) return [];
        const fix = `in ${build}/Dockerfile, in this order: ${remedy(withoutSlash(directory), user)}`;
        return [{ path: [...path, i], what: `${directory}: ${what}`, fix }];
    });
}

/** The two lines to write. */
export const remedy = (directory: string, user: string) =>
    OPEN.includes(directory)
        ? `VOLUME ${directory}`
        : `RUN mkdir -p ${directory} && chown ${user} ${directory} (as root, before USER); VOLUME ${directory}`;

function whatIsWrong(directory: string, known: readonly Instruction[]): string | undefined {
    const at = known.findIndex(({ name, args }) => name === "VOLUME" && volumePaths(args).includes(directory));
    if (at < 0) {
        return "no VOLUME of the Dockerfile names it, so that on Fargate it belongs to root, and the application may not write to it";
    }
    if (OPEN.includes(directory) || known.slice(0, at).some((one, i) => gives(one, directory, known.slice(0, i))))
        return undefined;
    return "its VOLUME comes before anything makes it the user's, so that on Fargate it belongs to root";
}

/** Whether an instruction hands over the directory, or one above it; what a user other than root makes is that user's. */
function gives({ name, args }: Instruction, directory: string, before: readonly Instruction[]): boolean {
    if (!["RUN", "COPY", "ADD"].includes(name)) return false;
    const parts = directory.split("/").slice(1);
    const named = parts.some((_, i) =>
        new RegExp(`(^|[\\s"'=:{,])/${escaped(parts.slice(0, i + 1).join("/"))}(?![\\w.-])`).test(args),
    );
    const user = before.findLast((one) => one.name === "USER")?.args ?? "root";
    // A variable of the shell may name it.
    const asked = named || (name === "RUN" && /\$\{?\w/.test(args));
    return asked && (GIVES.test(args) || !/^(0|root)(:|$)/.test(user));
}

const escaped = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
