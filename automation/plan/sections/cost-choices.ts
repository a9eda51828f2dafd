/** Settings that change the bill most, and by how much a month. */
import { isDeepStrictEqual } from "node:util";
import { INTERFACE_ENDPOINT, isNatInstance, NAT_GATEWAY, natInstanceMonth } from "../../../aws/ec2";
import { ALL_SPOT, ON_DEMAND, tasksItems } from "../../../aws/ecs";
import { HOURS, type PriceList, PUBLIC_ADDRESS } from "../../../aws/prices";
import { databaseHour, storageMonth } from "../../../aws/rds";
import type { Item, ServiceSize } from "../../../aws/resource-type";
import { TYPES } from "../../../aws/types";
import type { Inventory } from "../inventory";

export interface Choice {
    readonly what: string;
    /** The stack's current setting. */
    readonly now: string;
    readonly options: readonly Option[];
}

export interface Option {
    readonly name: string;
    /** The difference in cost of a month; negative where it is cheaper. With the minimum tasks of an autoscaled service. */
    readonly change: number;
    /** The key in the stack file; undefined where there is none. */
    readonly key?: string;
    /** The benefit or the drawback. */
    readonly note?: string;
    /** Whether it is the cheapest or the safest of its choice; undefined for neither. */
    readonly side?: "cheapest" | "safest";
    /** The part of `change` that off hours stop. @default 0 */
    readonly stops?: number;
}

/** The endpoints that tasks need without a NAT gateway: ECR (two), logs, SSM, KMS, and ECS Exec's channel (`components/vpc.ts`). */
const ENDPOINTS = 6;

export function choices(inventory: Inventory, prices: PriceList, services: readonly ServiceSize[]): Choice[] {
    return [
        wayOut(inventory, prices),
        standby(inventory, prices),
        databaseClass(inventory, prices),
        architecture(services, prices),
        spot(services, prices),
        alarms(inventory),
        webAcl(inventory),
    ].flatMap((choice) => (choice && choice.options.length > 0 ? [choice] : []));
}

function wayOut(inventory: Inventory, prices: PriceList): Choice | undefined {
    const subnets = inventory.ofType("aws:ec2/subnet:Subnet");
    const zones = new Set(subnets.map(({ inputs }) => inputs.availabilityZone)).size;
    if (zones === 0) return undefined;
    const gateways = inventory.ofType("aws:ec2/natGateway:NatGateway").length;
    const endpoints = inventory
        .ofType("aws:ec2/vpcEndpoint:VpcEndpoint")
        .filter(({ inputs }) => inputs.vpcEndpointType === "Interface").length;
    const gateway = (prices.of(NAT_GATEWAY) + PUBLIC_ADDRESS) * HOURS;
    const endpoint = prices.of(INTERFACE_ENDPOINT) * zones * HOURS;
    const instances = inventory
        .ofType("aws:ec2/instance:Instance")
        .filter(({ inputs }) => isNatInstance(inputs)).length;
    const cost = (nat: number, interfaces: number, machines: number) =>
        nat * gateway + interfaces * endpoint + machines * natInstanceMonth(prices);
    const now = cost(gateways, endpoints, instances);
    const option = (
        [nat, interfaces, machines]: [nat: number, interfaces: number, machines: number],
        { name, key, note, side }: Pick<Option, "name" | "key" | "note" | "side">,
    ): Option[] =>
        nat === gateways && machines === instances && interfaces > 0 === endpoints > 0
            ? []
            : [{ name, key, note, side, change: cost(nat, interfaces, machines) - now }];
    return {
        what: "way out",
        now: [
            instances > 0
                ? "a NAT instance"
                : gateways === 0
                  ? "no NAT gateway"
                  : gateways === 1
                    ? "one NAT gateway"
                    : `${gateways} NAT gateways`,
            ...(endpoints > 0 ? [`${endpoints} interface endpoints`] : []),
        ].join(", "),
        options: [
            ...option([0, 0, 1], {
                name: "a NAT instance",
                key: "network.nat: instance",
                note: "some minutes without a way out when it fails; 32 Mbit/s for long",
                side: "cheapest",
            }),
            ...option([1, 0, 0], {
                name: "one NAT gateway",
                key: "network.nat: single",
                note: "the loss of its zone takes every zone's way out",
            }),
            ...option([zones, 0, 0], {
                name: `${zones} NAT gateways`,
                key: "network.nat: per-zone",
                note: "survives the loss of a zone",
                side: "safest",
            }),
            ...option([0, ENDPOINTS, 0], {
                name: `no NAT gateway, ${ENDPOINTS} interface endpoints`,
                key: "network: { nat: none, interfaceEndpoints: true }",
                note: "no other agent, ledger or identity provider to reach",
            }),
        ],
    };
}

const databases = (inventory: Inventory) =>
    inventory.ofType("aws:rds/instance:Instance").map(({ inputs }) => ({
        instanceClass: String(inputs.instanceClass),
        multiAz: inputs.multiAz === true,
        storage: Number(inputs.allocatedStorage),
    }));

function standby(inventory: Inventory, prices: PriceList): Choice | undefined {
    const all = databases(inventory);
    if (all.length === 0) return undefined;
    const [having, lacking] = [all.filter(({ multiAz }) => multiAz), all.filter(({ multiAz }) => !multiAz)];
    const each = (count: number) => (count === all.length ? "each database" : `${count} of ${all.length} databases`);
    const option = (
        some: typeof all,
        sign: 1 | -1,
        about: Pick<Option, "name" | "key" | "note" | "side">,
    ): Option[] => {
        if (some.length === 0) return [];
        let [hours, storage] = [0, 0];
        for (const database of some) {
            const hour = databaseHour(database.instanceClass, prices);
            if (hour === undefined) continue; // its price is not known
            hours += hour * HOURS;
            storage += storageMonth(database.storage, prices);
        }
        return [{ ...about, change: sign * (hours + storage), stops: sign * hours }];
    };
    return {
        what: "standby of databases",
        now: having.length === 0 ? "none" : `in another zone, of ${each(having.length)}`,
        options: [
            ...option(lacking, 1, {
                name: `for ${each(lacking.length)}`,
                key: "*.multiAz: true",
                note: "fails over in a minute or two; without it the loss of its zone is an outage",
                side: "safest",
            }),
            ...option(having, -1, {
                name: "none",
                key: "*.multiAz: false",
                note: "the loss of its zone is an outage",
                side: "cheapest",
            }),
        ],
    };
}

const SIZES = ["micro", "small", "medium", "large", "xlarge", "2xlarge"];

function databaseClass(inventory: Inventory, prices: PriceList): Choice | undefined {
    const all = databases(inventory);
    const classes = [...new Set(all.map(({ instanceClass }) => instanceClass))];
    const [current] = classes;
    if (current === undefined || classes.length > 1) return undefined; // with several classes there is no single change
    const [family, size = ""] = [current.slice(0, current.lastIndexOf(".")), current.split(".").pop()];
    const at = SIZES.indexOf(size);
    const now = databaseHour(current, prices);
    const copies = all.reduce((count, { multiAz }) => count + (multiAz ? 2 : 1), 0);
    return {
        what: "class of databases",
        now: current,
        options: [SIZES[at - 1], SIZES[at + 1]].flatMap((other) => {
            const price = other === undefined ? undefined : databaseHour(`${family}.${other}`, prices);
            if (price === undefined || now === undefined || at < 0) return [];
            const change = (price - now) * copies * HOURS;
            return [
                { name: `${family}.${other}`, change, key: "*.instanceClass", note: "connections go with its memory" },
            ];
        }),
    };
}

const inAll = (items: readonly Item[]) => items.reduce((total, { each, min }) => total + each * min, 0);

/** What it changes if all services have these sizes; no option where they have them already. */
function forAll(
    services: readonly ServiceSize[],
    sizes: Partial<ServiceSize>,
    prices: PriceList,
    about: Pick<Option, "name" | "key" | "note" | "side">,
): Option[] {
    const others = services.map((service) => ({ ...service, ...sizes }));
    if (isDeepStrictEqual(services, others)) return [];
    const cost = (all: readonly ServiceSize[]) => inAll(all.flatMap((service) => tasksItems(service, prices)));
    const change = cost(others) - cost(services);
    return [{ ...about, change, stops: change }];
}

function architecture(services: readonly ServiceSize[], prices: PriceList): Choice | undefined {
    if (services.length === 0) return undefined;
    const onArm = services.filter(({ arm }) => arm).length;
    return {
        what: "processors of tasks",
        now:
            onArm === 0 ? "x86" : onArm === services.length ? "Graviton" : `${onArm} of ${services.length} on Graviton`,
        options: [
            ...forAll(services, { arm: true }, prices, {
                name: "all Graviton",
                key: "architecture: arm64",
                note: "every image has to be there for linux/arm64",
            }),
            ...forAll(services, { arm: false }, prices, {
                name: "all x86",
                key: "architecture: x86_64",
                note: "every image is there for it",
            }),
        ],
    };
}

function spot(services: readonly ServiceSize[], prices: PriceList): Choice | undefined {
    if (services.length === 0) return undefined;
    const count = (share: number) => services.filter(({ spot: on }) => on.share === share && on.base === 0).length;
    const some = services.length - count(0);
    return {
        what: "capacity of tasks",
        now:
            some === 0
                ? "on demand"
                : count(1) === services.length
                  ? "Fargate Spot"
                  : `${some} of ${services.length} services on Fargate Spot`,
        options: [
            ...forAll(services, { spot: ALL_SPOT }, prices, {
                name: "all on Fargate Spot",
                key: "*.spot: true",
                note: "AWS may take tasks away with two minutes' notice, and may have no capacity for others",
                side: "cheapest",
            }),
            ...forAll(services, { spot: ON_DEMAND }, prices, {
                name: "all on demand",
                key: "*.spot: false",
                note: "no task is taken away",
                side: "safest",
            }),
        ],
    };
}

const WATCHES = [
    "aws:cloudwatch/metricAlarm:MetricAlarm",
    "aws:cloudwatch/compositeAlarm:CompositeAlarm",
    "aws:cloudwatch/logMetricFilter:LogMetricFilter",
    "aws:cloudwatch/dashboard:Dashboard",
] as const;

/** All that `alarms` makes; those of scheduled tasks are their own. */
function alarms(inventory: Inventory): Choice | undefined {
    const own = inventory
        .ofType(WATCHES[0])
        .filter(({ inputs }) => String(inputs.alarmDescription).includes("docs/alarms.md#"));
    if (own.length === 0) return undefined;
    const rest = WATCHES.slice(1).flatMap((type) => inventory.ofType(type));
    const change = -inAll(
        [...own, ...rest].flatMap(({ type, inputs }) => monthOf(type as (typeof WATCHES)[number], inputs)),
    );
    const note = "users notice first; prod's policies refuse it";
    return {
        what: "alarms",
        now: `${own.length}, and a dashboard`,
        options: [{ name: "none", key: "alarms.enabled: false", change, note }],
    };
}

function webAcl(inventory: Inventory): Choice | undefined {
    const [own] = inventory.ofType("aws:wafv2/webAcl:WebAcl");
    if (!own) return undefined;
    const change = -inAll(monthOf("aws:wafv2/webAcl:WebAcl", own.inputs));
    const note = "nobody sees who attacks; a policy of prod refuses it";
    return {
        what: "web ACL",
        now: "one",
        options: [{ name: "none", key: "publicEndpoint.webAcl: false", change, note }],
    };
}

const monthOf = (type: (typeof WATCHES)[number] | "aws:wafv2/webAcl:WebAcl", inputs: Record<string, unknown>) =>
    TYPES[type].cost.month(inputs);
