/** Starts what was prepared, and tells how it comes up until all of it is well. */
import { docker, lastLines } from "./docker";
import { type Health, health } from "./health";
import { lastLine } from "./images";
import type { Prepared } from "./prepare";
import type { Progress } from "./progress";

const POLL_MILLISECONDS = 1000;
const LOG_LINES = 15;

/** Why something did not come up, and what it wrote last. */
export class NotUp extends Error {}

export interface Start {
    /** The compose file. */
    readonly file: string;
    readonly timeoutSeconds: number;
    readonly signal: AbortSignal;
}

export async function start(
    { project, state, variables }: Prepared,
    progress: Progress,
    options: Start,
): Promise<void> {
    const { file, timeoutSeconds, signal } = options;
    const end = Date.now() + timeoutSeconds * 1000;
    let ended: { code: number; stderr: string } | undefined;
    // Volumes without a name are made anew with their container: a task's never outlive it.
    const how = ["--detach", "--no-build", "--remove-orphans", "--renew-anon-volumes"];
    const command = ["compose", "--project-name", project, "--file", file, "--progress", "quiet", "up", ...how];
    const started = docker(command, { env: variables, signal }).then((result) => {
        ended = result;
    });
    for (;;) {
        if (signal.aborted) return void (await started);
        const all = await health(project, state);
        progress.rows(all);
        const failed = all.find((one) => one.failed);
        if (failed) throw await notUp(`${failed.name}: ${failed.failed!.why}`, failed.failed!.container);
        if (ended && ended.code !== 0) throw new NotUp(`docker compose: ${lastLine(ended.stderr)}`);
        if (ended && all.every(({ well }) => well)) break;
        if (Date.now() > end) throw await late(all, timeoutSeconds);
        await new Promise((resolve) => setTimeout(resolve, POLL_MILLISECONDS));
    }
    progress.clear();
}

async function late(all: readonly Health[], seconds: number): Promise<NotUp> {
    const missing = all.filter(({ well }) => !well);
    const names = missing.map(({ name, text }) => `${name} (${text})`).join(", ");
    return new NotUp(`not up within ${seconds} s: ${names}. npm run local -- logs ${missing[0]?.name ?? ""} says more`);
}

async function notUp(what: string, container: string): Promise<NotUp> {
    const lines = await lastLines(container, LOG_LINES);
    return new NotUp([what, ...lines.map((line) => `    ${line}`)].join("\n"));
}
