/** `npm run refresh`: the state learns what AWS has. */
import pc from "picocolors";
import { EXIT_CODES } from "../runner/codes";
import { confirm } from "../runner/confirm";
import { renderDrift } from "../runner/drift";
import { failed, operate } from "../runner/operation";
import { begin, takeOver, WAIT } from "../runner/session";
import { platform, type Project, seconds } from "../runner/stack";
import { summary } from "../runner/summary";
import { options, run, type Surroundings } from "./command";
import { readAll } from "./drift";
import { UsageError } from "../plan/stack-file";

const HELP = `npm run refresh -- [--stack NAME] [--yes] [--wait SECONDS]

Takes into the state what AWS has; nothing is changed in AWS.

  --stack NAME     the stack (default: dev)
  --yes            do not ask; without a terminal nothing is changed otherwise
  --wait SECONDS   how long to wait while another run holds the stack's lock (default: ${WAIT})
  --help           print this

${EXIT_CODES}`;

export async function refresh(args: string[], around: Surroundings, project: Project = platform): Promise<number> {
    const { values, positionals } = options(args, {
        yes: { type: "boolean", default: false },
        wait: { type: "string", default: WAIT },
    });
    if (values.help) {
        around.out(HELP);
        return 0;
    }
    if (positionals.length > 0) throw new UsageError(`npm run refresh takes no ${positionals[0]}; --help says more`);
    const deadline = Date.now() + seconds("wait", values.wait) * 1000;
    const session = await begin(around, values.stack, { program: project.program });
    const { stack } = session;
    await takeOver(session, around, deadline);
    const { found, outcome: looked } = await readAll(session, around);
    const unread = failed("reading what AWS has", looked, around, "  the state was not changed");
    if (unread) throw unread;
    if (found.length === 0) {
        around.out("the state is as AWS is\n");
        return 0;
    }
    around.out(`${renderDrift(found).join("\n")}\n\n`);
    await confirm(`Take this into the state of ${stack.name}?`, { around, yes: values.yes });
    const outcome = await operate((listening) => stack.refresh(listening), around);
    const failure = failed("the refresh", outcome, around, `  npm run refresh -- --stack ${stack.name} tries again`);
    if (failure) throw failure;
    around.out(summary(`the state of ${stack.name} is refreshed`, outcome, {}, pc));
    return 0;
}

if (require.main === module) run(refresh, ["SIGINT", "SIGTERM", "SIGHUP"]);
