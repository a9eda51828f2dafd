/** A command that runs while the load does, and what failed before it, with it and after it. */
import { spawn } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import type { Figures } from "./steady";

/** The load alone, before the command begins. Seconds. */
export const BEFORE = 10;
/** After these, a service behind a load balancer has to have got over it. Seconds. */
export const SHOCK = 10;

export interface Disturbance {
    readonly command: string;
    /** When it began, in seconds since the load did; `BEFORE`, or what the machine made of it. */
    readonly beganAt: number;
    /** Seconds; the load may have ended before it did. */
    readonly took: number;
    /** The end of what it printed, where it ended with another code than 0. */
    readonly error?: string;
}

/** Starts the command in a shell once the load has gone on for `BEFORE` seconds. What it prints goes nowhere, unless it fails. */
export async function disturb(command: string, signal: AbortSignal): Promise<Disturbance> {
    const begin = performance.now();
    await pause(BEFORE * 1000, undefined, { signal });
    const start = performance.now();
    const child = spawn(command, { shell: true, stdio: ["ignore", "pipe", "pipe"], signal });
    let printed = "";
    for (const stream of [child.stdout, child.stderr]) {
        stream.on("data", (chunk) => (printed = (printed + String(chunk)).slice(-500)));
    }
    const code = await new Promise<number | string>((resolve, reject) => {
        child.on("error", reject).on("close", (exit, killedBy) => resolve(exit ?? killedBy!));
    });
    return {
        command,
        beganAt: (start - begin) / 1000,
        took: (performance.now() - start) / 1000,
        ...(code !== 0 && { error: `it ended with ${code}: ${printed.trim()}` }),
    };
}

/** `failed: 0 before it, 2 of 200 in its first 10 s, 0 of 800 later; the last one 1.9 s after it began` */
export function failuresAround({ perSecond, seconds, sent, failedAt }: Figures, { beganAt }: Disturbance): string {
    const between = (from: number, to: number) => failedAt.filter((at) => at >= from && at < to).length;
    const shock = Math.min(beganAt + SHOCK, seconds);
    const [first, later] = [perSecond * (shock - beganAt), sent - perSecond * shock].map((n) =>
        Math.max(0, Math.round(n)),
    );
    const last = Math.max(...failedAt) - beganAt;
    return (
        `failed: ${between(0, beganAt)} before it, ${between(beganAt, shock)} of ${first} in its first ${SHOCK} s, ` +
        `${between(shock, Infinity)} of ${later} later` +
        (last >= 0 ? `; the last one ${last.toFixed(1)} s after it began` : "")
    );
}
