/** Lines of CloudWatch Logs as they come. */
import type { Aws } from "../../runner/deployed";

export interface Line {
    /** Milliseconds since 1970. */
    readonly time: number;
    readonly stream: string;
    readonly text: string;
}

/** CloudWatch gets a line a moment after it was written, and not in order: so far back it is looked for again. */
const LATE_MILLISECONDS = 10_000;

/** Reads a log group from a time on, each line once, however often it is asked. */
export class Follower {
    private readonly seen = new Map<string, number>();

    constructor(
        private readonly logs: Aws["logs"],
        private readonly group: string,
        private from: number,
        /** Streams whose names begin with this. @default all */
        private readonly prefix?: string,
    ) {}

    async next(): Promise<Line[]> {
        const { FilterLogEventsCommand, ResourceNotFoundException } = await import("@aws-sdk/client-cloudwatch-logs");
        const lines: Line[] = [];
        let nextToken: string | undefined;
        do {
            const found = await this.logs
                .send(
                    new FilterLogEventsCommand({
                        logGroupName: this.group,
                        logStreamNamePrefix: this.prefix,
                        startTime: Math.max(0, this.from),
                        nextToken,
                    }),
                )
                .catch((error: Error) => {
                    if (error instanceof ResourceNotFoundException) return { events: [], nextToken: undefined };
                    throw error;
                });
            for (const { eventId = "", timestamp = 0, logStreamName = "", message = "" } of found.events ?? []) {
                if (this.seen.has(eventId)) continue;
                this.seen.set(eventId, timestamp);
                lines.push({ time: timestamp, stream: logStreamName, text: message.trimEnd() });
            }
            nextToken = found.nextToken;
        } while (nextToken !== undefined);
        const newest = Math.max(this.from, ...lines.map(({ time }) => time - LATE_MILLISECONDS));
        for (const [id, time] of this.seen) if (time < newest) this.seen.delete(id);
        this.from = newest;
        return lines.sort((a, b) => a.time - b.time);
    }
}
