/** `npm run drift`: what somebody has changed in AWS behind the program's back. */
import { DRIFTED, EXIT_CODES } from "../runner/codes";
import { DriftCollector, renderDrift } from "../runner/drift";
import { failed, operate } from "../runner/operation";
import { begin, tellPending } from "../runner/session";
import { platform, type Project } from "../runner/stack";
import { options, run, type Surroundings } from "./command";
import { UsageError } from "../plan/stack-file";

const HELP = `npm run drift -- [--stack NAME] [--json]

Compares each resource of a stack with what AWS has, and lists what is otherwise, property by
property. Nothing is changed, neither in AWS nor in the state.

  --stack NAME  the stack (default: dev)
  --json        print it as JSON, and nothing else on stdout
  --help        print this

\`npm run up\` puts right what the program says otherwise, after \`npm run refresh\` has told the
state of it.

${EXIT_CODES}`;

export async function drift(args: string[], around: Surroundings, project: Project = platform): Promise<number> {
    const { values, positionals } = options(args, { json: { type: "boolean", default: false } });
    if (values.help) {
        around.out(HELP);
        return 0;
    }
    if (positionals.length > 0) throw new UsageError(`npm run drift takes no ${positionals[0]}; --help says more`);
    // What a stack would still need is not what is asked here.
    const session = await begin(around, values.stack, { program: project.program });
    tellPending(session, around);
    const { found, outcome } = await readAll(session, around);
    const failure = failed("reading what AWS has", outcome, around, "  nothing was changed");
    if (failure) throw failure;
    const looked = session.state.resources.filter(({ custom, type }) => custom && !type.startsWith("pulumi:")).length;
    if (values.json)
        around.out(`${JSON.stringify({ stack: values.stack, resources: looked, drift: found }, null, 2)}\n`);
    else if (found.length === 0) around.out(`${looked} resources are as the state says\n`);
    else
        around.out(
            `${renderDrift(found).join("\n")}\n\n${found.length} of ${looked} resources are otherwise than the state says\n`,
        );
    return found.length > 0 ? DRIFTED : 0;
}

/** A refresh that changes nothing. */
export async function readAll({ stack }: Pick<Awaited<ReturnType<typeof begin>>, "stack">, around: Surroundings) {
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
        around,
        { shown: true },
    );
    return { found: collector.result, outcome };
}

if (require.main === module) run(drift, ["SIGINT", "SIGTERM", "SIGHUP"]);
