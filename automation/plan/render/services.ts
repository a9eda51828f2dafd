import { groupBy } from "../grouping";
import type { SecretView } from "../sections/secrets";
import type { ServiceView } from "../sections/services";
import type { TaskView } from "../sections/tasks";
import { headedTable, type Layout, list, table } from "../text";

export function renderServices(services: readonly ServiceView[], region: string, layout: Layout): string[] {
    const rows = services.map((service) => [
        service.name,
        tasks(service),
        `${service.cpu / 1024} vCPU, ${service.memory / 1024} GiB`,
        `${service.subnets.join(", ")}${service.publicAddress ? " with a public address" : ""} in ${zones(service.zones, region)}`,
        service.exec ? "on" : "off",
        service.logs ? `${service.logs.days} days` : "none",
    ]);
    const deployments = services.map(({ name, deployment }) => ({ name, value: deploymentText(deployment) }));
    const details = [
        ...shared("deployment", deployments),
        ...services.flatMap(versionRow),
        ...services.flatMap(logInsRow),
    ];
    return [
        ...headedTable(["service", "tasks", "each", "subnets", "exec", "logs kept"], rows, layout, [layout.bold]),
        ...table(shared("image", services.flatMap(images)), 2, [], layout.width),
        ...table(details, 2, [], layout.width),
    ];
}

/** Services with the same value share a row. */
function shared(title: string, values: { name: string; value: string }[]): string[][] {
    const groups = groupBy(values, ({ value }) => value);
    return groups.map((alike) => [
        title,
        alike[0].value + (groups.length > 1 ? ` (${list(alike.map(({ name }) => name))})` : ""),
    ]);
}

/** By container, if a task has several. */
const images = ({ name, containers }: ServiceView) =>
    containers.map((container) => ({
        name: containers.length > 1 ? `${name}/${container.name}` : name,
        value: shortDigest(container.image),
    }));

export function tasks({ tasks: { min, max }, scalesBy }: ServiceView): string {
    return scalesBy.length > 0 ? `${min}–${max} by ${scalesBy.join(", ")}` : String(min);
}

/** `2 zones (a, c)` */
export const zones = (names: readonly string[], region: string) =>
    `${names.length} zones (${names.map((zone) => zone.replace(region, "")).join(", ")})`;

export const shortDigest = (image: string) => image.replace(/(@sha256:[0-9a-f]{12})[0-9a-f]+$/, "$1…");

const BREAKERS = {
    "rolls back": "circuit breaker with rollback",
    stops: "circuit breaker without rollback",
    none: "no circuit breaker",
};

export const deploymentText = ({ minimumPercent, maximumPercent, circuitBreaker }: ServiceView["deployment"]) =>
    minimumPercent === 0
        ? `stops every task before the new ones start, ${BREAKERS[circuitBreaker]}`
        : `rolls with ${minimumPercent} to ${maximumPercent} % of the tasks running, ${BREAKERS[circuitBreaker]}`;

export function versionRow({ name, version, deployment }: ServiceView): [string, string][] {
    if (!version) return [];
    const { wanted, running } = version;
    const way = deployment.minimumPercent === 0 ? "is replaced" : "rolls";
    const text = running
        ? `${name} ${running} → ${wanted} ${way}`
        : `${name} ${wanted}, a first deployment; --running VERSION shows an update from that version`;
    return [["version", text]];
}

function logInsRow({ name, logIns, tasks: { min, max } }: ServiceView): [string, string][] {
    if (!logIns) return [];
    const most = max > min ? `, ${round(logIns.max)} on ${max}` : "";
    const nodes = `${min} ${min === 1 ? "node" : "nodes"}`;
    return [
        [
            "log-ins",
            `${name} ${round(logIns.min)} by password a second on ${nodes}${most}, at ${logIns.cpuPercent} % CPU`,
        ],
    ];
}

const round = (number: number) => (number < 10 ? Math.round(number * 10) / 10 : Math.round(number));

export function renderTasks(all: readonly TaskView[], layout: Layout): string[] {
    const rows = all.map(({ name, schedule, command, cpu, memory }) => [
        name,
        schedule
            ? `${schedule.expression}, ${schedule.timeZone}`
            : command.length > 0
              ? "before each deployment, which it stops where it fails; by hand: npx identity task"
              : "by hand: npx identity task",
        `${cpu / 1024} vCPU, ${memory / 1024} GiB`,
        command.join(" "),
    ]);
    return headedTable(["task", "when", "each", "command"], rows, layout, [layout.bold]);
}

export function renderSecrets(secrets: readonly SecretView[], layout: Layout): string[] {
    const rows = secrets.map(({ parameter, from, readers }) => [
        parameter,
        from,
        list(
            readers.map(({ service, variable }) =>
                parameter.endsWith(`/${variable}`) ? service : `${service} as ${variable}`,
            ),
        ) || "nobody",
    ]);
    return headedTable(["parameter", "from", "read by"], rows, layout);
}
