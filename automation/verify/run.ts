/** Runs checks in order, and collects their outcomes. */
import { NotInStack, type CheckContext, type Check, Failed, Skipped } from "./check";
import { NoAnswer } from "./http";
import type { Target } from "./target";

export type Outcome = { readonly check: Check; readonly seconds: number } & End;

type End =
    | { readonly status: "passed"; readonly seen: readonly string[] }
    | { readonly status: "failed"; readonly expected?: string; readonly seen: string; readonly means?: string }
    | { readonly status: "skipped"; readonly reason: string; readonly remedy: string }
    /** The stack has nothing to check. */
    | { readonly status: "absent"; readonly reason: string };

export interface Progress {
    said(check: Check, text: string): void;
    ended(outcome: Outcome): void;
}

export async function runChecks(
    target: Target,
    checks: readonly Check[],
    { disruptive, signal }: { disruptive: boolean; signal: AbortSignal },
    progress: Progress,
): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    for (const check of checks) {
        const begin = Date.now();
        const context: CheckContext = { signal, say: (text) => progress.said(check, text) };
        const end = await (check.disruptive && !disruptive ? leftOut(check.disruptive) : ended(check, target, context));
        signal.throwIfAborted();
        const outcome: Outcome = { check, seconds: (Date.now() - begin) / 1000, ...end };
        outcomes.push(outcome);
        progress.ended(outcome);
    }
    return outcomes;
}

const leftOut = (reason: string) => ({ status: "skipped", reason, remedy: "--disruptive runs it" }) as const;

async function ended(check: Check, target: Target, context: CheckContext): Promise<End> {
    try {
        return { status: "passed", seen: await check.run(target, context) };
    } catch (error) {
        const { name, message } = error as Error;
        if (error instanceof NotInStack) return { status: "absent", reason: message };
        if (error instanceof Skipped) return { status: "skipped", reason: error.reason, remedy: error.remedy };
        if (error instanceof Failed) {
            const { expected, seen, means } = error;
            return { status: "failed", expected, seen, means };
        }
        if (error instanceof NoAnswer) return { status: "failed", expected: "an answer", seen: message };
        return { status: "failed", seen: message || name };
    }
}

/** 0: all checks that could run passed; 1: one failed or, with `strict`, was skipped; 3: none could run. */
export function exitCode(outcomes: readonly Outcome[], strict: boolean): number {
    const any = (status: Outcome["status"]) => outcomes.some((outcome) => outcome.status === status);
    if (any("failed") || (strict && any("skipped"))) return 1;
    return any("passed") ? 0 : 3;
}
