/** The plan as data. Pure functions derive everything that it shows from the list of resources. */
import { environmentNamed } from "../../config/environments";
import { Inventory } from "./inventory";
import { advice } from "./sections/advice";
import { connections } from "./sections/connections";
import { cost } from "./sections/cost";
import { databases } from "./sections/databases";
import { endpoints } from "./sections/endpoints";
import { machines } from "./sections/machines";
import { Network } from "./sections/network";
import { policies } from "./sections/policies";
import { protection } from "./sections/protection";
import { roleDocuments, roles } from "./sections/roles";
import { secrets } from "./sections/secrets";
import { services } from "./sections/services";
import { taskDefinitions } from "./sections/task-definitions";
import { tasks } from "./sections/tasks";
import { time } from "./sections/time";
import { tree } from "./sections/tree";
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

/** What `plan.json` has. */
export type Plan = ReturnType<typeof plan>["model"];

/**
 * The plan, with the task definitions and policies in full. `config`: the stack's configuration in Pulumi's form, a text for each key.
 */
export function plan(subject: Subject, { resources, outputs }: Simulation, config: Readonly<Record<string, string>>) {
    const { project, region, environment, running } = subject;
    const inventory = new Inventory(resources);
    const network = new Network(inventory);
    const definitions = taskDefinitions(inventory);
    const documents = roleDocuments(inventory);
    const servicesOf = services(inventory, network, definitions, running);
    const model = {
        ...subject,
        /** The VPC that exists, in which the stack is; undefined for one of its own. */
        existingVpc: network.existingVpc,
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
        policies: policies(inventory, project, config),
        advice: advice(inventory, definitions),
        cost: cost(inventory, region, servicesOf, definitions, environmentNamed(environment).production),
        time: time(inventory),
        outputs,
        /** `resources`: as `pulumi up` counts them, with components. `inAws`: only those of the AWS provider. */
        total: { resources: resources.length, inAws: resources.filter(({ type }) => type.startsWith("aws:")).length },
    };
    return { model, taskDefinitions: definitions, roleDocuments: documents };
}
