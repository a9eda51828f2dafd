/**
 * Requests at a steady rate, and how long they took.
 *
 * A loop of its own, not a load tool: what is asked here takes several requests with cookies (a log-in), or ends elsewhere (a message), and
 * takes credentials along. Of the tools in npm autocannon 9 verifies no certificate, and knows no 95th percentile.
 */
import { setTimeout as pause } from "node:timers/promises";

export interface Rate {
    readonly perSecond: number;
    readonly seconds: number;
}

export interface Figures extends Rate {
    readonly sent: number;
    /** Those that were not sent in time, since `MOST_AT_ONCE` were under way. */
    readonly unsent: number;
    /** By what went wrong. */
    readonly failed: Readonly<Record<string, number>>;
    /** When those that failed were to be sent, in seconds since the first one was. */
    readonly failedAt: readonly number[];
    /** What succeeded, by the time until the last one ended. */
    readonly donePerSecond: number;
    /** Milliseconds of what succeeded, from the moment at which it was to be sent; undefined where nothing did. */
    readonly p50?: number;
    readonly p95?: number;
    readonly p99?: number;
}

/** More than that is not under way at any time, for the sake of the machine that asks. */
const MOST_AT_ONCE = 256;

/** Calls `ask` at a steady rate, whatever becomes of the calls before. A call that throws has failed. */
export async function steady(
    { perSecond, seconds }: Rate,
    signal: AbortSignal,
    ask: (i: number) => Promise<unknown>,
): Promise<Figures> {
    const took: number[] = [];
    const failed: Record<string, number> = {};
    const failedAt: number[] = [];
    const underWay = new Set<Promise<void>>();
    const begin = performance.now();
    const planned = Math.ceil(perSecond * seconds);
    let sent = 0;
    while (sent < planned && !signal.aborted) {
        // The time that a call waits for its turn counts, or a server that stands still would look fast.
        const due = begin + (sent * 1000) / perSecond;
        const early = due - performance.now();
        if (early > 0) await pause(early);
        const full = underWay.size >= MOST_AT_ONCE;
        while (underWay.size >= MOST_AT_ONCE) await Promise.race(underWay);
        if (full && performance.now() > begin + seconds * 1000) break;
        const call: Promise<void> = ask(sent++)
            .then(
                () => void took.push(performance.now() - due),
                (error: Error) => {
                    failed[error.message] = (failed[error.message] ?? 0) + 1;
                    failedAt.push((due - begin) / 1000);
                },
            )
            .finally(() => underWay.delete(call));
        underWay.add(call);
    }
    await Promise.all(underWay);
    signal.throwIfAborted();
    const elapsed = Math.max(seconds, (performance.now() - begin) / 1000);
    took.sort((a, b) => a - b);
    const percentile = (percent: number) => took[Math.ceil((percent / 100) * took.length) - 1];
    return {
        ...{ perSecond, seconds, sent, unsent: planned - sent, failed, failedAt },
        donePerSecond: took.length / elapsed,
        ...(took.length > 0 && { p50: percentile(50), p95: percentile(95), p99: percentile(99) }),
    };
}

export const failures = ({ failed }: Figures) => Object.values(failed).reduce((sum, number) => sum + number, 0);
