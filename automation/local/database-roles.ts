/** The task that makes the roles of a shared database, as on AWS: before whatever runs, and once more when the agents are there. */
import type { SimulatedResource } from "../plan/simulated-aws";
import { TASK } from "../plan/sections/task-definitions";
import { type OneOff, oneOff, type ServiceTasks, type TaskContext } from "./tasks";

const SHARED = "identity:index:SharedDatabase";
const PARAMETER = "aws:ssm/parameter:Parameter";
const SERVICE = "aws:ecs/service:Service";

export function databaseRoles(context: TaskContext) {
    const { inventory } = context;
    const tasks = inventory
        .ofType(TASK)
        .filter(({ parent }) => parent !== undefined && inventory.byUrn(parent)?.type === SHARED);
    return {
        /** The tasks' names. */
        tasks: new Set(tasks.map(({ name }) => name)),
        /** What everything else has to wait for. */
        needed: Object.fromEntries(tasks.map(({ name }) => [name, { condition: "service_completed_successfully" }])),
        runs: (services: readonly ServiceTasks[]): OneOff[] =>
            tasks.flatMap((task) => {
                const makers = makersOf(task, context);
                const containers = services
                    .filter(({ name }) => makers.has(name))
                    .flatMap((service) => service.tasks.flatMap((running) => Object.values(running.containers)));
                const first = oneOff(task.name, context);
                return containers.length === 0 ? [first] : [first, again(first, containers)];
            }),
    };
}

/** The services whose roles make their databases themselves: what the second run comes after. */
function makersOf(task: SimulatedResource, { inventory }: TaskContext): ReadonlySet<string> {
    const second = inventory
        .children(task.parent)
        .filter(({ type, name }) => type === PARAMETER && name.endsWith("-closed"));
    const services = second.flatMap(({ dependencies }) => dependencies.map((urn) => inventory.byUrn(urn)));
    return new Set(services.flatMap((found) => (found?.type === SERVICE ? [found.name] : [])));
}

/** The same task under another name, when the containers are healthy. */
function again({ name: first, composed, state }: OneOff, containers: readonly string[]): OneOff {
    const service = composed[first]!;
    const healthy = Object.fromEntries(containers.map((container) => [container, { condition: "service_healthy" }]));
    const name = `${first}-again`;
    // In the network of the first, which is over.
    return { name, composed: { [name]: { ...service, depends_on: { ...service.depends_on, ...healthy } } }, state };
}
