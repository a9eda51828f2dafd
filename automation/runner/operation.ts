/** Runs one operation of the engine, shows its progress, and collects its result. */
import { ConcurrentUpdateError, type EngineEvent, type OpMap } from "@pulumi/pulumi/automation";
import type { CommandContext } from "../shared/context";
import { Exit } from "../shared/errors";
import { type Changes, Collector } from "./changes";
import { FAILED, INTERRUPTED } from "../shared/exit-codes";
import { renderErrors, renderViolations } from "./diff";
import { known, cliErrorText } from "./errors";
import { Progress } from "./progress";
import { Screen } from "./screen";

/** The options of the Automation API that all operations have. */
export interface Listening {
    readonly color: "never";
    onEvent(event: EngineEvent): void;
}

export interface Outcome extends Changes {
    readonly error?: Error;
    readonly progress: Progress;
    /** The engine's own count of steps, by kind. */
    readonly counted: OpMap;
    readonly milliseconds: number;
}

/** Runs an operation and collects its events. Returns a failure as part of the outcome, but throws a `ConcurrentUpdateError`. */
export async function operate(
    run: (listening: Listening) => Promise<unknown>,
    context: CommandContext,
    { shown = true, total }: { /** Whether progress is shown. */ shown?: boolean; total?: number } = {},
): Promise<Outcome> {
    // The CLI does not get a signal from before its start.
    if (context.signal.aborted) throw new Exit(INTERRUPTED, "interrupted; no further operation begins");
    const started = Date.now();
    const collector = new Collector();
    const progress = new Progress(started, total);
    let counted: OpMap = {};
    const screen = new Screen(context, progress, shown);
    const stop = () => screen.say(INTERRUPTING);
    context.signal.addEventListener("abort", stop);
    let error: Error | undefined;
    try {
        await run({
            color: "never",
            onEvent: (event) => {
                collector.add(event);
                if (event.summaryEvent) counted = event.summaryEvent.resourceChanges;
                screen.say(progress.add(event, Date.now()));
            },
        });
    } catch (thrown) {
        if (thrown instanceof ConcurrentUpdateError) throw thrown;
        error = thrown as Error;
    } finally {
        context.signal.removeEventListener("abort", stop);
        screen.close();
    }
    return { ...collector.result, error, progress, counted, milliseconds: Date.now() - started };
}

const INTERRUPTING = [
    "interrupted: steps in progress are finished, and no others begin;",
    "  a second interruption ends at once, and leaves the result of these steps unknown",
];

/** The command's exit where the operation failed or was interrupted; undefined where it succeeded. */
export function failed(what: string, outcome: Outcome, context: CommandContext, goOn: string): Exit | undefined {
    if (!outcome.error) return undefined;
    const { errors, violations } = outcome;
    const forbidden = renderViolations(violations.filter(({ mandatory }) => mandatory));
    const lines = errors.length > 0 ? [...forbidden, ...renderErrors(errors)] : [...forbidden, describe(outcome.error)];
    if (context.signal.aborted) {
        return new Exit(INTERRUPTED, [`${what} was interrupted`, ...lines, goOn].join("\n"));
    }
    return new Exit(FAILED, [`${what} failed`, ...lines, goOn].join("\n"));
}

function describe(error: Error): string {
    const finding = known(error.message);
    return finding ? `${finding.what}\n  → ${finding.fix}` : cliErrorText(error);
}
