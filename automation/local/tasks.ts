/** The tasks of a plan as services of a compose file: of each service as many as it has, and those that run to their end. */
import { createHash } from "node:crypto";
import type { Build } from "../../components/container-image/build";
import { declaredVolumes } from "../../config/dockerfile";
import { type Inventory, lastPart } from "../plan/inventory";
import { TASK } from "../plan/sections/task-definitions";
import type { PlannedStack } from "../plan/plan-stack";
import type { SimulatedResource } from "../plan/simulated-aws";
import { type ContainerDefinition, type ContainerSettings, containerSettings, type TaskDefinition } from "./container";
import { inProject } from "./dockerfiles";
import type { Target } from "./envoy/clusters";
import { ownersOf, sharedVolume } from "./file-systems";
import { type DebugPorts, debugVariables } from "./debug";
import { type Firewalls, networkOf } from "./firewall";
import { credentials } from "./stand-ins/aws-services";
import type { StandIn, StandInContext } from "./stand-ins/stand-in";
import { trustOfClients } from "./stand-ins/trust";
import type { OneOffState, Rollout, TaskState } from "./state";
import type { Reference } from "./variables";

export interface ComposeService {
    image: string;
    build?: Build;
    environment?: Record<string, string | Reference>;
    depends_on?: DependsOn;
    networks?: { default: { aliases: string[] } };
    network_mode?: string;
    ports?: string[];
    profiles?: string[];
    restart?: string;
    labels?: Record<string, string>;
    [other: string]: unknown;
}

/** By service. */
export type DependsOn = Record<string, { condition: string }>;

/** A file of this machine in a container. */
export interface Bind {
    readonly type: "bind";
    /** From the folder of the compose file. */
    readonly source: string;
    readonly target: string;
    readonly read_only: true;
}

type Mount = ContainerSettings["volumes"][number] | Bind;

/** Of what the tasks of a stack are made. */
export interface TaskContext extends StandInContext {
    /** URLs in the environment, as they are on this machine. */
    local(text: string): string;
    readonly standIns: readonly StandIn[];
    /** What has to be there before any task: the databases, SSM. */
    readonly needed: DependsOn;
    /** What the VOLUMEs of images name that are not built here, as far as that is known. */
    readonly volumes: ReadonlyMap<string, readonly string[]>;
    /** What security groups allow. */
    readonly firewalls: Firewalls;
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

export function serviceTasks(service: SimulatedResource, context: TaskContext): ServiceTasks {
    const { inventory, planned } = context;
    const { desiredCount = 1, loadBalancers = [], serviceRegistries } = service.inputs as Service;
    const { deploymentMinimumHealthyPercent, deploymentCircuitBreaker } = service.inputs as Service;
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
                    SLOTS.map((either) => ({
                        host: targetName(context.project, networkOf(name + either)),
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

function labelled(composed: ComposeServices, { variables }: TaskContext): ComposeServices {
    const services = Object.entries(composed).map(([name, { depends_on: _, ...service }]) => [name, service]);
    const labels = { [DIGEST_LABEL]: variables.digest(services) };
    return Object.fromEntries(Object.entries(composed).map(([name, service]) => [name, { ...service, labels }]));
}

/**
 * The containers of one task, and one more that holds the network namespace that they share, as on Fargate: any of them may then start
 * anew without the others losing their network.
 */
function newTask(name: string, service: string, definition: TaskDefinition, context: TaskContext, aliases: string[]) {
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
    for (const [container, settings] of rendered) {
        const after = (container.dependsOn ?? []).map(({ containerName, condition }) => [
            named(containerName),
            { condition: CONDITIONS[condition]! },
        ]);
        composed[named(container.name)] = {
            ...inTask(name, definition, settings, context, Object.fromEntries(after) as DependsOn),
            ...(settings.healthcheck ? { healthcheck: sooner(settings.healthcheck) } : {}),
            // What runs to its end before the others stays ended; of what else ends, ECS puts another task in the place.
            restart: endsFirst(container.name, containers) ? "no" : "unless-stopped",
            ...(debug !== undefined && container === containers[0]
                ? { environment: { ...settings.environment, ...debugVariables(debug, settings.environment) } }
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

/** A container in the network of its task. `after`: what it waits for beside all that tasks need. */
function inTask(
    task: string,
    definition: TaskDefinition,
    { sysctls: _, volumes, ...service }: TaskContainer,
    { needed, inventory }: TaskContext,
    after: DependsOn = {},
): ComposeService {
    return {
        ...service,
        depends_on: { ...needed, ...ownersOf(definition, inventory), ...after },
        network_mode: `service:${networkOf(task)}`,
        // A volume that containers of a task share is the task's own; a file system is the same one for all tasks.
        volumes: volumes.map((volume) =>
            volume.type === "volume" && volume.source !== undefined
                ? {
                      ...volume,
                      source: sharedVolume(definition, volume.source, inventory) ?? ownVolume(task, volume.source),
                  }
                : volume,
        ),
    };
}

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

type TaskContainer = ComposeService &
    Pick<ContainerSettings, "sysctls" | "healthcheck"> & { volumes: readonly Mount[] };

function composedContainer(
    definition: TaskDefinition,
    container: ContainerDefinition,
    { planned, aws, variables, volumes, local, standIns }: TaskContext,
): TaskContainer {
    const built = aws.images.find(({ reference }) => reference === container.image);
    const declared = built ? declaredVolumes(inProject(built)) : volumes.get(container.image);
    const { ulimits, ...settings } = containerSettings(definition, container, container.image, declared);
    const secrets = (container.secrets ?? []).map(({ name, valueFrom }) => {
        const parameter = lastPart(valueFrom);
        return { name, parameter, value: aws.value(parameter) };
    });
    const trusted = trustOfClients(
        aws,
        settings.environment,
        secrets.map(({ value }) => value),
    );
    const { region } = planned.model;
    return {
        ...settings,
        ...(Object.keys(ulimits).length > 0 ? { ulimits } : {}),
        ...(built ? { pull_policy: "never" } : {}),
        volumes: [...settings.volumes, ...trusted.volumes],
        environment: {
            // Amazon ECS developer guide, "Amazon ECS environment variables"; boto3 reads AWS_DEFAULT_REGION alone.
            AWS_REGION: region,
            AWS_DEFAULT_REGION: region,
            ...credentials(definition.family, standIns),
            ...Object.fromEntries(
                Object.entries({ ...settings.environment, ...trusted.environment }).map(([key, value]) => [
                    key,
                    local(value),
                ]),
            ),
            ...Object.fromEntries(
                secrets.map(({ name, parameter, value }) => [name, variables.reference(parameter, value)]),
            ),
            // In place of RDS's.
            ...(settings.environment.DB_CA_PEM === undefined ? {} : { DB_CA_PEM: aws.authority.certificate }),
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
function releaseOf(service: SimulatedResource, { inventory, planned }: TaskContext): string | undefined {
    const above = new Set([...inventory.ancestors(service)].map(({ urn }) => urn));
    return inventory.ofType(TASK).find((task) => above.has(task.parent ?? "") && isRelease(task.name, planned))?.name;
}

/** What runs before a deployment is what has a command, and no schedule. */
const isRelease = (name: string, { model }: PlannedStack) =>
    model.tasks.some((task) => task.name === name && task.schedule === undefined && task.command.length > 0);

/** The name is that of its container. */
export interface OneOff {
    readonly name: string;
    readonly composed: ComposeServices;
    readonly state: OneOffState;
}

/** A task that runs to its end, before its heritage's services or when somebody asks for it. */
export function oneOff(name: string, context: TaskContext): OneOff {
    const { planned } = context;
    const definition = planned.taskDefinitions.get(name)! as TaskDefinition;
    const [container, ...others] = definition.containerDefinitions;
    if (!container || others.length > 0) throw new Error(`${name}: a task that runs to its end has one container here`);
    const beforeDeploy = isRelease(name, planned);
    const view = planned.model.tasks.find((task) => task.name === name)!;
    const settings = composedContainer(definition, container, context);
    const composed: ComposeServices = {
        ...context.firewalls.holder(name, "task", name, { aliases: [], sysctls: settings.sysctls }),
        [name]: {
            ...inTask(name, definition, settings, context),
            restart: "no",
            ...(beforeDeploy ? {} : { profiles: ["tasks"] }),
        },
    };
    return {
        name,
        composed: labelled(composed, context),
        state: {
            command: view.command,
            beforeDeploy,
            schedule: view.schedule && `${view.schedule.expression}, ${view.schedule.timeZone}`,
        },
    };
}
