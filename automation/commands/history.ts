/** `npm run history`: what was done to a stack, and how it went. */
import type { UpdateSummary } from "@pulumi/pulumi/automation";
import pc from "picocolors";
import { UsageError } from "../plan/stack-file";
import { table } from "../plan/text";
import { EXIT_CODES } from "../runner/codes";
import { duration } from "../runner/progress";
import { openStack, platform, type Project } from "../runner/stack";
import { options, run, type Surroundings } from "./command";

const HELP = `npm run history -- [--stack NAME] [--json]

Lists the last operations on a stack, the newest first.

  --stack NAME  the stack (default: dev)
  --json        print them as JSON
  --help        print this

${EXIT_CODES}`;

const SHOWN = 20;

export async function history(args: string[], around: Surroundings, project: Project = platform): Promise<number> {
    const { values, positionals } = options(args, { json: { type: "boolean", default: false } });
    if (values.help) {
        around.out(HELP);
        return 0;
    }
    if (positionals.length > 0) throw new UsageError(`npm run history takes no ${positionals[0]}; --help says more`);
    const { stack } = await openStack(around, values.stack, project);
    const all = await stack.history(SHOWN);
    if (values.json) around.out(`${JSON.stringify(all.map(short), null, 2)}\n`);
    else if (all.length === 0) around.out(`nothing was done to ${stack.name} yet\n`);
    else around.out(`${render(all).join("\n")}\n`);
    return 0;
}

/** Without the configuration of that time, in which secrets may be. */
function short({ version, kind, result, startTime, endTime, resourceChanges = {}, message }: UpdateSummary) {
    const [began, ended] = [new Date(startTime), new Date(endTime)];
    return { version, kind, result, began, ended, changes: resourceChanges, message };
}

export function render(all: readonly UpdateSummary[]): string[] {
    const rows = all.map(short).map(({ kind, result, began, ended, changes, message }) => [
        `${began.toISOString().slice(0, 16).replace("T", " ")}Z`,
        kind,
        result,
        result === "in-progress" ? "" : duration(ended.getTime() - began.getTime()),
        Object.entries(changes)
            .filter(([op]) => op !== "same")
            .map(([op, number]) => `${number} ${op}`)
            .join(", ") || "no changes",
        (message ?? "").split("\n")[0]!,
    ]);
    return table([["began", "what", "result", "took", "changes", "why"], ...rows], 0, [pc.bold]);
}

if (require.main === module) run(history);
