/** `npm run preview`: what an `up` would change, and what would stop it. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import pc from "picocolors";
import { EXIT_CODES, STOPPED } from "../runner/codes";
import { renderChanges } from "../runner/diff";
import { refusals, describe } from "../runner/guard";
import { asJson, markdown } from "../runner/markdown";
import { renderFindings } from "../runner/findings";
import { begin, previewed, stopAtFailure, tellPending } from "../runner/session";
import { environmentOf, platform, type Project } from "../runner/stack";
import { options, run, type Surroundings } from "./command";
import { UsageError } from "../plan/stack-file";

const HELP = `npm run preview -- [--stack NAME] [--markdown FILE] [--json]

Shows what \`npm run up\` would create, update, replace and delete, checked against the policies.
Nothing is changed, and another run is not waited for. A stack that does not exist yet is previewed
as if it did, and not made.

  --stack NAME     the stack (default: dev)
  --markdown FILE  write it as a comment for a pull request, too
  --json           print it as JSON, and nothing else on stdout (npm run -s: without npm's banner)
  --help           print this

Exit code 3 says that an \`up\` would be stopped; what it would change is shown nevertheless.

${EXIT_CODES}`;

export async function preview(args: string[], around: Surroundings, project: Project = platform): Promise<number> {
    const { values, positionals } = options(args, {
        markdown: { type: "string" },
        json: { type: "boolean", default: false },
    });
    if (values.help) {
        around.out(HELP);
        return 0;
    }
    if (positionals.length > 0) throw new UsageError(`npm run preview takes no ${positionals[0]}; --help says more`);
    const session = await begin(around, values.stack, project, "attempt");
    const { findings } = session.checked;
    tellPending(session, around);
    const outcome = await previewed(session, around);
    const refused = refusals(outcome.changes, environmentOf(session.file), []);
    const stops = [
        ...(findings.length > 0 ? [renderFindings(findings)] : []),
        ...(refused.length > 0 ? [describe(refused, values.stack)] : []),
    ];
    const shown = { stack: values.stack, outcome, stops };
    if (values.markdown) writeFileSync(path.resolve(around.root, values.markdown), markdown(shown));
    around.out(
        values.json ? `${JSON.stringify(asJson(shown), null, 2)}\n` : `\n${renderChanges(outcome, pc).join("\n")}\n`,
    );
    for (const stop of stops)
        around.err(`\n${stop.replace("stopped before anything was changed", "an up would be stopped")}\n`);
    if (refused.length > 0 && outcome.error) return STOPPED; // what Pulumi protects fails a preview, too
    stopAtFailure(outcome, around);
    return stops.length > 0 ? STOPPED : 0;
}

if (require.main === module) run(preview, ["SIGINT", "SIGTERM", "SIGHUP"]);
