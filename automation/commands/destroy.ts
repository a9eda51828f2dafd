/** `npm run destroy`: takes a stack down. */
import pc from "picocolors";
import { EXIT_CODES, STOPPED } from "../runner/codes";
import { confirm } from "../runner/confirm";
import { protectedOnes, whatStays } from "../runner/last-will";
import { failed, operate } from "../runner/operation";
import { begin, takeOver, WAIT } from "../runner/session";
import { platform, type Project, seconds, stateOf } from "../runner/stack";
import { summary } from "../runner/summary";
import { shortType } from "../plan/inventory";
import { list } from "../plan/text";
import { hanging } from "../runner/diff";
import { Exit, options, run, type Surroundings } from "./command";
import { UsageError } from "../plan/stack-file";

const HELP = `npm run destroy -- [--stack NAME] [--yes] [--wait SECONDS]

Deletes everything that a stack has made in AWS, and says what stays. It asks for the stack's name.
Where anything is protected, nothing is deleted: identity:protect: false in the stack file and an
\`up\` come first.

  --stack NAME    the stack (default: dev)
  --yes           do not ask; without a terminal nothing is deleted otherwise
  --wait SECONDS  how long to wait while another run holds the stack's lock (default: ${WAIT})
  --help          print this

The stack's file, its configuration and its history stay.

${EXIT_CODES}`;

export async function destroy(args: string[], around: Surroundings, project: Project = platform): Promise<number> {
    const { values, positionals } = options(args, {
        yes: { type: "boolean", default: false },
        wait: { type: "string", default: WAIT },
    });
    if (values.help) {
        around.out(HELP);
        return 0;
    }
    if (positionals.length > 0) throw new UsageError(`npm run destroy takes no ${positionals[0]}; --help says more`);
    const deadline = Date.now() + seconds("wait", values.wait) * 1000;
    const session = await begin(around, values.stack, { program: project.program });
    const { stack } = session;
    await takeOver(session, around, deadline);
    const { resources } = await stateOf(stack);
    const real = resources.filter(({ custom, type }) => custom && !type.startsWith("pulumi:"));
    if (real.length === 0) {
        around.out(`${stack.name} has nothing to delete\n`);
        return 0;
    }
    const kept = protectedOnes(resources, stack.name);
    if (kept) throw new Exit(STOPPED, kept);
    around.out(`\n${real.length} resources go, among them ${list(kinds(real.map(({ type }) => type)))}\n`);
    const stays = whatStays(resources);
    if (stays.length > 0)
        around.out(`\nWhat stays:\n${stays.flatMap((line) => hanging(line, "  ", "    ")).join("\n")}\n`);
    around.out("\n");
    await confirm(`Delete the stack ${stack.name}?`, { around, yes: values.yes, word: stack.name });
    const outcome = await operate((listening) => stack.destroy(listening), around, { total: real.length });
    const goOn = `  what is gone is out of the state; npm run destroy -- --stack ${stack.name} goes on from there`;
    const failure = failed("deleting", outcome, around, goOn);
    if (failure) throw failure;
    around.out(summary(`${stack.name} is deleted`, outcome, {}, pc));
    if (stays.length > 0)
        around.out(`What stays:\n${stays.flatMap((line) => hanging(line, "  ", "    ")).join("\n")}\n`);
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

if (require.main === module) run(destroy, ["SIGINT", "SIGTERM", "SIGHUP"]);
