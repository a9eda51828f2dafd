/** Shows what an `up` would change, and what would stop it. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import pc from "picocolors";
import { renderChanges } from "../../runner/diff";
import { renderFindings } from "../../runner/findings";
import { stops as guardedIn } from "../../runner/guard";
import { asJson, markdown } from "../../runner/markdown";
import { notePending } from "../../runner/pending";
import { openSession, previewed, stopAtFailure } from "../../runner/session";
import { environmentOf, platform, type Project } from "../../runner/stack";
import type { CommandContext } from "../../shared/context";
import { STOPPED } from "../../shared/exit-codes";
import type { PreviewInput } from "../deploy";

export async function preview(
    { stack, markdown: file, json }: PreviewInput,
    context: CommandContext,
    project: Project = platform,
): Promise<number> {
    const session = await openSession(context, stack, project, "attempt");
    const { findings } = session.checked;
    notePending(session.state, session.stack.name, context);
    const outcome = await previewed(session, context);
    const guarded = guardedIn(outcome.changes, environmentOf(session.file), [], stack);
    const stops = [...(findings.length > 0 ? [renderFindings(findings)] : []), ...guarded];
    const shown = { stack, outcome, stops };
    if (file) writeFileSync(path.resolve(context.root, file), markdown(shown));
    context.out(json ? `${JSON.stringify(asJson(shown), null, 2)}\n` : `\n${renderChanges(outcome, pc).join("\n")}\n`);
    for (const stop of stops)
        context.err(`\n${stop.replace("stopped before anything was changed", "an up would be stopped")}\n`);
    if (guarded.length > 0 && outcome.error) return STOPPED; // what Pulumi protects fails a preview, too
    stopAtFailure(outcome, context);
    return stops.length > 0 ? STOPPED : 0;
}
