/** Takes into the state what AWS has. */
import pc from "picocolors";
import { confirm } from "../../runner/confirm";
import { renderDrift } from "../../runner/drift";
import { failed, operate } from "../../runner/operation";
import { openFree } from "../../runner/session";
import { platform, type Project } from "../../runner/stack";
import { summary } from "../../runner/summary";
import type { CommandContext } from "../../shared/context";
import { readAll } from "./drift";
import type { RefreshInput } from "../deploy";

export async function refresh(
    { stack: name, yes, wait }: RefreshInput,
    context: CommandContext,
    project: Project = platform,
): Promise<number> {
    const session = await openFree(context, name, project, wait);
    const { stack } = session;
    const { found, outcome: looked } = await readAll(session, context);
    const unread = failed("reading what AWS has", looked, context, "  the state was not changed");
    if (unread) throw unread;
    if (found.length === 0) {
        context.out("the state is as AWS is\n");
        return 0;
    }
    context.out(`${renderDrift(found).join("\n")}\n\n`);
    await confirm(`Take this into the state of ${stack.name}?`, { context, yes });
    const outcome = await operate((listening) => stack.refresh(listening), context);
    const failure = failed("the refresh", outcome, context, `  npx identity refresh --stack ${stack.name} tries again`);
    if (failure) throw failure;
    context.out(summary(`the state of ${stack.name} is refreshed`, outcome, {}, pc));
    return 0;
}
