/** Deploys a stack. */
import { createHash } from "node:crypto";
import { ConcurrentUpdateError } from "@pulumi/pulumi/automation";
import pc from "picocolors";
import { UserError } from "../../../components/user-error";
import { confirm } from "../../runner/confirm";
import { renderChanges } from "../../runner/diff";
import { untilFirstFailure } from "../../runner/first-failure";
import { guard } from "../../runner/guard";
import { failed, operate, type Outcome } from "../../runner/operation";
import { offHoursOf, wakeIfAsleep } from "../../runner/off-hours";
import { openSession, packs, previewed, type Session, stopAtFailure, takeOver } from "../../runner/session";
import { environmentOf, platform, type Project, type State, stateOf } from "../../runner/stack";
import { summary } from "../../runner/summary";
import type { CommandContext } from "../../shared/context";
import type { UpInput } from "../deploy";

export async function up(
    { stack: name, yes, allowReplace, wait }: UpInput,
    context: CommandContext,
    project: Project = platform,
): Promise<number> {
    const deadline = Date.now() + wait * 1000;
    const session = await openSession(context, name, project, "make");
    const { stack, file } = session;
    let agreed: string | undefined;
    for (;;) {
        await takeOver(session, context, deadline);
        const state = await stateOf(stack);
        const before = fingerprint(state);
        const plan = await previewed(session, context);
        const rendered = renderChanges(plan, pc).join("\n");
        if (rendered !== agreed) context.out(`\n${rendered}\n\n`);
        guard(plan.changes, environmentOf(file), allowReplace, stack.name);
        stopAtFailure(plan, context);
        // An `up` that changes nothing is one, too: it looks whether what runs is what should.
        const ask = plan.changes.length > 0 && rendered !== agreed;
        if (ask) await confirm(`Deploy this to ${stack.name}?`, { context, yes });
        agreed = rendered;
        const offHours = await offHoursOf(session, state);
        if (offHours) await wakeIfAsleep(offHours, context); // an update needs databases and tasks that run
        const outcome = await update(session, project, { before, plan }, context);
        if (outcome === "again") continue;
        const goOn = `  what is done is in the state; npx identity up --stack ${stack.name} goes on from there`;
        const failure = failed("the update", outcome, context, goOn);
        if (failure) throw failure;
        context.out(summary(`${stack.name} is deployed`, outcome, await stack.outputs(), pc));
        return 0;
    }
}

/** The update, of the state that was previewed or of none: where another run was faster, there is another preview first. */
async function update(
    { stack }: Session,
    { program }: Project,
    { before, plan }: { before: string; plan: Outcome },
    context: CommandContext,
): Promise<Outcome | "again"> {
    let moved = false;
    // By the time that the program runs, the lock is ours.
    const onlyIfUnmoved = async () => {
        moved = fingerprint(await stateOf(stack)) !== before;
        if (moved) throw new UserError("another run has changed the stack since the preview");
        return program();
    };
    try {
        const outcome = await operate(
            (listening) =>
                stack.up({ ...listening, ...packs(context.root), program: untilFirstFailure(onlyIfUnmoved) }),
            context,
            { total: plan.changes.length },
        );
        if (!moved) return outcome;
    } catch (error) {
        if (!(error instanceof ConcurrentUpdateError)) throw error;
    }
    context.err("another run has changed the stack meanwhile: looking again at what is to be done\n");
    return "again";
}

/**
 * What the state says of the resources; secrets go into a hash, and nowhere else. The stack itself is among them, and is written before
 * the program runs.
 */
function fingerprint({ resources, pending }: State): string {
    const others = resources.filter(({ type }) => type !== "pulumi:pulumi:Stack");
    return createHash("sha256")
        .update(JSON.stringify([others, pending]))
        .digest("hex");
}
