/** Renders the plan as text, for a terminal or a log of CI. */
import type { Plan } from "./model";
import type { Comparison } from "./earlier";
import { renderBlocks } from "./render/blocks";
import { renderChanges } from "./render/changes";
import { renderConnections } from "./render/connections";
import { renderSummary } from "./render/summary";
import { renderTime } from "./render/time";
import { renderTree } from "./render/tree";
import { SECTION_NAMES, type SectionName } from "./section-names";
import { TABLE_SECTIONS } from "./tables";
import { type Layout, WIDTH, wrap } from "./text";

interface Section {
    readonly title: string;
    /** Empty where the stack has nothing of this section. */
    lines(plan: Plan, layout: Layout): string[];
}

const OTHER_SECTIONS = {
    resources: { title: "Components and resources", lines: (plan, layout) => renderTree(plan.tree, layout) },
    connections: {
        title: "Who may talk to whom",
        lines: (plan, layout) => renderConnections(plan.connections, layout),
    },
    time: { title: "The first `up`", lines: (plan, layout) => renderTime(plan.time, layout) },
} satisfies Partial<Record<SectionName, Section>>;

function sectionOf(name: SectionName): Section {
    if (name === "resources" || name === "connections" || name === "time") return OTHER_SECTIONS[name];
    const { title, blocks } = TABLE_SECTIONS[name];
    return { title, lines: (plan, layout) => renderBlocks(blocks(plan), layout) };
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
            const { title, lines } = sectionOf(name);
            const rendered = lines(plan, layout);
            return titled(title, rendered.length > 0 || sections === "all" ? rendered : ["  none"]);
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
