/** What an update began to create before it was killed. The state does not know whether AWS has it. */
import type { CommandContext } from "../shared/context";
import { Exit } from "../shared/errors";
import { STOPPED } from "../shared/exit-codes";
import type { State } from "./stack";
import { label } from "./urn";

/**
 * What was being created, and how to clear it; undefined where nothing was. An update or a deletion that was interrupted is simply done
 * again by the next `up`. A creation stays pending until a person clears it, as the engine has it (`backend/snapshot.go` of pulumi/pkg).
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

/** Ends the command where creations are pending. For after `waitForLock`: what another run creates at the moment is pending, too. */
export function refusePending(state: State, stack: string): void {
    const explained = explainPending(state, stack);
    if (explained) throw new Exit(STOPPED, `stopped before anything was changed\n${explained}`);
}

/** In a command that changes nothing, a note. */
export function notePending(state: State, stack: string, context: CommandContext): void {
    const explained = explainPending(state, stack);
    if (explained) context.err(`${explained}\n`);
}
