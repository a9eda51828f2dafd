/** What stacks cost a month, side by side. */
import pc from "picocolors";
import type { Plan } from "../../plan/model";
import { planStack } from "../../plan/plan-stack";
import { amount } from "../../plan/tables/cost";
import { stackNames } from "../../plan/stack-names";
import { type Colors, table } from "../../plan/text";
import type { CommandContext } from "../../shared/context";
import { UsageError } from "../../shared/errors";

/** Plans the stacks that are named, or every stack that has a file, and compares them. */
export async function costs(
    { stacks }: { readonly stacks: readonly string[] },
    { root, files = root, out }: Pick<CommandContext, "root" | "files" | "out">,
): Promise<number> {
    const names = stacks.length > 0 ? stacks : stackNames(root);
    if (names.length === 0) throw new UsageError(`there is no stack file in ${root}`);
    const plans: Plan[] = [];
    for (const stack of names) plans.push((await planStack({ root, stack, files })).model);
    out(`${compare(plans, pc).join("\n")}\n`);
    return 0;
}

/** A row for each component that one of them has, and for each AWS service. */
export function compare(plans: readonly Plan[], { bold, dim }: Colors): string[] {
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
                ...rows(plans, "components"),
                ["", ...plans.map(() => "")],
                ...rows(plans, "services"),
                ["", ...plans.map(() => "")],
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
        ...table([[`${cost.prices.source}; ${cost.prices.of}. npx identity plan --stack NAME says more.`]], 0, [dim]),
    ];
}

function rows(plans: readonly Plan[], by: "components" | "services"): string[][] {
    const names = [...new Set(plans.flatMap(({ cost }) => cost[by].map(({ name }) => name)))];
    return names.map((name) => [
        name,
        ...plans.map(({ cost }) => {
            const found = cost[by].find((group) => group.name === name);
            return found ? amount(found) : "–";
        }),
    ]);
}
