/** The tasks of a plan as services of a compose file: of each service as many as it has, and those that run to their end. */
import type { Build } from "../../components/container-image/build";
import { type Inventory, lastPart } from "../plan/inventory";
import { TASK } from "../plan/sections/task-definitions";
import type { PlannedStack } from "../plan/plan-stack";
import type { SimulatedResource } from "../plan/simulated-aws";
import { type ContainerDefinition, type ContainerSettings, containerSettings, type TaskDefinition } from "./container";
import type { Target } from "./envoy/clusters";
import { ownersOf, sharedVolume } from "./file-systems";
import { type Firewalls, networkOf } from "./firewall";
import type { OneOffState, TaskState } from "./state";
import type { Reference } from "./variables";

export interface ComposeService {
    image: string;
    build?: Build;
    environment?: Record<string, string | Reference>;
    depends_on?: Record<string, { condition: string }>;
    networks?: { default: { aliases: string[] } };
    network_mode?: string;
    ports?: string[];
    profiles?: string[];
    restart?: string;
    [other: string]: unknown;
}

/** A file of this machine in a container. */
export interface Bind {
    readonly type: "bind";
    /** From the folder of the compose file. */
    readonly source: string;
    readonly target: string;
    readonly read_only: true;
}

type Mount = ContainerSettings["volumes"][number] | Bind;

export interface TaskFilesContext {
    readonly inventory: Inventory;
    readonly planned: PlannedStack;
    /** URLs in the environment, as they are on this machine. */
    local(text: string): string;
    /** The value of a parameter, as the compose file names it. */
    secret(parameter: string): Reference;
    /** The value of a parameter. */
    value(parameter: string): string;
    /** What every container is told beside its definition, as Fargate would: the region, the role's credentials. */
    told(definition: TaskDefinition): Record<string, string>;
    /** What a container gets that is a client of something here, by the values of its variables. */
    trust(values: readonly string[]): { environment: Record<string, string>; volumes: readonly Bind[] };
    /** What has to be there before any task: the databases, SSM. */
    readonly needed: ComposeService["depends_on"];
    /** PEM of the authority of the databases here, in place of RDS's. */
    readonly databaseAuthority: string;
    /** What the VOLUMEs of an image name; undefined for one that is not built here. */
    volumesOf(image: string): readonly string[] | undefined;
    /** What security groups allow. */
    readonly firewalls: Firewalls;
}

export type ComposeServices = Record<string, ComposeService>;

/** The tasks of one service. */
export interface ServiceTasks {
    readonly name: string;
    readonly composed: ComposeServices;
    readonly tasks: readonly TaskState[];
    /** By target group. */
    readonly targets: ReadonlyMap<string, readonly Target[]>;
}

const CONDITIONS: Readonly<Record<string, string>> = {
    START: "service_started",
    HEALTHY: "service_healthy",
    COMPLETE: "service_completed_successfully",
    SUCCESS: "service_completed_successfully",
};

interface Service {
    desiredCount?: number;
    loadBalancers?: { targetGroupArn: string; containerPort: number }[];
    serviceRegistries?: { registryArn: string };
}

export function serviceTasks(service: SimulatedResource, around: TaskFilesContext): ServiceTasks {
    const { inventory, planned } = around;
    const { desiredCount = 1, loadBalancers = [], serviceRegistries } = service.inputs as Service;
    const definition = planned.taskDefinitions.get(service.name)! as TaskDefinition;
    const aliases = serviceRegistries ? [discoveryName(inventory, serviceRegistries.registryArn)] : [];
    const release = releaseOf(service, around);
    const needed = { ...around.needed, ...(release ? { [release]: { condition: CONDITIONS.SUCCESS! } } : {}) };
    const composed: ComposeServices = {};
    const tasks = Array.from({ length: desiredCount }, (_, i) => {
        const task = newTask(`${service.name}-${i + 1}`, service.name, definition, { ...around, needed }, aliases);
        Object.assign(composed, task.composed);
        return task.state;
    });
    return {
        name: service.name,
        composed,
        tasks,
        targets: new Map(
            loadBalancers.map(({ targetGroupArn, containerPort }) => [
                targetGroupArn,
                tasks.map((task) => ({ host: task.name, port: containerPort })),
            ]),
        ),
    };
}

/**
 * The containers of one task, and one more that holds the network namespace that they share, as on Fargate: any of them may then start
 * anew without the others losing their network.
 */
function newTask(
    name: string,
    service: string,
    definition: TaskDefinition,
    around: TaskFilesContext,
    aliases: string[],
) {
    const containers = definition.containerDefinitions.filter(runsHere);
    const ports = containers.flatMap(({ portMappings = [] }) => portMappings.map((mapping) => mapping.containerPort));
    const alone = containers.length === 1;
    const named = (container: string) => (alone ? name : `${name}-${container}`);
    const rendered = containers.map(
        (container) => [container, composedContainer(definition, container, around)] as const,
    );
    const composed: ComposeServices = around.firewalls.holder(name, "service", service, {
        aliases,
        ports: ports.map((port) => `127.0.0.1::${port}`),
        sysctls: rendered[0]![1].sysctls,
    });
    for (const [container, { sysctls: _, ...service }] of rendered) {
        const after = (container.dependsOn ?? []).map(({ containerName, condition }) => [
            named(containerName),
            { condition: CONDITIONS[condition]! },
        ]);
        composed[named(container.name)] = {
            ...service,
            depends_on: {
                ...around.needed,
                ...ownersOf(definition, around.inventory),
                ...Object.fromEntries(after),
            },
            restart: "unless-stopped", // as ECS puts another task in the place of one that ended
            // What runs to its end before the others stays ended.
            ...(endsFirst(container.name, containers) ? { restart: "no" } : {}),
            volumes: ofTask(name, definition, service.volumes, around.inventory),
            network_mode: `service:${networkOf(name)}`,
        };
    }
    const state: TaskState = {
        name,
        ports,
        holder: networkOf(name),
        containers: Object.fromEntries(
            containers
                .filter((container) => !endsFirst(container.name, containers))
                .map((container) => [container.name, named(container.name)]),
        ),
    };
    return { composed, state };
}

/** A volume that containers of a task share is the task's own; a file system is the same one for all tasks. */
const ofTask = (task: string, definition: TaskDefinition, volumes: readonly Mount[], inventory: Inventory) =>
    volumes.map((volume) =>
        volume.type === "volume" && volume.source !== undefined
            ? { ...volume, source: sharedVolume(definition, volume.source, inventory) ?? `${task}-${volume.source}` }
            : volume,
    );

const endsFirst = (name: string, containers: readonly ContainerDefinition[]) =>
    containers.some(({ dependsOn = [] }) =>
        dependsOn.some(({ containerName, condition }) => containerName === name && ENDS.includes(condition)),
    );
const ENDS = ["SUCCESS", "COMPLETE"];

/** ECS configures a log router while it starts it; here logs are Docker's. */
const runsHere = ({ firelensConfiguration }: ContainerDefinition) => firelensConfiguration === undefined;

function composedContainer(
    definition: TaskDefinition,
    container: ContainerDefinition,
    { inventory: _, secret, value, local, told, trust, ...around }: TaskFilesContext,
): ComposeService & Pick<ContainerSettings, "sysctls"> & { volumes: readonly Mount[] } {
    const volumes = around.volumesOf(container.image);
    const { ulimits, ...settings } = containerSettings(definition, container, container.image, volumes);
    const secrets = (container.secrets ?? []).map(
        ({ name, valueFrom }) => [name, secret(lastPart(valueFrom))] as const,
    );
    const trusted = trust([
        ...Object.values(settings.environment),
        ...(container.secrets ?? []).map(({ valueFrom }) => value(lastPart(valueFrom))),
    ]);
    const built = around.planned.resources.some((resource) => resource.outputs.repoDigest === settings.image);
    return {
        ...settings,
        ...(Object.keys(ulimits).length > 0 ? { ulimits } : {}),
        ...(built ? { pull_policy: "never" } : {}),
        volumes: [...settings.volumes, ...trusted.volumes],
        environment: {
            ...told(definition),
            ...trusted.environment,
            ...Object.fromEntries(Object.entries(settings.environment).map(([key, value]) => [key, local(value)])),
            ...Object.fromEntries(secrets),
            ...(settings.environment.DB_CA_PEM === undefined ? {} : { DB_CA_PEM: around.databaseAuthority }),
        },
    };
}

/** `<service>.<stack>.internal`, which leads to all of its tasks. */
function discoveryName(inventory: Inventory, registryArn: string): string {
    const { name, dnsConfig } = inventory.byArn(registryArn)!.inputs as {
        name: string;
        dnsConfig: { namespaceId: string };
    };
    const type = "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace";
    return `${name}.${inventory.byId(type, dnsConfig.namespaceId)!.inputs.name}`;
}

/** The task that has to end well before a service starts: that of its heritage, where it has a command. */
function releaseOf(service: SimulatedResource, { inventory, planned }: TaskFilesContext): string | undefined {
    const above = new Set([...inventory.ancestors(service)].map(({ urn }) => urn));
    return inventory.ofType(TASK).find((task) => above.has(task.parent ?? "") && isRelease(task.name, planned))?.name;
}

/** What runs before a deployment is what has a command, and no schedule. */
const isRelease = (name: string, { model }: PlannedStack) =>
    model.tasks.some((task) => task.name === name && task.schedule === undefined && task.command.length > 0);

/** A task that runs to its end, before its heritage's services or when somebody asks for it. */
export function oneOff(name: string, around: TaskFilesContext): { composed: ComposeServices; state: OneOffState } {
    const { planned } = around;
    const definition = planned.taskDefinitions.get(name)! as TaskDefinition;
    const [container, ...others] = definition.containerDefinitions;
    if (!container || others.length > 0) throw new Error(`${name}: a task that runs to its end has one container here`);
    const beforeDeploy = isRelease(name, planned);
    const view = planned.model.tasks.find((task) => task.name === name)!;
    const { inventory } = around;
    const { volumes, sysctls, ...service } = composedContainer(definition, container, around);
    return {
        composed: {
            ...around.firewalls.holder(name, "task", name, { aliases: [], sysctls }),
            [name]: {
                ...service,
                network_mode: `service:${networkOf(name)}`,
                volumes: ofTask(name, definition, volumes, inventory),
                depends_on: { ...around.needed, ...ownersOf(definition, inventory) },
                restart: "no",
                ...(beforeDeploy ? {} : { profiles: ["tasks"] }),
            },
        },
        state: {
            container: name,
            command: view.command,
            beforeDeploy,
            schedule: view.schedule && `${view.schedule.expression}, ${view.schedule.timeZone}`,
        },
    };
}
