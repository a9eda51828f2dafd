/** The plan as text: what somebody reads before they deploy, in a terminal or in the log of CI. */
import type { Plan } from "./model";
import type { Compared } from "./earlier";
import { renderChanges } from "./render/changes";
import { renderConnections } from "./render/connections";
import { renderCost } from "./render/cost";
import { renderDatabases, renderOutputs, renderProtected } from "./render/data";
import { renderEndpoints } from "./render/endpoints";
import { renderPolicies } from "./render/policies";
import { renderMachines } from "./render/machines";
import { renderRoles } from "./render/roles";
import { renderSecrets, renderServices, renderTasks } from "./render/services";
import { renderTime } from "./render/time";
import { renderTree } from "./render/tree";
import { type Colors, WIDTH, wrap } from "./text";

/** `files` is where the plan was written to; `compared` is what it was compared with. */
export function render(plan: Plan, files: string, colors: Colors, compared: Compared = { comparisons: [] }): string {
    const { bold, dim, cyan } = colors;
    const section = (title: string, lines: string[]) => (lines.length > 0 ? ["", bold(title), ...lines] : []);
    return [
        `${bold(`${plan.project}, stack ${plan.stack}`)}  ${cyan("simulated: nothing was made")}`,
        `environment ${plan.environment}, region ${plan.region}`,
        ...section("Components and resources", renderTree(plan.tree, colors)),
        ...section("Endpoints, and who reaches them", renderEndpoints(plan.endpoints, colors)),
        ...section("Services", renderServices(plan.services, plan.region, colors)),
        ...section("Tasks that run to their end", renderTasks(plan.tasks, colors)),
        ...section("Machines", renderMachines(plan.machines, plan.region, colors)),
        ...section("Secrets, by name only", renderSecrets(plan.secrets, colors)),
        ...section("Who may talk to whom", renderConnections(plan.connections, colors)),
        ...section("Roles, and what they may do", renderRoles(plan.roles, colors)),
        ...section("Databases", renderDatabases(plan.databases, plan.region)),
        ...section("Protected", renderProtected(plan.protected)),
        ...section("Policies", renderPolicies(plan.policies, colors)),
        ...section("Cost a month", renderCost(plan.cost, colors)),
        ...section("The first `up`", renderTime(plan.time, colors)),
        ...section("Outputs", renderOutputs(plan.outputs, colors)),
        ...compared.comparisons.flatMap((one) => section(`Against ${one.with}`, renderChanges(one, colors))),
        ...(compared.unreadable ? ["", ...wrap(compared.unreadable, WIDTH)] : []),
        "",
        `${bold(`${plan.total.resources} resources`)}, as \`pulumi up\` counts them; ${plan.total.inAws} of them in AWS`,
        ...wrap(`A report to look at is ${files}/index.html`, WIDTH),
        ...wrap(`Task definitions, policies and all inputs are in ${files}`, WIDTH).map(dim),
        "",
    ].join("\n");
}
