/** What the project's Dockerfiles start from. */
import path from "node:path";
import type { Build } from "../../components/container-image/build";
import { readDockerfile } from "../../config/dockerfile";

export const ROOT = path.join(__dirname, "../..");

/** A build of the project, from whichever directory. */
export const inProject = <B extends Build>(build: B): B => ({ ...build, context: path.join(ROOT, build.context) });

/** The images that a build starts FROM, its ARGs filled in; its own stages are not among them. */
export function baseImages(build: Build): string[] {
    const stages = readDockerfile(inProject(build));
    const own = new Set([...stages.map(({ name }) => name), "scratch"]); // scratch is no image
    return [...new Set(stages.map(({ from }) => from).filter((from) => !own.has(from)))];
}
