/** Plans a stack, writes the plan and its report, and shows it. */
import path from "node:path";
import pc from "picocolors";
import { compare, lastPlan } from "../../plan/earlier";
import { planFolder, writePlan, writing } from "../../plan/files";
import { planStack } from "../../plan/plan-stack";
import { render } from "../../plan/render";
import { violationsText } from "../../plan/tables/policies";
import { writeReport } from "../../report/write";
import type { CommandContext } from "../../shared/context";
import { UsageError } from "../../shared/errors";
import type { PlanInput } from "../plan";

export async function showPlan(
    { stack, sections, all, against, running, json }: PlanInput,
    { root, files = root, out, err, width }: Pick<CommandContext, "root" | "files" | "out" | "err" | "width">,
): Promise<number> {
    if (against === stack) throw new UsageError(`--against ${against}: it is compared with its last plan anyway`);
    const other = against === undefined ? undefined : await planStack({ root, stack: against, files });
    const planned = await planStack({ root, stack, running, files });
    const compared = compare(lastPlan(root, stack), other, planned);
    writePlan(root, planned);
    const folder = path.join(root, planFolder(stack));
    writing(root, folder, () => writeReport(folder, planned, compared));
    const { model } = planned;
    const shown = all ? "all" : sections.length > 0 ? sections : undefined;
    const plan = other ? { ...model, against: { stack: against, ...compared.at(-1)!.changes } } : model;
    out(
        json
            ? `${JSON.stringify(plan, null, 2)}\n`
            : render(model, planFolder(stack), { ...pc, width }, compared, shown),
    );
    const violations = violationsText(model);
    if (violations !== undefined) err(`${violations}\n`);
    return violations === undefined ? 0 : 1;
}
