import { setTimeout } from "node:timers/promises";

/** Waits; returns early where the command is interrupted. */
export const pause = (milliseconds: number, signal: AbortSignal) =>
    setTimeout(milliseconds, undefined, { signal }).catch(() => undefined);
