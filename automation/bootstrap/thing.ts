/** Something that is to be in an account as it is described here: looked at, told, and put right. */
import { pause } from "../shared/pause";

export interface Difference {
    /** What putting it right does, e.g. "turn versioning on". */
    readonly what: string;
    put(): Promise<unknown>;
}

export interface Thing {
    /** What it is, and what it is called. */
    readonly what: string;
    readonly name: string;
    /** Reads it. None: it is as it should be. Where there is no such thing yet, making it is the one difference. */
    look(): Promise<Difference[]>;
}

/** Settings of something new show only once it is there; what AWS has just taken it may not tell at once. */
const ROUNDS = 6;
const PAUSE_MILLISECONDS = 2000;

/**
 * Puts a thing right, and says what it does. It looks anew each time, so what an interrupted run left half done is taken up where it
 * stopped, and what is right is left alone. Fails where it does not become as it should be.
 */
export async function putRight(thing: Thing, say: (what: string) => void, signal: AbortSignal): Promise<void> {
    const done = new Set<string>();
    for (let round = 1; ; round++) {
        const differences = await thing.look();
        if (differences.length === 0) return;
        if (round === ROUNDS) {
            const left = differences.map(({ what }) => what).join("; ");
            throw new Error(`${thing.what} ${thing.name} is not as it should be, though AWS took it: ${left}`);
        }
        for (const { what, put } of differences) {
            if (signal.aborted) throw new Error("interrupted");
            if (!done.has(what)) say(what);
            done.add(what);
            await put();
        }
        if (round > 2) await pause(PAUSE_MILLISECONDS, signal);
    }
}

/** What a call answers; nothing where AWS knows no such thing. */
export async function ifThere<Answer>(call: Promise<Answer>, ...missing: string[]): Promise<Answer | undefined> {
    try {
        return await call;
    } catch (error) {
        if (error instanceof Error && missing.includes(error.name)) return undefined;
        throw error;
    }
}
