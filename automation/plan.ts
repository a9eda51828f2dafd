/** `npm start`: shows what `pulumi up` would make for a stack, with no account, no Pulumi CLI and no network. */
import "./plan/transpiled-once";
import "./plan/without-closures";
import path from "node:path";
import { parseArgs } from "node:util";
import pc from "picocolors";
import { explain } from "./commands/command";
import { compare, lastPlan } from "./plan/earlier";
import { planFolder, writePlan, writing } from "./plan/files";
import { planStack } from "./plan/plan-stack";
import { render, SECTION_NAMES, type SectionName } from "./plan/render";
import { violationsText } from "./plan/render/policies";
import { UsageError } from "./plan/stack-file";
import { columns, type Layout, wrap } from "./plan/text";

const HELP = `npm start -- [SECTION…] [--all] [--stack NAME] [--against STACK] [--running VERSION] [--json]

Runs the program of \`pulumi up\` for a stack against a simulated AWS, and shows what would exist: a summary, or what
is asked for.

  SECTION…       parts of the plan in full: ${wrap(SECTION_NAMES.join(", "), 80).join("\n                 ")}
  --all          all of them
  --stack NAME   the stack whose Pulumi.NAME.yaml is read (default: dev)
  --against STACK
                 another stack that has a file: what this one has more, less or otherwise than it
  --running VERSION
                 the Keycloak version that the stack runs now: how the file's would take over from it
  --json         print the plan as JSON, and nothing else (npm start -s: without npm's banner)
  --help         print this

Lines are as wide as the terminal, or as COLUMNS says; 100 columns where there is none. NO_COLOR leaves colours out.

It writes build/plan/NAME/: index.html, a report to look at, with a picture of the platform
(platform.svg), task definitions, IAM policies, all resources, and the plan as JSON.
What stood there before is what this plan is compared with.
Exit code: 0, a plan; 1, the configuration or the program is wrong, or the plan violates a policy
that is mandatory; 2, these arguments or the file are wrong.
`;

interface Surroundings {
    /** The folder with Pulumi.yaml and the stack files, below which the plan is written. */
    root: string;
    /** The folder that the program runs in. @default its own */
    files?: string;
    out(text: string): void;
    err(text: string): void;
    /** @default the colours that the terminal takes, in 100 columns */
    layout?: Layout;
}

/** Does what the arguments ask for; returns the exit code. */
export async function main(args: string[], { root, files, out, err, layout = pc }: Surroundings): Promise<number> {
    try {
        const { stack, against, running, json, help, sections } = options(args);
        if (help) {
            out(HELP);
            return 0;
        }
        if (against === stack) throw new UsageError(`--against ${against}: it is compared with its last plan anyway`);
        const other = against === undefined ? undefined : await planStack({ root, stack: against, files });
        const planned = await planStack({ root, stack, running, files });
        const compared = compare(lastPlan(root, stack), other, planned);
        writePlan(root, planned);
        // Loaded when it is written: nothing else needs the layout.
        const { writeReport } = await import("./report/write");
        const folder = path.join(root, planFolder(stack));
        writing(root, folder, () => writeReport(folder, planned, compared));
        const { model } = planned;
        const plan = other ? { ...model, against: { stack: against, ...compared.comparisons.at(-1)!.changes } } : model;
        out(json ? `${JSON.stringify(plan, null, 2)}\n` : render(model, planFolder(stack), layout, compared, sections));
        const violations = violationsText(model);
        if (violations !== undefined) err(`${violations}\n`);
        return violations === undefined ? 0 : 1;
    } catch (error) {
        err(`${explain(error)}\n`);
        return error instanceof UsageError ? 2 : 1;
    }
}

function options(args: string[]) {
    const { values, positionals } = parsed(args);
    const wrong = positionals.filter((name) => !(SECTION_NAMES as string[]).includes(name));
    if (wrong.length > 0) {
        throw new UsageError(
            `${wrong.join(", ")}: no section of the plan, which are ${SECTION_NAMES.join(", ")}; ` +
                "npm start -- --help says what else there is",
        );
    }
    const named = positionals.length > 0 ? (positionals as SectionName[]) : undefined;
    return { ...values, sections: values.all ? ("all" as const) : named };
}

function parsed(args: string[]) {
    try {
        return parseArgs({
            args,
            allowPositionals: true,
            options: {
                stack: { type: "string", default: "dev" },
                all: { type: "boolean", default: false },
                against: { type: "string" },
                running: { type: "string" },
                json: { type: "boolean", default: false },
                help: { type: "boolean", default: false },
            },
        });
    } catch (error) {
        throw new UsageError(`${(error as Error).message.split(". ")[0]}; npm start -- --help says what there is`);
    }
}

if (require.main === module) {
    const write = (stream: NodeJS.WriteStream) => (text: string) => void stream.write(text);
    const [out, err] = [write(process.stdout), write(process.stderr)];
    // Where two resources of a program wait for each other, node finds nothing left to do, and would exit as if all were well.
    const stuck = () => {
        err("The program does not come to its end: something in it waits for itself.\n");
        process.exitCode = 1;
    };
    process.once("beforeExit", stuck);
    const layout = { ...pc, width: columns(process.env, process.stdout.columns) };
    main(process.argv.slice(2), { root: path.join(__dirname, ".."), out, err, layout }).then((code) => {
        process.off("beforeExit", stuck);
        process.exitCode = code;
    });
}
