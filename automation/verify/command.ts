/** Runs the checks for `identity verify` and `identity local verify`. */
import pc from "picocolors";
import type { CommandContext } from "../shared/context";
import { UsageError } from "../shared/errors";
import type { Check } from "./check";
import { CHECKS } from "./checks";
import { BEFORE } from "./load/disturbance";
import { loads, type Measured } from "./load/loads";
import { loadTable } from "./load/table";
import { WIDTH } from "../plan/text";
import { catalogue, json, progress, summary } from "./report";
import { exitCode, runChecks } from "./run";
import type { Target } from "./target";

export interface VerifyInput {
    /** Names of checks. Empty: all. */
    readonly only: readonly string[];
    readonly list: boolean;
    /** Whether the stack is put under load, in the place of the checks. */
    readonly load: boolean;
    /** Of the load; for all that is asked. @default one for each thing that is asked */
    readonly rate: number | undefined;
    /** For how long each thing is asked under load. @default 10; 60 with `while` */
    readonly seconds: number | undefined;
    /** A shell command that runs while the load does. */
    readonly while: string | undefined;
    /** Whether checks run that stop tasks, and load does. @default only if the stack is expendable */
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
    if (!input.load && [input.rate, input.seconds, input.while].some((option) => option !== undefined)) {
        throw new UsageError("--rate, --seconds and --while are of the load: --load is missing");
    }
    const seconds = input.seconds ?? (input.while === undefined ? SECONDS : SECONDS_WITH_COMMAND);
    if (input.while !== undefined && seconds <= BEFORE) {
        throw new UsageError(`--while begins after ${BEFORE} s of load: --seconds has to be more than that`);
    }
    const measured: Measured[] = [];
    const load = { perSecond: input.rate, seconds, during: input.while };
    const checks = chosen(input.load ? loads(load, measured) : CHECKS, input.only);
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
    if (measured.length > 0) say(`\n${loadTable(measured, { ...pc, width: WIDTH })}`);
    say(`\n${summary(outcomes)}\n`);
    const whole = { ...json(found.title, outcomes), ...(input.load && { load: measured }) };
    if (input.json) context.out(`${JSON.stringify(whole, null, 2)}\n`);
    return exitCode(outcomes, input.strict);
}

const SECONDS = 10;
const SECONDS_WITH_COMMAND = 60;

function chosen(checks: readonly Check[], only: readonly string[]): readonly Check[] {
    if (only.length === 0) return checks;
    const unknown = only.filter((name) => checks.every((check) => check.name !== name));
    if (unknown.length > 0) {
        const names = checks.map(({ name }) => name).join(", ");
        throw new UsageError(`there is no check ${unknown.join(", ")}; there are: ${names}`);
    }
    return checks.filter(({ name }) => only.includes(name));
}
