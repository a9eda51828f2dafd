/** The cards of applications: one for the services and tasks of each top-level component. */
import { add } from "../../plan/grouping";
import type { Inventory } from "../../plan/inventory";
import type { Plan } from "../../plan/model";
import { ANYWHERE } from "../../plan/sections/connections";
import { TASK } from "../../plan/sections/task-definitions";
import type { Card, Row } from "./types";
import { zoneLossOfTasks, zoneLetter } from "./zones";

const WORDS: Readonly<Record<string, string>> = {
    AgentCluster: "ACA-Py agents",
    KeycloakHa: "Keycloak, log-ins",
    TlsService: "service behind Envoy",
    Heritage: "heritage",
};

export function applications(plan: Plan, inventory: Inventory, zones: readonly string[]): Card[] {
    const owners = ownerByName(inventory);
    const rows = new Map<string, Row[]>();
    const ownerOf = (name: string) => owners.get(name) ?? { name, type: "" };
    for (const service of plan.services) add(rows, ownerOf(service.name).name, serviceRow(service, zones, plan.region));
    for (const task of plan.tasks) {
        const amount = task.schedule
            ? task.schedule.expression
            : task.command.length > 0
              ? "before deployments"
              : "by hand";
        add(rows, ownerOf(task.name).name, { name: task.name, amount, cells: [], losses: [] });
    }
    const byName = [...rows].sort(([a], [b]) => a.localeCompare(b, "en", { numeric: true }));
    return byName.map(([name, cardRows]) => {
        const { type } = [...owners.values()].find((owner) => owner.name === name) ?? { type: "" };
        return {
            id: `application ${name}`,
            column: "work",
            kind: "application",
            title: name,
            detail: WORDS[type] ?? type,
            rows: cardRows,
            notes: notes(plan, new Set(cardRows.map((row) => row.name!))),
            public: plan.services.some(
                (service) => service.publicAddress && cardRows.some((row) => row.name === service.name),
            ),
        };
    });
}

/** The top-level component of each service and task. */
function ownerByName(inventory: Inventory): Map<string, { name: string; type: string }> {
    const parts = [...inventory.ofType("aws:ecs/service:Service"), ...inventory.ofType(TASK)];
    return new Map(
        parts.map((part) => {
            const above = [...inventory.ancestors(part)].slice(0, -1); // the last one is the stack
            const { name, type } = above.at(-1) ?? part;
            return [part.name, { name, type: type.split(":").at(-1)! }];
        }),
    );
}

function serviceRow(
    { name, tasks: { min, max }, zones: within }: Plan["services"][number],
    zones: readonly string[],
    region: string,
): Row {
    const [least, most] = [Math.floor(min / within.length), Math.ceil(min / within.length)];
    const each = `${least === most ? least : `${least}–${most}`}${max > min ? "+" : ""}`;
    const cells = zones.map((zone) => (within.includes(zone) ? each : undefined));
    const amount = `${min === max ? min : `${min}–${max}`} ${max === 1 ? "task" : "tasks"}`;
    const letters = within.map((zone) => zoneLetter(zone, region));
    const anywhere = min === 1 ? [`in ${letters.join(" or ")}`] : undefined;
    return {
        name,
        amount,
        cells,
        anywhere,
        losses: zoneLossOfTasks(cells, min),
        once: within.length === 1 || min === 1,
    };
}

/** Notes on connections that no link shows: to the internet, and among applications. */
function notes({ connections }: Plan, names: ReadonlySet<string>): string[] {
    const isMember = ({ kind, name }: Plan["connections"][number]["to"]) =>
        (kind === "service" || kind === "task") && names.has(name);
    const ports = (found: Plan["connections"]) =>
        [...new Set(found.flatMap((connection) => connection.ports))].map(portWord).join(", ");
    const out = connections.filter(({ from, to }) => isMember(from) && to.kind === "network" && to.name === ANYWHERE);
    const among = connections.filter(({ from, to }) => isMember(from) && isMember(to));
    const calls = connections.filter(
        ({ from, to }) => !isMember(from) && isMember(to) && (from.kind === "service" || from.kind === "task"),
    );
    const callers = [...new Set(calls.map(({ from }) => from.name))];
    return [
        ...(among.length > 0 ? [`among its tasks: ${ports(among)}`] : []),
        ...(callers.length > 0
            ? [`called by ${callers.length > 2 ? `${callers.length} others` : callers.join(", ")}: ${ports(calls)}`]
            : []),
        ...(out.length > 0 ? [`calls out: ${ports(out)}`] : []),
    ];
}

const portWord = (port: string) => (port === "1–65535" ? "any port" : port);
