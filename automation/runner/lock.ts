/** Finds the holder of a state's lock, and waits for it. Never breaks the lock. */
import { rmSync } from "node:fs";
import { ConcurrentUpdateError, LocalWorkspace } from "@pulumi/pulumi/automation";
import type { CommandContext } from "../shared/context";
import { Exit } from "../shared/errors";
import { pause } from "../shared/pause";
import { INTERRUPTED, LOCKED } from "../shared/exit-codes";
import { duration } from "./progress";
import { copyOfProject, type OpenedStack } from "./stack";

const POLL_MILLISECONDS = 3000;
const REPEAT_MILLISECONDS = 30_000;

/** `jane@ci-7 (pid 4711) since 2026-11-24T13:50:59Z`, from Pulumi's error for a locked stack. Pulumi Cloud's error has no name. */
export function holderFrom(message: string): string {
    const found = /created by (?<who>.* \(pid \d+\)) at (?<since>\S+)/.exec(message)?.groups;
    return found ? `${found.who} since ${found.since}` : "another run";
}

/**
 * The holder of the lock; undefined where it is free. Only a command that needs the lock gets to know its holder. For backends in files and
 * buckets it is `pulumi stack init` of the existing stack: it always fails and changes nothing. Pulumi Cloud has the running update in its
 * history.
 */
export async function holder({ stack, file, backend, options, created }: OpenedStack): Promise<string | undefined> {
    if (created) return undefined;
    if (/^https?:/.test(backend)) {
        const [last] = await stack.history(1);
        return last?.result === "in-progress" ? `another run since ${last.startTime.toISOString()}` : undefined;
    }
    const folder = copyOfProject(options, file.file);
    try {
        const workspace = await LocalWorkspace.create({ ...options, workDir: folder, program: undefined });
        await workspace.createStack(stack.name);
    } catch (error) {
        if (error instanceof ConcurrentUpdateError) return holderFrom(error.message);
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
    return undefined;
}

/** Waits until the lock is free. Ends the command at the deadline. */
export async function waitForLock(
    opened: OpenedStack,
    { deadline, context }: { /** Milliseconds since 1970. */ deadline: number; context: CommandContext },
    ask: () => Promise<string | undefined> = () => holder(opened),
): Promise<void> {
    const cancel = `  if that run is gone for good: pulumi cancel --stack ${opened.stack.name}`;
    for (let saidAt = 0; ;) {
        const held = await ask();
        if (held === undefined) return;
        const now = Date.now();
        const locked = `the stack is locked by ${held}`;
        if (now >= deadline) throw new Exit(LOCKED, `${locked}; --wait says how long to wait\n${cancel}`);
        if (now - saidAt >= REPEAT_MILLISECONDS) {
            context.err(`${locked}; waiting for up to ${duration(deadline - now)}\n${cancel}\n`);
            saidAt = now;
        }
        await pause(Math.min(POLL_MILLISECONDS, deadline - now), context.signal);
        if (context.signal.aborted) throw new Exit(INTERRUPTED, "interrupted; nothing was changed");
    }
}
