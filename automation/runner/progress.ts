/** The progress of an operation: the active steps with their time and status. */
import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation";
import { isBookkeeping } from "./changes";
import { hangingIndent } from "./diff";
import { label } from "./urn";

interface Active {
    readonly doing: string;
    readonly since: number;
    /** The last message of the program or the provider: `2 of 3 tasks run`. */
    status?: string;
}

export interface Finished {
    readonly urn: string;
    readonly done: string;
    readonly milliseconds: number;
}

const DOING: Partial<Record<string, [doing: string, done: string]>> = {
    create: ["creating", "created"],
    "create-replacement": ["creating anew", "created anew"],
    update: ["updating", "updated"],
    delete: ["deleting", "deleted"],
    "delete-replaced": ["deleting the old", "deleted the old"],
    import: ["importing", "imported"],
    refresh: ["reading", "read"],
    read: ["reading", "read"],
};
/** Some CIs cancel a job whose log is silent for long. */
const QUIET_MILLISECONDS = 30_000;
const NAMED = 3;
const DRAWN = 8;

export class Progress {
    private readonly active = new Map<string, Active>();
    readonly finished: Finished[] = [];
    private lastLine: number;

    constructor(
        private readonly started: number,
        /** The number of steps that a preview counted; undefined without one. */
        private readonly total?: number,
    ) {
        this.lastLine = started;
    }

    /** Handles an event; returns the lines for a log. */
    add(event: EngineEvent, now: number): string[] {
        const { resourcePreEvent, resOutputsEvent, resOpFailedEvent, diagnosticEvent } = event;
        if (resourcePreEvent) this.begin(resourcePreEvent.metadata, now);
        if (diagnosticEvent?.urn && diagnosticEvent.severity === "info") {
            const active = this.active.get(diagnosticEvent.urn) ?? this.waitingFor(diagnosticEvent.urn, now);
            active.status = diagnosticEvent.message.trim().split("\n")[0];
        }
        const lines = [
            ...(resOutputsEvent ? this.end(resOutputsEvent.metadata, now) : []),
            ...(resOpFailedEvent ? this.end(resOpFailedEvent.metadata, now, "failed") : []),
        ];
        if (lines.length > 0) this.lastLine = now;
        return lines;
    }

    /** The line for a log that has been silent for half a minute. */
    quiet(now: number): string[] {
        if (now - this.lastLine < QUIET_MILLISECONDS) return [];
        this.lastLine = now;
        const oldest = this.oldest();
        const begin = `${this.clock(now)} ${this.count()}`;
        if (oldest.length === 0) return [`${begin}waiting for the program`];
        const named = oldest.slice(0, NAMED).map(([urn, active]) => describe(urn, active, now));
        const more = oldest.length > NAMED ? `, and ${oldest.length - NAMED} more` : "";
        return hangingIndent(`waiting for ${named.join("; ")}${more}`, begin, " ".repeat(begin.length));
    }

    /** The lines for a terminal: one for each active step. */
    screen(now: number, columns = 100): string[] {
        const oldest = this.oldest();
        const lines = oldest.slice(0, DRAWN).map(([urn, active]) => `  ${describe(urn, active, now)}`);
        const more = oldest.length > DRAWN ? [`  and ${oldest.length - DRAWN} more`] : [];
        return [...lines, ...more, `${this.clock(now)} ${this.count()}`.trimEnd()].map((line) =>
            line.length < columns ? line : `${line.slice(0, columns - 2)}…`,
        );
    }

    private begin(step: StepEventMetadata, now: number) {
        const words = DOING[step.op];
        if (!words || isBookkeeping(step.type)) return;
        this.active.set(step.urn, { doing: words[0], since: now });
    }

    private end(step: StepEventMetadata, now: number, failed?: string): string[] {
        const active = this.active.get(step.urn);
        if (!active) return [];
        this.active.delete(step.urn);
        const done = failed ?? DOING[step.op]?.[1] ?? "done";
        const milliseconds = now - active.since;
        if (active.doing === "reading" && !failed) return []; // there are hundreds within seconds
        this.finished.push({ urn: step.urn, done, milliseconds });
        const took = milliseconds >= 1000 ? ` (${duration(milliseconds)})` : "";
        return [`${this.clock(now)} ${this.count()}${done} ${label(step.urn)}${took}`];
    }

    /** For a resource that exists and for which the program waits: a service's deployment. */
    private waitingFor(urn: string, now: number): Active {
        const active: Active = { doing: "following", since: now };
        this.active.set(urn, active);
        return active;
    }

    private oldest = () => [...this.active].sort(([, a], [, b]) => a.since - b.since);

    private count() {
        return this.total ? `${Math.min(this.finished.length, this.total)}/${this.total} ` : "";
    }

    private clock = (now: number) => duration(now - this.started).padStart(7);
}

function describe(urn: string, { doing, since, status }: Active, now: number): string {
    return `${label(urn)}, ${doing} for ${duration(now - since)}${status ? `: ${status}` : ""}`;
}

/** `45 s`, `3 m 05 s` */
export function duration(milliseconds: number): string {
    const seconds = Math.round(milliseconds / 1000);
    if (seconds < 60) return `${seconds} s`;
    return `${Math.floor(seconds / 60)} m ${String(seconds % 60).padStart(2, "0")} s`;
}
