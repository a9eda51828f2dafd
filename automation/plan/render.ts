/** Renders the plan as text, for a terminal or a log of CI. */
import type { Plan } from "./model";
import type { Comparison } from "./earlier";
import { renderBlocks } from "./render/blocks";
import { renderChanges } from "./render/changes";
import { renderConnections } from "./render/connections";
import { renderSummary } from "./render/summary";
import { renderTree } from "./render/tree";
import { SECTION_NAMES, type SectionName } from "./section-names";
import { TABLE_SECTIONS } from "./tables";
import { type Layout, WIDTH, wrap } from "./text";

/** The title of a section, and its lines; none where the stack has nothing of it. */
function section(name: SectionName, plan: Plan, layout: Layout): [title: string, lines: string[]] {
    if (name === "resources") return ["Components and resources", renderTree(plan.tree, layout)];
    if (name === "connections") return ["Who may talk to whom", renderConnections(plan.connections, layout)];
    const { title, blocks } = TABLE_SECTIONS[name];
    return [title, renderBlocks(blocks(plan), layout)];
}

/**
 * Renders the summary, or `sections` in full. `files`: the folder of the plan's files. An empty section that the user names says `none`.
 */
export function render(
    plan: Plan,
    files: string,
    layout: Layout,
    comparisons: readonly Comparison[] = [],
    sections: readonly SectionName[] | "all" | undefined = undefined,
): string {
    const { bold, dim, cyan, width = WIDTH } = layout;
    const titled = (title: string, lines: string[]) => (lines.length > 0 ? ["", bold(title), ...lines] : []);
    const whole = sections === "all" ? SECTION_NAMES : (sections ?? []);
    return [
        `${bold(`${plan.project}, stack ${plan.stack}`)}  ${cyan("simulated: nothing was made")}`,
        `environment ${plan.environment}, region ${plan.region}`,
        ...(plan.existingVpc === undefined ? [] : wrap(inExisting(plan.existingVpc), width)),
        ...(sections === undefined ? ["", ...renderSummary(plan, layout)] : []),
        ...whole.flatMap((name) => {
            const [title, lines] = section(name, plan, layout);
            return titled(title, lines.length > 0 || sections === "all" ? lines : ["  none"]);
        }),
        ...(sections === undefined || sections === "all"
            ? comparisons.flatMap((comparison) =>
                  titled(`Against ${comparison.with}`, renderChanges(comparison, layout)),
              )
            : []),
        "",
        `${bold(`${plan.total.resources} resources`)}, as \`pulumi up\` counts them; ${plan.total.inAws} of them in AWS`,
        ...wrap(`A report to look at is ${files}/index.html`, width),
        ...wrap(`Task definitions, policies and all inputs are in ${files}`, width).map(dim),
        ...(sections === undefined ? wrap(more(plan.stack), width).map(dim) : []),
        "",
    ].join("\n");
}

const inExisting = (vpc: string) =>
    `network ${vpc}, which exists and costs the stack nothing; its zones, blocks and addresses are simulated here, and an \`up\` ` +
    "looks at the real ones before it makes anything";

const more = (stack: string) => {
    const option = stack === "dev" ? "" : ` --stack ${stack}`;
    return `All of it: npx identity plan${option} --all; or a part, e.g. npx identity plan${option} cost, of ${SECTION_NAMES.join(", ")}`;
};
