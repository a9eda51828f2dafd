import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { run } from "./docker";
import type { TaskDefinition } from "./task-definition";

export const ROOT = resolve(__dirname, "../..");

/**
 * The task definition of a service as the plan of dev renders it, which is as Fargate gets it. `TASK_DEFINITIONS=<folder>` takes those of
 * another plan, such as `build/plan/prod/task-definitions`.
 */
export async function taskDefinition(service: string): Promise<TaskDefinition> {
    const folder = process.env.TASK_DEFINITIONS ?? (await (planned ??= plan()));
    return JSON.parse(readFileSync(join(folder, `${service}.json`), "utf8"));
}

let planned: Promise<string> | undefined;

async function plan(): Promise<string> {
    const args = [join(ROOT, "bin/identity.js"), "plan", "--stack", "dev"];
    const { code, stdout, stderr } = await run(process.execPath, args, { timeoutSeconds: 300, cwd: ROOT });
    if (code !== 0) throw new Error(`the plan failed: ${(stdout + stderr).trim()}`);
    return join(ROOT, "build/plan/dev/task-definitions");
}

/** What a folder's Dockerfile starts from, where no build argument says another. */
export const baseImage = (folder: string, variable: string) =>
    readFileSync(join(ROOT, "images", folder, "Dockerfile"), "utf8").match(
        new RegExp(`^ARG ${variable}=(\\S+)$`, "m"),
    )![1]!;
