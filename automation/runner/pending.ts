/** Resources that a killed update was creating. The state does not say whether AWS has them. */
import type { CommandContext } from "../shared/context";
import { Exit } from "../shared/errors";
import { STOPPED } from "../shared/exit-codes";
import type { State } from "./stack";
import { label } from "./urn";

/**
 * The text that lists these resources and how to clear them; undefined where there are none. The next `up` repeats an interrupted update or
 * deletion. A creation stays pending in the engine until a person clears it (`backend/snapshot.go` of pulumi/pkg).
 */
export function explainPending({ pending }: State, stack: string): string | undefined {
    const creating = pending.filter(({ type }) => type === "creating");
    const urns = [...new Set(creating.map(({ resource }) => resource.urn))];
    if (urns.length === 0) return undefined;
    return [
        "An update of this stack was killed while it created:",
        ...urns.map((urn) => `  ${label(urn)}`),
        "  The state does not say whether AWS has these. An up would create them a second time.",
        "  1. look for them in AWS, and delete those that it made: nothing of the stack uses them yet",
        `  2. pulumi refresh --stack ${stack} --clear-pending-creates`,
        `  3. npx identity up --stack ${stack} creates them`,
    ].join("\n");
}

/** Ends the command if creations are pending. Call it after `waitForLock`, since the creations of a running update are pending, too. */
export function refusePending(state: State, stack: string): void {
    const explained = explainPending(state, stack);
    if (explained) throw new Exit(STOPPED, `stopped before anything was changed\n${explained}`);
}

/** For commands that change nothing: only a note. */
export function notePending(state: State, stack: string, context: CommandContext): void {
    const explained = explainPending(state, stack);
    if (explained) context.err(`${explained}\n`);
}
