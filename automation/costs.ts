/** `npm run costs`: what the stacks of this folder cost a month, side by side. */
import "./plan/transpiled-once";
import "./plan/without-closures";
import { readdirSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import pc from "picocolors";
import { explain } from "./commands/command";
import type { Plan } from "./plan/model";
import { planStack } from "./plan/plan-stack";
import { amount } from "./plan/render/cost";
import { STACK_FILE, UsageError } from "./plan/stack-file";
import { type Colors, table } from "./plan/text";

const HELP = `npm run costs -- [STACK…]

What stacks cost a month before traffic, side by side; without a name, every stack that has a file.

  --help  print this
`;

/** Plans each stack, or those that are named, and compares them; returns the exit code. */
export async function costs(args: string[], root: string, say: (text: string) => void): Promise<number> {
    const plans: Plan[] = [];
    try {
        const { values, positionals } = options(args);
        if (values.help) {
            say(HELP);
            return 0;
        }
        const stacks = positionals.length > 0 ? positionals : stacksOf(root);
        if (stacks.length === 0) throw new UsageError(`there is no stack file in ${root}`);
        for (const stack of stacks) plans.push((await planStack({ root, stack })).model);
    } catch (error) {
        say(`${explain(error)}\n`);
        return error instanceof UsageError ? 2 : 1;
    }
    say(`${compare(plans, pc).join("\n")}\n`);
    return 0;
}

function options(args: string[]) {
    try {
        return parseArgs({ args, allowPositionals: true, options: { help: { type: "boolean", default: false } } });
    } catch (error) {
        throw new UsageError(`${(error as Error).message.split(". ")[0]}; npm run costs -- --help says what there is`);
    }
}

const stacksOf = (root: string) =>
    readdirSync(root)
        .flatMap((file) => STACK_FILE.exec(file)?.[1] ?? [])
        .sort();

/** A row for each component that one of them has. */
export function compare(plans: readonly Plan[], { bold, dim }: Colors): string[] {
    const names = [...new Set(plans.flatMap(({ cost }) => cost.components.map(({ name }) => name)))];
    const rows = names.map((name) => [
        name,
        ...plans.map(({ cost }) => {
            const found = cost.components.find((one) => one.name === name);
            return found ? amount(found) : "–";
        }),
    ]);
    const notes = plans.flatMap(({ stack, cost }) => [
        ...cost.unpriced.map((what) => `${stack}: NOT in the sum, its price is unknown: ${what}`),
        ...cost.estimated.map((what) => `${stack}: estimated: ${what}`),
    ]);
    const [{ cost }] = plans as [Plan, ...Plan[]];
    return [
        ...table(
            [
                [`${cost.currency} a month`, ...plans.map(({ stack }) => stack)],
                ["", ...plans.map(({ region }) => region)],
                ...rows,
                ["in all, before traffic", ...plans.map((plan) => amount(plan.cost))],
                ["first `up`, minutes", ...plans.map(({ time }) => String(Math.round(time.minutes)))],
            ],
            0,
            [bold],
        ),
        ...table(
            notes.map((note) => [note]),
            0,
            [dim],
        ),
        ...table([[`${cost.prices.source}; ${cost.prices.of}. npm start -- --stack NAME says more.`]], 0, [dim]),
    ];
}

if (require.main === module) {
    const say = (text: string) => void process.stdout.write(text);
    costs(process.argv.slice(2), path.join(__dirname, ".."), say).then((code) => {
        process.exitCode = code;
    });
}
