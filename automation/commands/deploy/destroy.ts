/** Deletes the resources of a stack. */
import pc from "picocolors";
import { shortType } from "../../plan/inventory";
import { list } from "../../plan/text";
import { confirm } from "../../runner/confirm";
import { hangingIndent } from "../../runner/diff";
import { protectedOnes, keptByAws } from "../../runner/after-destroy";
import { offHoursOf, takesLastSnapshots, wakeIfAsleep } from "../../runner/off-hours";
import { failed, operate } from "../../runner/operation";
import { openFree } from "../../runner/session";
import { platform, type Project, stateOf } from "../../runner/stack";
import { summary } from "../../runner/summary";
import type { CommandContext } from "../../shared/context";
import { Exit } from "../../shared/errors";
import { STOPPED } from "../../shared/exit-codes";
import type { DestroyInput } from "../deploy";

export async function destroy(
    { stack: name, yes, wait }: DestroyInput,
    context: CommandContext,
    project: Project = platform,
): Promise<number> {
    const session = await openFree(context, name, project, wait);
    const { stack } = session;
    const state = await stateOf(stack);
    const { resources } = state;
    const real = resources.filter(({ custom, type }) => custom && !type.startsWith("pulumi:"));
    if (real.length === 0) {
        context.out(`${stack.name} has nothing to delete\n`);
        return 0;
    }
    const kept = protectedOnes(resources, stack.name);
    if (kept) throw new Exit(STOPPED, kept);
    context.out(`\n${real.length} resources go, among them ${list(kinds(real.map(({ type }) => type)))}\n`);
    const lines = keptByAws(resources).flatMap((line) => hangingIndent(line, "  ", "    "));
    const stays = lines.length > 0 ? `What stays:\n${lines.join("\n")}\n` : undefined;
    if (stays) context.out(`\n${stays}`);
    context.out("\n");
    await confirm(`Delete the stack ${stack.name}?`, { context, yes, word: stack.name });
    const offHours = takesLastSnapshots(resources) ? await offHoursOf(session, state) : undefined;
    if (offHours) await wakeIfAsleep(offHours, context);
    const outcome = await operate((listening) => stack.destroy(listening), context, { total: real.length });
    const goOn = `  what is gone is out of the state; npx identity destroy --stack ${stack.name} goes on from there`;
    const failure = failed("deleting", outcome, context, goOn);
    if (failure) throw failure;
    context.out(summary(`${stack.name} is deleted`, outcome, {}, pc));
    if (stays) context.out(stays);
    return 0;
}

/** The kinds that somebody looks for, those of which there are most at the end. */
function kinds(types: readonly string[]): string[] {
    const numbers = new Map<string, number>();
    for (const type of types) numbers.set(shortType(type), (numbers.get(shortType(type)) ?? 0) + 1);
    return [...numbers]
        .sort((a, b) => a[1] - b[1])
        .map(([type, number]) => (number > 1 ? `${number} × ${type}` : type));
}
