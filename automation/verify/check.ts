/** What a check is, and how it can end. */
import type { Target } from "./target";

export interface Check {
    /** What `--only` calls it. */
    readonly name: string;
    /** What it proves, in a few words. */
    readonly proves: string;
    /** It takes something down for a while. */
    readonly disruptive?: true;
    /** Says what was seen; throws `Failed`, `Skipped` or `Absent`. Any other error fails the check, too. */
    run(target: Target, around: Around): Promise<string[]>;
}

export interface Around {
    /** What goes on, in a check that takes long. */
    say(text: string): void;
    readonly signal: AbortSignal;
    /** What every time that something may take is multiplied by. @default 1 */
    readonly patience?: number;
}

/** It is not as it should be. */
export class Failed extends Error {
    /** `means`: what it comes from, where that can be told. */
    constructor(
        readonly expected: string,
        readonly seen: string,
        readonly means?: string,
    ) {
        super(`expected ${expected}; seen: ${seen}${means ? ` (${means})` : ""}`);
    }
}

/** It cannot be seen from here, or with what is at hand, and so neither passed nor failed. */
export class Skipped extends Error {
    constructor(
        readonly reason: string,
        readonly remedy: string,
    ) {
        super(`${reason}: ${remedy}`);
    }
}

/** There is no such thing in this stack. */
export class Absent extends Error {}

/** All that is wrong of several things, at once; what was seen of each where nothing is. */
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

/** Asks again and again until there is an answer; undefined when the time is over. */
export async function until<Value>(
    seconds: number,
    { signal, patience = 1 }: Pick<Around, "signal" | "patience">,
    ask: () => Promise<Value | undefined>,
    pauseSeconds = 0.5,
): Promise<Value | undefined> {
    const end = Date.now() + seconds * 1000 * patience;
    for (;;) {
        signal.throwIfAborted();
        const answer = await ask();
        if (answer !== undefined || Date.now() > end) return answer;
        await new Promise((resolve) => setTimeout(resolve, pauseSeconds * 1000));
    }
}

/** `1 task`, `2 tasks`. */
export const count = (number: number, what: string) => `${number} ${what}${number === 1 ? "" : "s"}`;
