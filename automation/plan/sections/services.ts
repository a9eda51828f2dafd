import { PLANNED_CPU_PERCENT, plannedLogIns } from "../../../components/keycloak/sizing";
import { type Inventory, lastPart } from "../inventory";
import type { Network } from "./network";
import type { TaskDefinition } from "./task-definitions";

export type ServiceView = ReturnType<typeof services>[number];

interface Service {
    cluster: string;
    desiredCount?: number;
    networkConfiguration?: { assignPublicIp?: boolean };
    deploymentMinimumHealthyPercent?: number;
    deploymentMaximumPercent?: number;
    deploymentCircuitBreaker?: { enable: boolean; rollback: boolean };
    enableExecuteCommand?: boolean;
}

export function services(
    inventory: Inventory,
    network: Network,
    definitions: ReadonlyMap<string, TaskDefinition>,
    running?: string,
) {
    const versions = versionByService(inventory);
    const scaling = scalingByService(inventory);
    return inventory.ofType("aws:ecs/service:Service").flatMap(({ name, inputs, outputs }) => {
        const definition = definitions.get(name);
        if (!definition) return [];
        const service = inputs as unknown as Service;
        const count = service.desiredCount ?? 1;
        const scaled = scaling.get(`service/${lastPart(service.cluster)}/${outputs.name}`);
        const { zones, kinds } = network.placeOf("service", name);
        const nodes = { min: scaled?.min ?? count, max: scaled?.max ?? count };
        const cpu = Number(definition.cpu);
        return {
            name,
            tasks: nodes,
            /** Target values of autoscaling for each task, e.g. `CPU 70 %` or `500 requests a minute`; empty without autoscaling. */
            scalesBy: scaled?.targets ?? [],
            /** CPU units and MiB of one task. */
            cpu,
            memory: Number(definition.memory),
            zones,
            subnets: kinds,
            publicAddress: service.networkConfiguration?.assignPublicIp ?? false,
            containers: definition.containerDefinitions.map((container) => ({
                name: container.name,
                image: container.image,
                ports: (container.portMappings ?? []).map(({ containerPort }) => containerPort),
            })),
            deployment: {
                minimumPercent: service.deploymentMinimumHealthyPercent ?? 100,
                maximumPercent: service.deploymentMaximumPercent ?? 200,
                circuitBreaker: breakerOf(service),
            },
            /** Only for services whose version decides how they are deployed: the new version and the running one. */
            version: versions.has(name) ? { wanted: versions.get(name)!, running } : undefined,
            /** Keycloak's log-ins by password a second at `cpuPercent`, with the minimum and the maximum of nodes. */
            logIns: versions.has(name) ? logIns(nodes, cpu) : undefined,
            exec: service.enableExecuteCommand ?? false,
            logs: logs(definition, inventory),
        };
    });
}

function breakerOf({ deploymentCircuitBreaker: breaker }: Service): "rolls back" | "stops" | "none" {
    if (!breaker?.enable) return "none";
    return breaker.rollback ? "rolls back" : "stops";
}

const logIns = ({ min, max }: { min: number; max: number }, cpu: number) => ({
    cpuPercent: PLANNED_CPU_PERCENT,
    min: plannedLogIns(min, cpu),
    max: plannedLogIns(max, cpu),
});

/** The version of each service that has one, from the SSM parameter that the next `up` reads. */
function versionByService(inventory: Inventory): Map<string, string> {
    const found = inventory.ofType("aws:ssm/parameter:Parameter").flatMap(({ inputs }) => {
        const service = /\/versions\/([^/]+)\/running$/.exec(String(inputs.name))?.[1];
        return service === undefined ? [] : [[service, String(inputs.insecureValue)] as const];
    });
    return new Map(found);
}

interface Scaling {
    min: number;
    max: number;
    targets: string[];
}

function scalingByService(inventory: Inventory): Map<string, Scaling> {
    const scaling = new Map<string, Scaling>();
    for (const { inputs } of inventory.ofType("aws:appautoscaling/target:Target")) {
        const [min, max] = [Number(inputs.minCapacity), Number(inputs.maxCapacity)];
        scaling.set(String(inputs.resourceId), { min, max, targets: [] });
    }
    for (const { inputs } of inventory.ofType("aws:appautoscaling/policy:Policy")) {
        const target = inputs.targetTrackingScalingPolicyConfiguration as Tracking | undefined;
        if (target) scaling.get(String(inputs.resourceId))?.targets.push(targetText(target));
    }
    return scaling;
}

interface Tracking {
    readonly targetValue: number;
    readonly predefinedMetricSpecification?: { readonly predefinedMetricType: string };
    readonly customizedMetricSpecification?: { readonly metrics?: readonly Metric[] };
}

interface Metric {
    readonly metricStat?: { readonly metric?: { readonly dimensions?: readonly { name: string; value: string }[] } };
}

const METRICS: Readonly<Record<string, (value: number) => string>> = {
    ECSServiceAverageCPUUtilization: (value) => `CPU ${value} %`,
    ECSServiceAverageMemoryUtilization: (value) => `memory ${value} %`,
    ALBRequestCountPerTarget: (value) => `${value} requests a minute`,
};

function targetText({ targetValue, predefinedMetricSpecification, customizedMetricSpecification }: Tracking): string {
    const type = predefinedMetricSpecification?.predefinedMetricType ?? "";
    const queue = customizedMetricSpecification?.metrics
        ?.flatMap(({ metricStat }) => metricStat?.metric?.dimensions ?? [])
        .find(({ name }) => name === "QueueName");
    if (queue) return `${targetValue} messages in ${queue.value}`;
    return METRICS[type]?.(targetValue) ?? `${type || "a metric of its own"} ${targetValue}`;
}

function logs(definition: TaskDefinition, inventory: Inventory) {
    for (const { logConfiguration } of definition.containerDefinitions) {
        const group = logConfiguration?.options?.["awslogs-group"];
        const found = group === undefined ? undefined : inventory.byId("aws:cloudwatch/logGroup:LogGroup", group);
        if (found) return { group: group!, days: Number(found.inputs.retentionInDays) };
    }
    return undefined;
}
