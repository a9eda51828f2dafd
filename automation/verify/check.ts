/** A check and its possible results. */
import { setTimeout } from "node:timers/promises";
import { CommandError } from "../shared/errors";
import type { Target } from "./target";

export interface Check {
    /** Its name, for `--only`. */
    readonly name: string;
    /** What a passed check proves, in a few words. */
    readonly proves: string;
    /** What it does to a running stack that not every stack can bear: `it stops running tasks`. */
    readonly disruptive?: string;
    /** Returns what it found. Throws `Failed`, `Skipped` or `NotInStack`; any other error fails the check as well. */
    run(target: Target, context: CheckContext): Promise<string[]>;
}

export interface CheckContext {
    /** Reports the progress of a slow check. */
    say(text: string): void;
    readonly signal: AbortSignal;
    /** A factor for all time limits. @default 1 */
    readonly patience?: number;
}

/** The check failed. */
export class Failed extends CommandError {
    /** `means`: the likely cause, where it is known. */
    constructor(
        readonly expected: string,
        readonly seen: string,
        readonly means?: string,
    ) {
        super(`expected ${expected}; seen: ${seen}${means ? ` (${means})` : ""}`);
    }
}

/** The check cannot run from here, or lacks credentials or tools. */
export class Skipped extends CommandError {
    constructor(
        readonly reason: string,
        readonly remedy: string,
    ) {
        super(`${reason}: ${remedy}`);
    }
}

/** The stack has nothing to check. */
export class NotInStack extends CommandError {}

/** Checks several items, and throws all failures as one `Failed`. */
export async function all<Item>(items: readonly Item[], each: (item: Item) => Promise<string>): Promise<string[]> {
    const ends = await Promise.allSettled(items.map(each));
    const errors = ends.flatMap((end) => (end.status === "rejected" ? [end.reason as Error] : []));
    const otherError = errors.find((error) => !(error instanceof Failed));
    if (otherError) throw otherError;
    const failures = errors as Failed[];
    if (failures.length === 1) throw failures[0]!;
    if (failures.length > 1) {
        const unique = (texts: (string | undefined)[]) => [...new Set(texts.filter((text) => text !== undefined))];
        throw new Failed(
            unique(failures.map(({ expected }) => expected)).join("; "),
            failures.map(({ seen }) => seen).join("; "),
            unique(failures.map(({ means }) => means)).join("; ") || undefined,
        );
    }
    return ends.flatMap((end) => (end.status === "fulfilled" ? [end.value] : []));
}

/** Polls until `ask` returns a value; undefined after the time limit. */
export async function pollUntil<Value>(
    seconds: number,
    { signal, patience = 1 }: Partial<CheckContext>,
    ask: () => Promise<Value | undefined>,
    pauseSeconds = 0.5,
): Promise<Value | undefined> {
    const end = Date.now() + seconds * 1000 * patience;
    for (;;) {
        signal?.throwIfAborted();
        const answer = await ask();
        if (answer !== undefined || Date.now() > end) return answer;
        await setTimeout(pauseSeconds * 1000);
    }
}

/** Waits until a service lacks nothing, and says what it lacks. */
export async function settle(
    service: string,
    missing: () => Promise<string>,
    seconds: number,
    { say, signal }: CheckContext,
    pauseSeconds?: number,
): Promise<void> {
    let last = "";
    const isWhole = async () => {
        const now = await missing();
        if (now && now !== last) say(now);
        last = now;
        return now === "" || undefined;
    };
    if (!(await pollUntil(seconds, { signal }, isWhole, pauseSeconds)))
        throw new Error(`${service} is not whole again after ${seconds} s: ${last}`);
}

/** `1 task`, `2 tasks`. */
export const count = (number: number, what: string) => `${number} ${what}${number === 1 ? "" : "s"}`;
