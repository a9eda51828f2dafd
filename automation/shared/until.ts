/** Looking again and again until something is so. */
import { Exit } from "./errors";
import { INTERRUPTED } from "./exit-codes";
import { pause } from "./pause";

export interface WaitOptions {
    say(text: string): void;
    readonly signal: AbortSignal;
    /** @default 10000 */
    readonly pollMilliseconds?: number;
}

/** Looks until there is an answer. A text is what is still waited for, and is said where it is a new one. */
export async function until<T extends object | true>(
    { say, signal, pollMilliseconds = 10_000 }: WaitOptions,
    look: () => Promise<T | string>,
): Promise<T> {
    for (let said = ""; ;) {
        const found = await look();
        if (typeof found !== "string") return found;
        if (found !== said) say(found);
        said = found;
        if (signal.aborted) throw new Exit(INTERRUPTED, "interrupted");
        await pause(pollMilliseconds, signal);
    }
}

/** To wait for what has to be done also after an interruption. */
export const regardless = (options: WaitOptions): WaitOptions => ({ ...options, signal: new AbortController().signal });

/** The end of a name that nothing else has: the time, in UTC, 14 digits. */
export const stamp = () => new Date().toISOString().replaceAll(/\D/g, "").slice(0, 14);
