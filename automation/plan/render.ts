/** The plan as text: what somebody reads before they deploy, in a terminal or in the log of CI. */
import type { Plan } from "./model";
import type { PlanComparison } from "./earlier";
import { renderAdvice } from "./render/advice";
import { renderChanges } from "./render/changes";
import { renderConnections } from "./render/connections";
import { renderCost } from "./render/cost";
import { renderDatabases, renderOutputs, renderProtected } from "./render/data";
import { renderEndpoints } from "./render/endpoints";
import { renderPolicies } from "./render/policies";
import { renderMachines } from "./render/machines";
import { renderRoles } from "./render/roles";
import { renderSecrets, renderServices, renderTasks } from "./render/services";
import { renderSummary } from "./render/summary";
import { renderTime } from "./render/time";
import { renderTree } from "./render/tree";
import { SECTION_NAMES, type SectionName } from "./section-names";
import { type Layout, WIDTH, wrap } from "./text";

interface Section {
    readonly title: string;
    /** None where the stack has nothing to say there. */
    lines(plan: Plan, layout: Layout): string[];
}

const SECTIONS: Record<SectionName, Section> = {
    resources: { title: "Components and resources", lines: (plan, layout) => renderTree(plan.tree, layout) },
    endpoints: {
        title: "Endpoints, and who reaches them",
        lines: (plan, layout) => renderEndpoints(plan.endpoints, layout),
    },
    services: { title: "Services", lines: (plan, layout) => renderServices(plan.services, plan.region, layout) },
    tasks: { title: "Tasks that run to their end", lines: (plan, layout) => renderTasks(plan.tasks, layout) },
    machines: { title: "Machines", lines: (plan, layout) => renderMachines(plan.machines, plan.region, layout) },
    secrets: { title: "Secrets, by name only", lines: (plan, layout) => renderSecrets(plan.secrets, layout) },
    connections: {
        title: "Who may talk to whom",
        lines: (plan, layout) => renderConnections(plan.connections, layout),
    },
    roles: { title: "Roles, and what they may do", lines: (plan, layout) => renderRoles(plan.roles, layout) },
    databases: { title: "Databases", lines: (plan, layout) => renderDatabases(plan.databases, plan.region, layout) },
    protected: { title: "Protected", lines: (plan, layout) => renderProtected(plan.protected, layout) },
    policies: { title: "Policies", lines: (plan, layout) => renderPolicies(plan.policies, layout) },
    advice: { title: "Advice: to be looked at", lines: (plan, layout) => renderAdvice(plan.advice, layout) },
    cost: { title: "Cost a month", lines: (plan, layout) => renderCost(plan.cost, layout) },
    time: { title: "The first `up`", lines: (plan, layout) => renderTime(plan.time, layout) },
    outputs: { title: "Outputs", lines: (plan, layout) => renderOutputs(plan.outputs, layout) },
};

/**
 * `files` is where the plan was written to; `compared` is what it was compared with. Without `sections` it is the summary; an empty
 * section that was asked for says so.
 */
export function render(
    plan: Plan,
    files: string,
    layout: Layout,
    compared: PlanComparison = { comparisons: [] },
    sections: readonly SectionName[] | "all" | undefined = undefined,
): string {
    const { bold, dim, cyan, width = WIDTH } = layout;
    const titled = (title: string, lines: string[]) => (lines.length > 0 ? ["", bold(title), ...lines] : []);
    const whole = sections === "all" ? SECTION_NAMES : (sections ?? []);
    return [
        `${bold(`${plan.project}, stack ${plan.stack}`)}  ${cyan("simulated: nothing was made")}`,
        `environment ${plan.environment}, region ${plan.region}`,
        ...(sections === undefined ? ["", ...renderSummary(plan, layout)] : []),
        ...whole.flatMap((name) => {
            const { title, lines } = SECTIONS[name];
            const own = lines(plan, layout);
            return titled(title, own.length > 0 || sections === "all" ? own : ["  none"]);
        }),
        ...(sections === undefined || sections === "all"
            ? [
                  ...compared.comparisons.flatMap((comparison) =>
                      titled(`Against ${comparison.with}`, renderChanges(comparison, layout)),
                  ),
                  ...(compared.unreadable ? ["", ...wrap(compared.unreadable, width)] : []),
              ]
            : []),
        "",
        `${bold(`${plan.total.resources} resources`)}, as \`pulumi up\` counts them; ${plan.total.inAws} of them in AWS`,
        ...wrap(`A report to look at is ${files}/index.html`, width),
        ...wrap(`Task definitions, policies and all inputs are in ${files}`, width).map(dim),
        ...(sections === undefined ? wrap(more(plan.stack), width).map(dim) : []),
        "",
    ].join("\n");
}

const more = (stack: string) => {
    const own = stack === "dev" ? "" : ` --stack ${stack}`;
    return `All of it: npx identity plan${own} --all; or a part, e.g. npx identity plan${own} cost, of ${SECTION_NAMES.join(", ")}`;
};
