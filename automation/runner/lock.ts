/** The lock of a stack's state: who holds it, waiting for it, and never breaking it. */
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { ConcurrentUpdateError, LocalWorkspace } from "@pulumi/pulumi/automation";
import type { CommandContext } from "../shared/context";
import { Exit } from "../shared/errors";
import { pause } from "../shared/pause";
import { INTERRUPTED, LOCKED } from "../shared/exit-codes";
import { duration } from "./progress";
import type { Opened } from "./stack";

export interface Holder {
    /** `jane@ci-7 (pid 4711)`; undefined where the backend does not say. */
    readonly who?: string;
    /** Milliseconds since 1970. */
    readonly since?: number;
    /** Whether its process was one of this machine, and is no more. */
    readonly dead: boolean;
}

const POLL_MILLISECONDS = 3000;
const SAID_EVERY_MILLISECONDS = 30_000;

/** `created by jane@ci-7 (pid 4711) at 2026-11-24T13:50:59Z`, as the backends of files and buckets have it. */
const HELD = /created by (?<user>.*)@(?<host>[^@\s]+) \(pid (?<pid>\d+)\) at (?<at>\S+)/;

export function holderFrom(text: string, host = os.hostname(), runs: (pid: number) => boolean = isRunning): Holder {
    const found = HELD.exec(text)?.groups;
    if (!found) return { dead: false };
    const since = Date.parse(found.at!);
    return {
        who: `${found.user}@${found.host} (pid ${found.pid})`,
        since: Number.isNaN(since) ? undefined : since,
        dead: found.host === host && !runs(Number(found.pid)),
    };
}

function isRunning(pid: number): boolean {
    try {
        process.kill(pid, 0);
        return true;
    } catch (error) {
        return (error as NodeJS.ErrnoException).code === "EPERM"; // somebody else's, and there
    }
}

/**
 * Who holds the lock; undefined where nobody does. Only what wants a lock is told who has it: backends of files and buckets are asked to
 * make the stack once more, which they refuse in either case, and without a trace. Pulumi Cloud knows what runs.
 */
export async function holder({ stack, file, backend, options, created }: Opened): Promise<Holder | undefined> {
    if (created) return undefined;
    if (/^https?:/.test(backend)) {
        const [last] = await stack.history(1);
        if (last?.result !== "in-progress") return undefined;
        const { environment, startTime } = last;
        const who =
            environment["git.author.email"] ?? environment["git.committer.email"] ?? environment["ci.build.url"];
        return { who, since: new Date(startTime).getTime(), dead: false };
    }
    // Making a stack may write into its file.
    const folder = mkdtempSync(path.join(os.tmpdir(), "identity-lock-"));
    try {
        for (const name of ["Pulumi.yaml", file.file]) {
            copyFileSync(path.join(options.workDir!, name), path.join(folder, name));
        }
        const workspace = await LocalWorkspace.create({ ...options, workDir: folder, program: undefined });
        await workspace.createStack(stack.name);
    } catch (error) {
        if (error instanceof ConcurrentUpdateError) return holderFrom(error.message);
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
    return undefined;
}

export function describeHolder({ who, since, dead }: Holder, now: number): string {
    const by = who ?? "another run";
    const when = since === undefined ? "" : ` since ${iso(since)}, for ${duration(Math.max(0, now - since))}`;
    return `${by} holds the lock of the stack${when}${dead ? "; on this machine that process has ended" : ""}`;
}

const iso = (time: number) => `${new Date(time).toISOString().slice(0, 19)}Z`;

/** What to do where a lock is not let go of. It is for a person to break one. */
const howToCancel = (stack: string) =>
    [
        `  If that run is gone for good, pulumi cancel --stack ${stack} takes its lock away;`,
        "  while it goes on, that would let two of them change the same resources.",
        "  Then npm run up again: it takes up what the other one had begun.",
    ].join("\n");

/** Waits until nobody holds the lock. Ends the command where that takes too long, or will never be. */
export async function waitForLock(
    opened: Opened,
    { deadline, around }: { deadline: number; around: CommandContext },
    ask: () => Promise<Holder | undefined> = () => holder(opened),
): Promise<boolean> {
    let said = 0;
    for (let waited = false; ; waited = true) {
        const held = await ask();
        if (!held) return waited;
        const now = Date.now();
        const { name } = opened.stack;
        if (held.dead || now >= deadline) {
            const why = held.dead
                ? "nobody will let go of it"
                : "it was not let go of in time; --wait says how long to wait";
            throw new Exit(LOCKED, `${describeHolder(held, now)}\n  ${why}\n${howToCancel(name)}`);
        }
        if (now - said >= SAID_EVERY_MILLISECONDS) {
            around.err(`${describeHolder(held, now)}\n  waiting for up to ${duration(deadline - now)}\n`);
            said = now;
        }
        await pause(Math.min(POLL_MILLISECONDS, deadline - now), around.signal);
        if (around.signal.aborted) throw new Exit(INTERRUPTED, "interrupted; nothing was changed");
    }
}
