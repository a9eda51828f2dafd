/** A resource or setting of an account that `npx identity bootstrap` compares with what it should be, and corrects. */
import { pause } from "../shared/pause";

export interface Difference {
    /** What the correction does, e.g. "turn versioning on". */
    readonly what: string;
    put(): Promise<unknown>;
}

export interface AccountSetting {
    /** Its kind, e.g. "S3 bucket"; below, its name. */
    readonly what: string;
    readonly name: string;
    /** Reads it, and returns what differs. Where it does not exist, the only difference is to create it. */
    look(): Promise<Difference[]>;
}

/** A new resource shows its settings only once it exists, and AWS may show a change late. So it looks more than once. */
const ROUNDS = 6;
const PAUSE_MILLISECONDS = 2000;

/**
 * Makes the corrections that are needed, and says each of them. It reads the current settings before each round, so it also completes what an
 * interrupted run began. Fails where differences remain.
 */
export async function applySetting(
    thing: AccountSetting,
    say: (what: string) => void,
    signal: AbortSignal,
): Promise<void> {
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

/** The answer of a call; undefined where AWS answers that the resource does not exist. */
export async function unlessMissing<Answer>(call: Promise<Answer>, ...missing: string[]): Promise<Answer | undefined> {
    try {
        return await call;
    } catch (error) {
        if (error instanceof Error && missing.includes(error.name)) return undefined;
        throw error;
    }
}
