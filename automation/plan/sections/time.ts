import { ONE_CALL } from "../../../aws/resource-type";
import { typeEntry } from "../../../aws/types";
import { type Inventory, shortType } from "../inventory";
import type { SimulatedResource } from "../simulated-aws";

/** A resource in the first `up` of a stack. Minutes from its start. */
export interface Step {
    readonly name: string;
    readonly type: string;
    readonly start: number;
    readonly end: number;
}

/** Minutes from which on a resource is slow. */
const LONG = 0.75;

/**
 * The time of the first `up`, if each resource waits only for its dependencies. Computed from the program's dependencies, by the engine's rules: a resource begins when all its dependencies exist; a remote component
 * (awsx) is complete when its children are; any other component takes no time of its own.
 */
export function time(inventory: Inventory) {
    const steps = new Map<string, { step: Step; after: SimulatedResource | undefined }>();

    function stepOf(resource: SimulatedResource): Step {
        const known = steps.get(resource.urn);
        if (known) return known.step;
        // Ends the recursion of a resource that depends on itself through its component. In an `up` it would wait for ever.
        const begun: Step = { name: resource.name, type: shortType(resource.type), start: 0, end: 0 };
        steps.set(resource.urn, { step: begun, after: undefined });
        const waits = waitsFor(resource, inventory);
        const after = waits.reduce<SimulatedResource | undefined>(
            (last, wait) => (last && stepOf(last).end >= stepOf(wait).end ? last : wait),
            undefined,
        );
        const start = after ? stepOf(after).end : 0;
        const step = { ...begun, start, end: start + minutesOf(resource) };
        steps.set(resource.urn, { step, after });
        return step;
    }

    const all = inventory.all.filter(({ component, remote }) => !component || remote);
    for (const resource of all) stepOf(resource);
    const last = all.reduce<SimulatedResource | undefined>(
        (resource, other) => (resource && stepOf(resource).end >= stepOf(other).end ? resource : other),
        undefined,
    );
    const chain: SimulatedResource[] = [];
    for (let at = last; at; at = steps.get(at.urn)!.after) chain.unshift(at);
    const on = new Set(chain);
    const long = (step: Step) => step.end - step.start >= LONG;
    return {
        minutes: last ? stepOf(last).end : 0,
        /** The longest chain of resources that wait for one another. */
        chain: chain.map(stepOf).filter(({ start, end }) => end > start),
        /** Other slow resources, by the time of their end. */
        beside: all
            .filter((resource) => !on.has(resource))
            .map(stepOf)
            .filter(long)
            .sort((a, b) => a.end - b.end),
    };
}

/**
 * Minutes that AWS or Docker take to create it: from published logs of deployments (Terraform prints the time of each resource), and
 * measured for the images. They scatter by a factor of two, but show which resources wait for which.
 */
function minutesOf({ type, name, inputs }: SimulatedResource): number {
    const minutes = typeEntry(type)?.minutes ?? (type.startsWith("aws:") ? ONE_CALL : 0);
    return typeof minutes === "function" ? minutes(inputs, name) : minutes;
}

/** The resources that have to exist before a resource begins; the children of a remote component. */
export function waitsFor(resource: SimulatedResource, inventory: Inventory): SimulatedResource[] {
    if (resource.remote) return [...directly(resource, inventory), ...below(resource, inventory)];
    // A child of a remote component also waits for a parent that is a resource.
    const parent = resource.parent === undefined ? undefined : inventory.byUrn(resource.parent);
    const nested = parent && !parent.component ? [parent] : [];
    return [...nested, ...directly(resource, inventory)];
}

function directly({ dependencies, urn }: SimulatedResource, inventory: Inventory): SimulatedResource[] {
    return dependencies.flatMap((other) => {
        const found = inventory.byUrn(other);
        // A child of a remote component depends on it only as its parent.
        if (!found || found.urn === urn || isWithin(urn, found, inventory)) return [];
        return found.component && !found.remote ? below(found, inventory) : [found];
    });
}

function isWithin(urn: string, component: SimulatedResource, inventory: Inventory): boolean {
    if (!component.component) return false;
    const resource = inventory.byUrn(urn)!;
    return [...inventory.ancestors(resource)].includes(component);
}

/** All resources of a component, at any depth, without components. */
function below({ urn }: SimulatedResource, inventory: Inventory): SimulatedResource[] {
    return inventory
        .children(urn)
        .flatMap((child) => [...(child.component && !child.remote ? [] : [child]), ...below(child, inventory)]);
}
