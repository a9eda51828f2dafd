/** `npm run outputs`: what the last `up` has returned. */
import { table } from "../plan/text";
import { UsageError } from "../plan/stack-file";
import { EXIT_CODES } from "../runner/codes";
import { openStack, platform, type Project } from "../runner/stack";
import { shownOutputs } from "../runner/summary";
import { options, run, type Surroundings } from "./command";

const HELP = `npm run outputs -- [--stack NAME] [--json] [OUTPUT]

Prints a stack's outputs, or one of them. What is secret is not shown.

  --stack NAME  the stack (default: dev)
  --json        print them as JSON
  --help        print this

${EXIT_CODES}`;

export async function outputs(args: string[], around: Surroundings, project: Project = platform): Promise<number> {
    const { values, positionals } = options(args, { json: { type: "boolean", default: false } });
    if (values.help) {
        around.out(HELP);
        return 0;
    }
    const [name, ...more] = positionals;
    if (more.length > 0) throw new UsageError("npm run outputs takes one OUTPUT; --help says more");
    const { stack } = await openStack(around, values.stack, project);
    const all = shownOutputs(await stack.outputs());
    if (Object.keys(all).length === 0)
        throw new UsageError(`the stack ${values.stack} is not deployed yet: npm run up`);
    if (name !== undefined && !Object.hasOwn(all, name)) {
        throw new UsageError(`there is no output ${name}; there are: ${Object.keys(all).sort().join(", ")}`);
    }
    const wanted = name === undefined ? all : all[name];
    if (values.json) around.out(`${JSON.stringify(wanted, null, 2)}\n`);
    else if (typeof wanted === "string") around.out(`${wanted}\n`);
    else around.out(`${table(rows(wanted), 0).join("\n")}\n`);
    return 0;
}

/** A row for each value, however deep it is. */
function rows(value: unknown, path = ""): string[][] {
    if (value === null || value === undefined) return [];
    if (typeof value !== "object") return [[path, String(value as string | number | boolean)]];
    return Object.entries(value).flatMap(([key, inner]) => rows(inner, path === "" ? key : `${path}.${key}`));
}

if (require.main === module) run(outputs);
