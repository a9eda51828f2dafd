/** `npm run cancel`: takes away the lock of a run that is gone. */
import { UsageError } from "../plan/stack-file";
import { EXIT_CODES } from "../runner/codes";
import { confirm } from "../runner/confirm";
import { describeHolder, holder } from "../runner/lock";
import { openStack, platform, type Project, stateOf } from "../runner/stack";
import { explainPending } from "../runner/pending";
import { options, run, type Surroundings } from "./command";

const HELP = `npm run cancel -- [--stack NAME] [--yes]

Takes the stack's lock from a run that is gone for good (its machine was switched off, its job was
killed), after it has said whose it is. A run that still goes on would then change the same
resources as the next one. With Pulumi Cloud, the other run is told to end, too.

  --stack NAME  the stack (default: dev)
  --yes         do not ask
  --help        print this

${EXIT_CODES}`;

export async function cancel(args: string[], around: Surroundings, project: Project = platform): Promise<number> {
    const { values, positionals } = options(args, { yes: { type: "boolean", default: false } });
    if (values.help) {
        around.out(HELP);
        return 0;
    }
    if (positionals.length > 0) throw new UsageError(`npm run cancel takes no ${positionals[0]}; --help says more`);
    const opened = await openStack(around, values.stack, project);
    const { stack } = opened;
    const held = await holder(opened);
    if (!held) {
        around.out(`nobody holds the lock of ${stack.name}\n`);
        return 0;
    }
    around.err(`${describeHolder(held, Date.now())}\n`);
    if (!held.dead) around.err("  it may still run: look at that process, or that job, before you go on\n");
    await confirm(`Take the lock of ${stack.name} away?`, { around, yes: values.yes, word: stack.name });
    await stack.cancel();
    around.out(`the lock of ${stack.name} is free\n`);
    const state = await stateOf(stack);
    if (state.pending.length > 0) {
        around.err(`${explainPending(state).join("\n")}\n  npm run up -- --stack ${stack.name} takes it up\n`);
    }
    return 0;
}

if (require.main === module) run(cancel);
