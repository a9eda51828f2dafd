/** What `npm run verify` and `npm run local -- verify` have in common: arguments, output and exit code. */
import pc from "picocolors";
import type { Surroundings } from "../commands/command";
import { UsageError } from "../plan/stack-file";
import type { Check } from "./check";
import { CHECKS } from "./checks";
import { catalogue, json, progress, summary } from "./report";
import { exitCode, runChecks } from "./run";
import type { Target } from "./target";

export const OPTIONS = {
    only: { type: "string", multiple: true },
    list: { type: "boolean", default: false },
    disruptive: { type: "boolean", default: false },
    "no-disruptive": { type: "boolean", default: false },
    strict: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
} as const;

export interface Values {
    only?: string[];
    list: boolean;
    disruptive: boolean;
    "no-disruptive": boolean;
    strict: boolean;
    json: boolean;
}

export const HELP = `  --only NAME       this check alone; may be given more than once
  --list            the checks that there are, and what each proves
  --disruptive      also those that stop running tasks (on by itself but in prod)
  --no-disruptive   not those
  --strict          what could not be checked is a failure
  --json            print what came of them as JSON, and nothing else

Exit code: 0, what could be checked passed; 1, a check failed; 2, these arguments are wrong; 3,
nothing could be checked; 130, it was interrupted.
`;

/** `target`: found once the arguments are known to be right. */
export async function verifyTarget(
    values: Values,
    target: () => Promise<Target>,
    around: Surroundings,
): Promise<number> {
    const checks = chosen(values.only);
    if (values.list) {
        around.out(catalogue(checks));
        return 0;
    }
    if (values.disruptive && values["no-disruptive"]) throw new UsageError("--disruptive or --no-disruptive, not both");
    const found = await target();
    const disruptive = values.disruptive || (found.expendable && !values["no-disruptive"]);
    const say = values.json ? around.err : around.out;
    say(`${pc.bold(found.title)}\n\n`);
    const names = checks.map(({ name }) => name);
    const outcomes = await runChecks(found, checks, { disruptive, signal: around.signal }, progress(names, say, pc));
    say(`\n${summary(outcomes)}\n`);
    if (values.json) around.out(`${JSON.stringify(json(found.title, outcomes), null, 2)}\n`);
    return exitCode(outcomes, values.strict);
}

function chosen(only: string[] | undefined): readonly Check[] {
    if (!only) return CHECKS;
    const unknown = only.filter((name) => CHECKS.every((check) => check.name !== name));
    if (unknown.length > 0) {
        const names = CHECKS.map(({ name }) => name).join(", ");
        throw new UsageError(`there is no check ${unknown.join(", ")}; there are: ${names}`);
    }
    return CHECKS.filter(({ name }) => only.includes(name));
}
