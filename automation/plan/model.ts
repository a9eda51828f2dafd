/** What would exist, as data: everything that the plan shows, made of the list of resources by pure functions. */
import { Inventory } from "./inventory";
import { type Advice, advice } from "./sections/advice";
import { type Connection, connections } from "./sections/connections";
import { type CostView, cost } from "./sections/cost";
import { type DatabaseView, databases } from "./sections/databases";
import { type EndpointView, endpoints } from "./sections/endpoints";
import { type MachineView, machines } from "./sections/machines";
import { Network } from "./sections/network";
import { policies, type PolicyView } from "./sections/policies";
import { type Protected, protection } from "./sections/protection";
import { type RoleDocuments, type RoleView, roleDocuments, roles } from "./sections/roles";
import { type SecretView, secrets } from "./sections/secrets";
import { type ServiceView, services } from "./sections/services";
import { type TaskDefinition, taskDefinitions } from "./sections/task-definitions";
import { type TaskView, tasks } from "./sections/tasks";
import { type TimeView, time } from "./sections/time";
import { type TreeNode, tree } from "./sections/tree";
import type { Simulation } from "./simulate";

/** Of which stack the plan is. */
export interface Subject {
    readonly project: string;
    readonly stack: string;
    readonly environment: string;
    readonly region: string;
    /** The version of Keycloak that is taken for the running one; none where the plan is of a first `up`. */
    readonly running?: string;
}

export interface Plan extends Subject {
    readonly tree: TreeNode;
    readonly endpoints: readonly EndpointView[];
    readonly services: readonly ServiceView[];
    readonly tasks: readonly TaskView[];
    readonly machines: readonly MachineView[];
    readonly secrets: readonly SecretView[];
    readonly connections: readonly Connection[];
    readonly roles: readonly RoleView[];
    readonly databases: readonly DatabaseView[];
    readonly protected: readonly Protected[];
    readonly policies: readonly PolicyView[];
    readonly advice: readonly Advice[];
    readonly cost: CostView;
    readonly time: TimeView;
    readonly outputs: Readonly<Record<string, unknown>>;
    /** As `pulumi up` counts resources, components among them; and those that are AWS's. */
    readonly total: { readonly resources: number; readonly inAws: number };
}

/** The plan, and the documents that it was read from. */
export interface Planned {
    readonly model: Plan;
    readonly taskDefinitions: ReadonlyMap<string, TaskDefinition>;
    readonly roleDocuments: ReadonlyMap<string, RoleDocuments>;
}

/** `config` is the stack's, as Pulumi hands it to a program. */
export function plan(
    subject: Subject,
    { resources, outputs }: Simulation,
    config: Readonly<Record<string, string>>,
): Planned {
    const inventory = new Inventory(resources);
    const network = new Network(inventory);
    const definitions = taskDefinitions(inventory);
    const documents = roleDocuments(inventory);
    const servicesOf = services(inventory, network, definitions, subject.running);
    const model = {
        ...subject,
        tree: tree(inventory),
        endpoints: endpoints(inventory, network),
        services: servicesOf,
        tasks: tasks(inventory, definitions),
        machines: machines(inventory, network),
        secrets: secrets(inventory, definitions),
        connections: connections(network),
        roles: roles(inventory, definitions, documents),
        databases: databases(inventory, network),
        protected: protection(inventory),
        policies: policies(inventory, subject.project, config),
        advice: advice(inventory, definitions),
        cost: cost(inventory, subject.region, servicesOf, definitions),
        time: time(inventory),
        outputs,
        total: { resources: resources.length, inAws: resources.filter(({ type }) => type.startsWith("aws:")).length },
    };
    return { model, taskDefinitions: definitions, roleDocuments: documents };
}
