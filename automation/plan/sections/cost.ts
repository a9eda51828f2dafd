import { ON_DEMAND, spotOf } from "../../../aws/ecs";
import { CURRENCY, PriceList, PRICES_OF, SOURCE } from "../../../aws/prices";
import type { Item, ServiceSize, Unpriced } from "../../../aws/resource-type";
import { ENTRIES, typeEntry } from "../../../aws/types";
import { groupBy } from "../grouping";
import { type Inventory, shortType } from "../inventory";
import type { SimulatedResource } from "../simulated-aws";
import { choices } from "./cost-choices";
import { extremes } from "./cost-extremes";
import { hoursOf, offHoursChoice, offHoursCost, USUAL_HOURS } from "./cost-off-hours";
import type { ServiceView } from "./services";
import type { TaskDefinition } from "./task-definitions";

/** The cost of a month; a range with autoscaling. */
export interface Amount {
    readonly min: number;
    readonly max: number;
}

export type CostView = ReturnType<typeof cost>;

/** The cost of a top-level component with all its children. */
export interface ComponentCost extends Amount {
    readonly name: string;
    readonly type: string;
    readonly items: readonly (Item & { readonly month: Amount })[];
}

/** A stack's cost of a month, without any traffic. */
export function cost(
    inventory: Inventory,
    region: string,
    workloads: readonly ServiceView[],
    definitions: ReadonlyMap<string, TaskDefinition>,
    production = false,
) {
    const prices = new PriceList(region);
    const sizes = serviceSizes(inventory, workloads, definitions);
    const billed = inventory.all.flatMap((resource) => {
        const owner = ownerOf(resource, inventory);
        return itemsOf(resource).map((item) => ({ item, owner, service: serviceOf(resource.type) }));
    });
    const unpriced = billed.flatMap(({ item, owner }) =>
        "unpriced" in item ? [`${item.unpriced} (${owner.name})`] : [],
    );
    const priced = billed.flatMap(({ item, ...rest }) => ("unpriced" in item ? [] : [{ item, ...rest }]));
    const components = dearestFirst(
        groupBy(priced, ({ owner }) => owner.urn).map((alike) => {
            const items = alike.map(({ item }) => item);
            const { name, type } = alike[0].owner;
            return { name, type: shortType(type), ...total(items), items: merged(items) };
        }),
    );
    const services = dearestFirst(
        groupBy(priced, ({ service }) => service).map((alike) => {
            return { name: alike[0].service, ...total(alike.map(({ item }) => item)) };
        }),
    );
    const all = { ...sum(components), stops: stopsOf(components) };
    const hours = hoursOf(inventory);
    const settings = choices(inventory, prices, [...sizes.values()]);
    return {
        currency: CURRENCY,
        /** The price list's date and source, and the region whose prices they are: not the stack's where that has no table. */
        prices: { of: PRICES_OF, source: SOURCE, region: prices.from },
        ...sum(components),
        components,
        /** The same sum by AWS service, as a bill has it. */
        services,
        choices: [...settings, ...(production ? [] : offHoursChoice(all, hours))],
        /** What it costs asleep; undefined where it has no off hours. */
        offHours: hours && offHoursCost(all, hours),
        /** The cheapest and the safest choices for what the stack has. */
        extremes: extremes(all, settings, production ? undefined : (hours ?? USUAL_HOURS)),
        /** The prices that are estimated, and how. */
        estimated: [...prices.estimated],
        /** Resource types whose price is not known, with their components. They are not in the sum. */
        unpriced: [...new Set(unpriced)],
        /** The cost that depends on use. It is not in the sum. */
        leftOut: leftOut(inventory, prices),
    };

    function itemsOf({ type, name, inputs }: SimulatedResource): readonly (Item | Unpriced)[] {
        const entry = typeEntry(type);
        if (entry) return entry.cost?.month?.(inputs, prices, sizes.get(name)) ?? [];
        return type.startsWith("aws:") ? [{ unpriced: shortType(type) }] : [];
    }
}

const SERVICE = "aws:ecs/service:Service";

/** CPU, memory, number and capacity of each service's tasks. */
function serviceSizes(
    inventory: Inventory,
    services: readonly ServiceView[],
    definitions: ReadonlyMap<string, TaskDefinition>,
): Map<string, ServiceSize> {
    const spot = new Map(inventory.ofType(SERVICE).map(({ name, inputs }) => [name, spotOf(inputs)]));
    return new Map(
        services.map(({ name, cpu, memory, tasks }) => {
            const platform = definitions.get(name)?.runtimePlatform as { cpuArchitecture?: string } | undefined;
            const arm = platform?.cpuArchitecture === "ARM64";
            return [name, { cpu, memory, ...tasks, arm, spot: spot.get(name) ?? ON_DEMAND }];
        }),
    );
}

/** The top-level component of a resource; the stack where it has none. */
function ownerOf(resource: SimulatedResource, inventory: Inventory): SimulatedResource {
    const above = [...inventory.ancestors(resource)];
    return above.at(-2) ?? above.at(-1) ?? resource;
}

/** The AWS service that bills a type of resource, by the type's module. */
const BILLED_BY: Readonly<Record<string, string>> = {
    cloudwatch: "CloudWatch",
    ec2: "EC2 and VPC",
    ecs: "ECS (Fargate)",
    efs: "EFS",
    elasticache: "ElastiCache",
    kms: "KMS",
    lb: "Elastic Load Balancing",
    rds: "RDS",
    route53: "Route 53",
    vpc: "EC2 and VPC",
    wafv2: "WAF",
};

/** `aws:rds/instance:Instance` is RDS's. */
function serviceOf(type: string): string {
    const module = type.split(":")[1]!.split("/")[0]!;
    return BILLED_BY[module] ?? module;
}

const sum = (amounts: readonly Amount[]): Amount =>
    amounts.reduce((all, { min, max }) => ({ min: all.min + min, max: all.max + max }), { min: 0, max: 0 });

/** The part of the least cost that off hours stop. */
const stopsOf = (components: readonly ComponentCost[]): number =>
    components.reduce(
        (total, { items }) =>
            total + items.filter(({ stops }) => stops).reduce((part, { month }) => part + month.min, 0),
        0,
    );

const monthOf = ({ min, max, each }: Item): Amount => ({ min: min * each, max: max * each });

const total = (items: readonly Item[]): Amount => sum(items.map(monthOf));

/** Without those that cost nothing. */
const dearestFirst = <Cost extends Amount>(all: readonly Cost[]): Cost[] =>
    all.filter(({ max }) => max > 0).sort((a, b) => b.min - a.min);

/** Adds up items with the same name and price. */
const merged = (items: readonly Item[]): ComponentCost["items"] =>
    groupBy(items, ({ what, each }) => `${what} ${each}`)
        .map((alike) => ({ ...alike[alike.length - 1]!, ...sum(alike) }))
        .filter(({ max }) => max > 0)
        .map((item) => ({ ...item, month: monthOf(item) }));

/** The costs by use of the stack's resource types. */
function leftOut(inventory: Inventory, prices: PriceList): string[] {
    const uses = [...ENTRIES].flatMap(([type, { cost }]) =>
        cost?.use && inventory.ofType(type).length > 0 ? [cost.use(prices)] : [],
    );
    return [...uses, "one-off tasks, data to the internet and between zones, requests to KMS and Route 53"];
}
