/** Requests at a steady rate, whatever becomes of the ones before, and how they ended. */
export interface Load {
    /** What failed so far. */
    readonly failed: readonly Failure[];
    /** How many were sent so far. */
    sent(): number;
    /** Ends it, and waits for what is under way. */
    end(): Promise<void>;
}

export interface Failure {
    /** By the clock of `Date.now()`. */
    readonly sent: number;
    readonly why: string;
}

/** A request that throws has failed, and one with another status than 200. */
export function steadyLoad(perSecond: number, ask: () => Promise<{ status: number }>): Load {
    const failed: Failure[] = [];
    const asked: Promise<unknown>[] = [];
    const send = async () => {
        const sent = Date.now();
        const why = await ask().then(
            ({ status }) => String(status),
            (error: Error) => error.message,
        );
        if (why !== "200") failed.push({ sent, why });
    };
    const timer = setInterval(() => asked.push(send()), 1000 / perSecond);
    return {
        failed,
        sent: () => asked.length,
        async end() {
            clearInterval(timer);
            await Promise.all(asked);
        },
    };
}
