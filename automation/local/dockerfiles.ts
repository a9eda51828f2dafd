/** What the project's Dockerfiles start from. */
import path from "node:path";
import { readDockerfile } from "../../config/dockerfile";

export const ROOT = path.join(__dirname, "../..");

/** The images that a folder's Dockerfile starts FROM, its ARGs filled in; its own stages are not among them. */
export function baseImages(folder: string, args: Readonly<Record<string, string>> = {}): string[] {
    const stages = readDockerfile(path.join(ROOT, folder), args);
    const stageNames = new Set(stages.map(({ name }) => name));
    return [...new Set(stages.map(({ from }) => from).filter((from) => !stageNames.has(from)))];
}
