/** Compares AWS with the state. */
import { isAwake, lastExecution } from "../../../components/off-hours/state";
import { DriftCollector, renderDrift } from "../../runner/drift";
import { failed, operate } from "../../runner/operation";
import { notePending } from "../../runner/pending";
import { offHoursOf, withoutSleep } from "../../runner/off-hours";
import { openSession, type Session } from "../../runner/session";
import { platform, type Project } from "../../runner/stack";
import type { CommandContext } from "../../shared/context";
import { DRIFTED } from "../../shared/exit-codes";
import type { DriftInput } from "../deploy";

export async function drift(
    { stack, json }: DriftInput,
    context: CommandContext,
    project: Project = platform,
): Promise<number> {
    // What a stack would still need is not what is asked here.
    const session = await openSession(context, stack, { program: project.program });
    notePending(session.state, session.stack.name, context);
    const { found: all, outcome } = await readAll(session, context);
    const failure = failed("reading what AWS has", outcome, context, "  nothing was changed");
    if (failure) throw failure;
    const found = (await isAsleep(session)) ? withoutSleep(all) : all;
    const looked = session.state.resources.filter(({ custom, type }) => custom && !type.startsWith("pulumi:")).length;
    if (json) context.out(`${JSON.stringify({ stack, resources: looked, drift: found }, null, 2)}\n`);
    else if (found.length === 0) context.out(`${looked} resources are as the state says\n`);
    else
        context.out(
            `${renderDrift(found).join("\n")}\n\n${found.length} of ${looked} resources are otherwise than the state says\n`,
        );
    return found.length > 0 ? DRIFTED : 0;
}

async function isAsleep(session: Session): Promise<boolean> {
    const offHours = await offHoursOf(session, session.state);
    return offHours !== undefined && !isAwake(await lastExecution(offHours.sfn, offHours.machine));
}

/** A refresh that changes nothing. */
export async function readAll(
    { stack }: Pick<Awaited<ReturnType<typeof openSession>>, "stack">,
    context: CommandContext,
) {
    const collector = new DriftCollector();
    const outcome = await operate(
        (listening) =>
            stack.previewRefresh({
                ...listening,
                onEvent: (event) => {
                    collector.add(event);
                    listening.onEvent(event);
                },
            }),
        context,
        { shown: true },
    );
    return { found: collector.result, outcome };
}
