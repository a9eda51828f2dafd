/** The tasks of a plan as services of a compose file: of each service as many as it has, and those that run to their end. */
import { createHash } from "node:crypto";
import type { Build } from "../../components/container-image/build";
import { type Inventory, lastPart } from "../plan/inventory";
import { TASK } from "../plan/sections/task-definitions";
import type { PlannedStack } from "../plan/plan-stack";
import type { SimulatedResource } from "../plan/simulated-aws";
import { type ContainerDefinition, type ContainerSettings, containerSettings, type TaskDefinition } from "./container";
import type { Target } from "./envoy/clusters";
import { ownersOf, sharedVolume } from "./file-systems";
import { type DebugPorts, debugVariables } from "./debug";
import { type Firewalls, networkOf } from "./firewall";
import type { Trust } from "./stand-ins/trust";
import type { OneOffState, Rollout, TaskState } from "./state";
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
    labels?: Record<string, string>;
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
    fargateVariables(definition: TaskDefinition): Record<string, string>;
    /** What a container gets that is a client of something here, by its variables and the values of its secrets. */
    trust(environment: Readonly<Record<string, string>>, secrets: readonly string[]): Trust;
    /** What has to be there before any task: the databases, SSM. */
    readonly needed: ComposeService["depends_on"];
    /** PEM of the authority of the databases here, in place of RDS's. */
    readonly databaseAuthority: string;
    /** What the VOLUMEs of an image name; undefined where that is not known. */
    volumesOf(image: string): readonly string[] | undefined;
    /** What security groups allow. */
    readonly firewalls: Firewalls;
    /** A number that is another one where anything is, the values of secrets too. */
    digest(content: unknown): string;
    /** The compose project. */
    readonly project: string;
    /** Which of its two sets of names each service's tasks have. */
    readonly slots: Slots;
    /** The services that a debugger looks into. */
    readonly debug: DebugPorts;
}

/**
 * What the names of a service's tasks end with. A new version comes up beside the old one under the names of the other slot.
 * The first where a service is not named.
 */
export type Slots = Readonly<Record<string, Slot>>;
export type Slot = (typeof SLOTS)[number];
const SLOTS = ["", "b"] as const;
export const otherSlot = (slot: Slot | undefined): Slot => (slot === "b" ? "" : "b");

/** Of what a task is made, as one number: the tasks of another one are another version. */
export const DIGEST_LABEL = "identity.definition";

/** The name that compose gives a container. It is an alias of the container's, too, for as long as this lives. */
export const containerName = (project: string, service: string) => `${project}-${service}-1`;

/**
 * The name of a task that is a target of load balancers, by which they find it in Docker's DNS. It has it by `docker rename`, so that it can lose
 * it while it runs. It has no dot: Docker would ask other servers for it wherever it is not there.
 */
export function targetName(project: string, holder: string): string {
    const name = `${project}--${holder}`;
    if (name.length <= LONGEST_LABEL) return name;
    const digest = createHash("sha256").update(name).digest("hex").slice(0, 8);
    return `${name.slice(0, LONGEST_LABEL - digest.length - 1)}-${digest}`;
}
const LONGEST_LABEL = 63; // RFC 1035, 2.3.4

export type ComposeServices = Record<string, ComposeService>;

/** The tasks of one service. */
export interface ServiceTasks {
    readonly name: string;
    readonly composed: ComposeServices;
    readonly tasks: readonly TaskState[];
    readonly rollout: Rollout;
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
    deploymentMinimumHealthyPercent?: number;
    deploymentCircuitBreaker?: { rollback: boolean };
}

export function serviceTasks(service: SimulatedResource, context: TaskFilesContext): ServiceTasks {
    const { inventory, planned } = context;
    const { desiredCount = 1, loadBalancers = [], serviceRegistries } = service.inputs as Service;
    const definition = planned.taskDefinitions.get(service.name)! as TaskDefinition;
    const aliases = serviceRegistries ? [discoveryName(inventory, serviceRegistries.registryArn)] : [];
    const release = releaseOf(service, context);
    const slot = context.slots[service.name] ?? "";
    const needed = { ...context.needed, ...(release ? { [release]: { condition: CONDITIONS.SUCCESS! } } : {}) };
    const composed: ComposeServices = {};
    const debugged = context.debug.has(service.name);
    // One task, so that each request comes to the one that the debugger looks into.
    const names = Array.from(
        { length: debugged ? Math.min(desiredCount, 1) : desiredCount },
        (_, i) => `${service.name}-${i + 1}`,
    );
    const tasks = names.map((name) => {
        const task = newTask(name + slot, service.name, definition, { ...context, needed }, aliases);
        Object.assign(composed, labelled(task.composed, context));
        return { ...task.state, name };
    });
    const { deploymentMinimumHealthyPercent, deploymentCircuitBreaker } = service.inputs as Service;
    return {
        name: service.name,
        composed,
        tasks,
        rollout: {
            slot,
            stopsFirst: deploymentMinimumHealthyPercent === 0 || debugged, // two tasks cannot have the debugger's port
            goesBack: deploymentCircuitBreaker?.rollback !== false,
            drainSeconds: Math.max(0, ...loadBalancers.map(({ targetGroupArn }) => delayOf(inventory, targetGroupArn))),
            release,
        },
        // Both slots, whichever is in use: a load balancer does not start anew for a new version.
        targets: new Map(
            loadBalancers.map(({ targetGroupArn, containerPort }) => [
                targetGroupArn,
                names.flatMap((name) =>
                    SLOTS.map((one) => ({
                        host: targetName(context.project, networkOf(name + one)),
                        port: containerPort,
                    })),
                ),
            ]),
        ),
    };
}

/** The default is AWS's. */
const delayOf = (inventory: Inventory, targetGroupArn: string) =>
    Number(inventory.byArn(targetGroupArn)?.inputs.deregistrationDelay ?? 300);

function labelled(composed: ComposeServices, { digest }: Pick<TaskFilesContext, "digest">): ComposeServices {
    const services = Object.entries(composed).map(([name, { depends_on: _, ...service }]) => [name, service]);
    const labels = { [DIGEST_LABEL]: digest(services) };
    return Object.fromEntries(Object.entries(composed).map(([name, service]) => [name, { ...service, labels }]));
}

/**
 * The containers of one task, and one more that holds the network namespace that they share, as on Fargate: any of them may then start
 * anew without the others losing their network.
 */
function newTask(
    name: string,
    service: string,
    definition: TaskDefinition,
    context: TaskFilesContext,
    aliases: string[],
) {
    const containers = definition.containerDefinitions.filter(runsHere);
    const ports = containers.flatMap(({ portMappings = [] }) => portMappings.map((mapping) => mapping.containerPort));
    const alone = containers.length === 1;
    const named = (container: string) => (alone ? name : `${name}-${container}`);
    const rendered = containers.map(
        (container) => [container, composedContainer(definition, container, context)] as const,
    );
    const debug = context.debug.get(service);
    const composed: ComposeServices = context.firewalls.holder(name, "service", service, {
        aliases,
        ports: [
            ...ports.map((port) => `127.0.0.1::${port}`),
            ...(debug === undefined ? [] : [`127.0.0.1:${debug}:${debug}`]),
        ],
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
                ...context.needed,
                ...ownersOf(definition, context.inventory),
                ...Object.fromEntries(after),
            },
            ...(service.healthcheck ? { healthcheck: sooner(service.healthcheck) } : {}),
            restart: "unless-stopped", // as ECS puts another task in the place of one that ended
            // What runs to its end before the others stays ended.
            ...(endsFirst(container.name, containers) ? { restart: "no" } : {}),
            volumes: ofTask(name, definition, service.volumes, context.inventory),
            network_mode: `service:${networkOf(name)}`,
            ...(debug !== undefined && container === containers[0]
                ? { environment: { ...service.environment, ...debugVariables(debug, service.environment) } }
                : {}),
        };
    }
    const state: TaskState = {
        name,
        ports,
        ...(definition.memory === undefined ? {} : { memory: Number(definition.memory) }),
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
            ? {
                  ...volume,
                  source: sharedVolume(definition, volume.source, inventory) ?? ownVolume(task, volume.source),
              }
            : volume,
    );

/**
 * Docker asks for the first time after one interval: a shorter one has a container healthy as soon as it is. It is unhealthy after as many
 * seconds as by its own interval.
 */
function sooner(check: NonNullable<ContainerSettings["healthcheck"]>): typeof check {
    const interval = parseInt(check.interval);
    const every = Math.min(interval, ASKED_EVERY);
    return { ...check, interval: `${every}s`, retries: Math.ceil((interval * check.retries) / every) };
}
const ASKED_EVERY = 5; // seconds

/** A task's own has a dot in its name, and no other volume has. */
const ownVolume = (task: string, volume: string) => `${task}.${volume}`;
export const isOwnVolume = (project: string, name: string) => name.startsWith(`${project}_`) && name.includes(".");

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
    { inventory: _, secret, value, local, fargateVariables, trust, ...context }: TaskFilesContext,
): ComposeService & Pick<ContainerSettings, "sysctls" | "healthcheck"> & { volumes: readonly Mount[] } {
    const volumes = context.volumesOf(container.image);
    const { ulimits, ...settings } = containerSettings(definition, container, container.image, volumes);
    const secrets = (container.secrets ?? []).map(
        ({ name, valueFrom }) => [name, secret(lastPart(valueFrom))] as const,
    );
    const trusted = trust(
        settings.environment,
        (container.secrets ?? []).map(({ valueFrom }) => value(lastPart(valueFrom))),
    );
    const built = context.planned.resources.some((resource) => resource.outputs.repoDigest === settings.image);
    return {
        ...settings,
        ...(Object.keys(ulimits).length > 0 ? { ulimits } : {}),
        ...(built ? { pull_policy: "never" } : {}),
        volumes: [...settings.volumes, ...trusted.volumes],
        environment: {
            ...fargateVariables(definition),
            ...Object.fromEntries(
                Object.entries({ ...settings.environment, ...trusted.environment }).map(([key, value]) => [
                    key,
                    local(value),
                ]),
            ),
            ...Object.fromEntries(secrets),
            ...(settings.environment.DB_CA_PEM === undefined ? {} : { DB_CA_PEM: context.databaseAuthority }),
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
export function oneOff(name: string, context: TaskFilesContext): { composed: ComposeServices; state: OneOffState } {
    const { planned } = context;
    const definition = planned.taskDefinitions.get(name)! as TaskDefinition;
    const [container, ...others] = definition.containerDefinitions;
    if (!container || others.length > 0) throw new Error(`${name}: a task that runs to its end has one container here`);
    const beforeDeploy = isRelease(name, planned);
    const view = planned.model.tasks.find((task) => task.name === name)!;
    const { inventory } = context;
    const { volumes, sysctls, ...service } = composedContainer(definition, container, context);
    const composed: ComposeServices = {
        ...context.firewalls.holder(name, "task", name, { aliases: [], sysctls }),
        [name]: {
            ...service,
            network_mode: `service:${networkOf(name)}`,
            volumes: ofTask(name, definition, volumes, inventory),
            depends_on: { ...context.needed, ...ownersOf(definition, inventory) },
            restart: "no",
            ...(beforeDeploy ? {} : { profiles: ["tasks"] }),
        },
    };
    return {
        composed: labelled(composed, context),
        state: {
            container: name,
            command: view.command,
            beforeDeploy,
            schedule: view.schedule && `${view.schedule.expression}, ${view.schedule.timeZone}`,
        },
    };
}
