/** Services, tasks that run to their end, and machines. */
import { groupBy } from "../grouping";
import type { Plan } from "../model";
import type { ServiceView } from "../sections/services";
import { list } from "../text";
import { type Block, code, marked, tableOf } from "./blocks";

export function servicesTables({ services, region }: Plan): Block[] {
    const rows = services.map((service) => [
        service.name,
        tasks(service),
        size(service),
        [
            `${service.subnets.join(", ")} in ${zones(service.zones, region)}`,
            ...(service.publicAddress ? [marked("public", "with a PUBLIC address")] : []),
        ],
        service.exec ? "on" : "off",
        service.logs ? `${service.logs.days} days` : "none",
    ]);
    const deployments = services.map(({ name, deployment }) => ({ name, value: deploymentText(deployment) }));
    const details = [
        ...shared("image", services.flatMap(images)),
        ...shared("deployment", deployments),
        ...services.flatMap(versionRow),
        ...services.flatMap(logInsRow),
    ];
    return [
        ...tableOf("Services", ["service", "tasks", "each", "subnets", "exec", "logs kept"], rows),
        ...tableOf("Images and deployments", ["what", "how"], details),
    ];
}

const size = ({ cpu, memory }: { cpu: number; memory: number }) => `${cpu / 1024} vCPU, ${memory / 1024} GiB`;

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

const letters = (names: readonly string[], region: string) => names.map((zone) => zone.replace(region, "")).join(", ");

/** `2 zones (a, c)` */
export const zones = (names: readonly string[], region: string) => `${names.length} zones (${letters(names, region)})`;

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

export function tasksTable({ tasks: all }: Plan): Block[] {
    const rows = all.map(({ name, schedule, command, ...each }) => [
        name,
        schedule
            ? `${schedule.expression}, ${schedule.timeZone}`
            : command.length > 0
              ? "before each deployment, which it stops where it fails; by hand: npx identity task"
              : "by hand: npx identity task",
        size(each),
        command.length > 0 ? code(command.join(" ")) : "",
    ]);
    return tableOf("Tasks", ["task", "when", "each", "command"], rows);
}

export function machinesTable({ machines, region }: Plan): Block[] {
    const rows = machines.map((machine) => [
        machine.name,
        machine.instanceType,
        [`${machine.volumeGiB} GiB`, machine.encrypted ? "encrypted" : marked("down", "NOT encrypted")],
        `${machine.subnets.join(", ")} in zone ${letters(machine.zones, region)}`,
        machine.publicAddress ? marked("public", "PUBLIC") : "not public",
        machine.tokens ? "with tokens" : marked("down", "WITHOUT tokens"),
    ]);
    return tableOf("Machines", ["machine", "type", "volume", "subnet", "address", "metadata"], rows);
}
