/** The task that makes the roles of a shared database, as on AWS: before whatever runs, and once more when the agents are there. */
import type { SimulatedResource } from "../plan/simulated-aws";
import { TASK } from "../plan/sections/task-definitions";
import type { ComposeService } from "./tasks";
import { oneOff, type ServiceTasks, type TaskFilesContext } from "./tasks";

const SHARED = "identity:index:SharedDatabase";
const PARAMETER = "aws:ssm/parameter:Parameter";
const SERVICE = "aws:ecs/service:Service";

export interface DatabaseRoles {
    /** The tasks' names. */
    readonly tasks: ReadonlySet<string>;
    /** What everything else has to wait for. */
    readonly needed: NonNullable<ComposeService["depends_on"]>;
    runs(services: readonly ServiceTasks[]): ReturnType<typeof oneOff>[];
}

export function databaseRoles(context: TaskFilesContext): DatabaseRoles {
    const { inventory } = context;
    const tasks = inventory
        .ofType(TASK)
        .filter(({ parent }) => parent !== undefined && inventory.byUrn(parent)?.type === SHARED);
    return {
        tasks: new Set(tasks.map(({ name }) => name)),
        needed: Object.fromEntries(tasks.map(({ name }) => [name, { condition: "service_completed_successfully" }])),
        runs: (services) =>
            tasks.flatMap((task) => {
                const makers = makersOf(task, context);
                const containers = services
                    .filter(({ name }) => makers.has(name))
                    .flatMap((service) => service.tasks.flatMap((one) => Object.values(one.containers)));
                const first = oneOff(task.name, context);
                return containers.length === 0 ? [first] : [first, again(first, task.name, containers)];
            }),
    };
}

/** The services whose roles make their databases themselves: what the second run comes after. */
function makersOf(task: SimulatedResource, { inventory }: TaskFilesContext): ReadonlySet<string> {
    const second = inventory
        .children(task.parent)
        .filter(({ type, name }) => type === PARAMETER && name.endsWith("-closed"));
    const services = second.flatMap(({ dependencies }) => dependencies.map((urn) => inventory.byUrn(urn)));
    return new Set(services.flatMap((found) => (found?.type === SERVICE ? [found.name] : [])));
}

/** The same task under another name, when the containers are healthy. */
function again(
    { composed, state }: ReturnType<typeof oneOff>,
    name: string,
    containers: readonly string[],
): ReturnType<typeof oneOff> {
    const service = composed[name]!;
    const healthy = Object.fromEntries(containers.map((container) => [container, { condition: "service_healthy" }]));
    const second = `${name}-again`;
    return {
        // In the network of the first, which is over.
        composed: { [second]: { ...service, depends_on: { ...service.depends_on, ...healthy } } },
        state: { ...state, container: second },
    };
}
