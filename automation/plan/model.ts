/** The plan as data. Pure functions derive everything that it shows from the list of resources. */
import { environmentNamed } from "../../config/environments";
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

/** The stack of a plan. */
export interface Subject {
    readonly project: string;
    readonly stack: string;
    readonly environment: string;
    readonly region: string;
    /** The version of Keycloak that is assumed to run; undefined for a first `up`. */
    readonly running?: string;
}

export interface Plan extends Subject {
    /** The VPC that exists, in which the stack is; undefined for one of its own. */
    readonly existingVpc?: string;
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
    /** `resources`: as `pulumi up` counts them, with components. `inAws`: only those of the AWS provider. */
    readonly total: { readonly resources: number; readonly inAws: number };
}

/** The plan, with the task definitions and policies in full. */
export interface Planned {
    readonly model: Plan;
    readonly taskDefinitions: ReadonlyMap<string, TaskDefinition>;
    readonly roleDocuments: ReadonlyMap<string, RoleDocuments>;
}

/** `config`: the stack's configuration in Pulumi's form, a text for each key. */
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
        ...(network.existingVpc === undefined ? {} : { existingVpc: network.existingVpc }),
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
        cost: cost(
            inventory,
            subject.region,
            servicesOf,
            definitions,
            environmentNamed(subject.environment).production,
        ),
        time: time(inventory),
        outputs,
        total: { resources: resources.length, inAws: resources.filter(({ type }) => type.startsWith("aws:")).length },
    };
    return { model, taskDefinitions: definitions, roleDocuments: documents };
}
