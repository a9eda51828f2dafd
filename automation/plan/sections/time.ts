import { ONE_CALL } from "../../../aws/resource-type";
import { typeEntry } from "../../../aws/types";
import { type Inventory, shortType } from "../inventory";
import type { SimulatedResource } from "../simulated-aws";

/** One resource in the first `up` of a stack, in minutes from its start. */
export interface Step {
    readonly name: string;
    readonly type: string;
    readonly start: number;
    readonly end: number;
}

/** How long the first `up` takes, where nothing waits but for what it depends on. */
export interface TimeView {
    readonly minutes: number;
    /** The longest chain of what waits for one another. */
    readonly chain: readonly Step[];
    /** What takes long beside it, in the order in which it ends. */
    readonly beside: readonly Step[];
}

/** What is worth a line. */
const LONG = 0.75;

/**
 * From the program's own dependencies. As the engine has it, a resource begins when all that it was made of or after is there, a component
 * of another process (awsx) is done when all in it is, and a component of this one is nothing but what is in it.
 */
export function time(inventory: Inventory): TimeView {
    const steps = new Map<string, { step: Step; after: SimulatedResource | undefined }>();

    function stepOf(resource: SimulatedResource): Step {
        const known = steps.get(resource.urn);
        if (known) return known.step;
        // A dependency on itself by way of its component, which cannot be: it would wait for ever in an `up`, too.
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
        chain: chain.map(stepOf).filter(({ start, end }) => end > start),
        beside: all
            .filter((resource) => !on.has(resource))
            .map(stepOf)
            .filter(long)
            .sort((a, b) => a.end - b.end),
    };
}

/**
 * How long AWS and Docker take to make it, in minutes: of the logs of deployments that others have published (Terraform prints it for each
 * resource), and of what was measured of the images. They scatter by a factor of two; what they are good for is to see what waits for what.
 */
function minutesOf({ type, name, inputs }: SimulatedResource): number {
    const minutes = typeEntry(type)?.minutes ?? (type.startsWith("aws:") ? ONE_CALL : 0);
    return typeof minutes === "function" ? minutes(inputs, name) : minutes;
}

/** What has to be there before a resource is begun; of a component of another process, what is in it. */
export function waitsFor(resource: SimulatedResource, inventory: Inventory): SimulatedResource[] {
    if (resource.remote) return [...directly(resource, inventory), ...below(resource, inventory)];
    // What awsx makes waits for what it is in, where that is no component.
    const parent = resource.parent === undefined ? undefined : inventory.byUrn(resource.parent);
    const nested = parent && !parent.component ? [parent] : [];
    return [...nested, ...directly(resource, inventory)];
}

function directly({ dependencies, urn }: SimulatedResource, inventory: Inventory): SimulatedResource[] {
    return dependencies.flatMap((other) => {
        const found = inventory.byUrn(other);
        // What a remote component makes depends on it only in that it comes from it.
        if (!found || found.urn === urn || isWithin(urn, found, inventory)) return [];
        return found.component && !found.remote ? below(found, inventory) : [found];
    });
}

function isWithin(urn: string, component: SimulatedResource, inventory: Inventory): boolean {
    if (!component.component) return false;
    const resource = inventory.byUrn(urn)!;
    return [...inventory.ancestors(resource)].includes(component);
}

/** All that is in a component, components left out. */
function below({ urn }: SimulatedResource, inventory: Inventory): SimulatedResource[] {
    return inventory
        .children(urn)
        .flatMap((child) => [...(child.component && !child.remote ? [] : [child]), ...below(child, inventory)]);
}
