/** Runs the checks for `identity verify` and `identity local verify`. */
import pc from "picocolors";
import type { CommandContext } from "../shared/context";
import { UsageError } from "../shared/errors";
import type { Check } from "./check";
import { CHECKS } from "./checks";
import { catalogue, json, progress, summary } from "./report";
import { exitCode, runChecks } from "./run";
import type { Target } from "./target";

export interface VerifyInput {
    /** Names of checks. Empty: all. */
    readonly only: readonly string[];
    readonly list: boolean;
    /** Whether checks run that stop tasks. @default only if the stack is expendable */
    readonly disruptive: boolean | undefined;
    readonly strict: boolean;
    readonly json: boolean;
}

/** Calls `target` after it has validated the arguments. */
export async function verifyTarget(
    input: VerifyInput,
    target: () => Promise<Target>,
    context: CommandContext,
): Promise<number> {
    const checks = chosen(input.only);
    if (input.list) {
        context.out(catalogue(checks));
        return 0;
    }
    const found = await target();
    const disruptive = input.disruptive ?? found.expendable;
    const say = input.json ? context.err : context.out;
    say(`${pc.bold(found.title)}\n\n`);
    const names = checks.map(({ name }) => name);
    const outcomes = await runChecks(found, checks, { disruptive, signal: context.signal }, progress(names, say, pc));
    say(`\n${summary(outcomes)}\n`);
    if (input.json) context.out(`${JSON.stringify(json(found.title, outcomes), null, 2)}\n`);
    return exitCode(outcomes, input.strict);
}

function chosen(only: readonly string[]): readonly Check[] {
    if (only.length === 0) return CHECKS;
    const unknown = only.filter((name) => CHECKS.every((check) => check.name !== name));
    if (unknown.length > 0) {
        const names = CHECKS.map(({ name }) => name).join(", ");
        throw new UsageError(`there is no check ${unknown.join(", ")}; there are: ${names}`);
    }
    return CHECKS.filter(({ name }) => only.includes(name));
}
