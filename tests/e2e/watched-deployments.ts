/**
 * ECS as it watches the alarms of a deployment (ECS guide, "How CloudWatch alarms detect Amazon ECS deployment failures"), which moto does not: a
 * deployment whose tasks run stays under way until its bake time is over. Where an alarm begins to ring meanwhile, the service goes back to what ran
 * before; one that rang before the deployment is not watched. ECS computes the bake time by itself; here the test ends it.
 */
import { type CloudWatchClient, DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import type { Service } from "@aws-sdk/client-ecs";
import type { Ask } from "./executions";

interface Watched {
    /** What ran before, and which alarms rang, when the deployment began. */
    began?: { readonly taskDefinition: string; readonly ringing: readonly string[] };
    readonly bakes: () => void;
    over: boolean;
    /** Whether ECS went back. */
    back?: boolean;
}

/** By the name of the service's resource, with which its own begins. */
const watched = new Map<string, Watched>();
const watchedOf = (service: string) => [...watched].find(([name]) => service.startsWith(`${name}-`))?.[1];

/** Watches the next deployment of a service. */
export function watchDeployment(name: string): { readonly bakes: Promise<void>; readonly end: () => void } {
    let bakes = () => {};
    const promise = new Promise<void>((resolve) => void (bakes = resolve));
    const deployment: Watched = { bakes, over: false };
    watched.set(name, deployment);
    return { bakes: promise, end: () => void (deployment.over = true) };
}

/** Before ECS hears of an update. */
export async function deploymentBegins(body: Buffer, ask: Ask, cloudWatch: () => CloudWatchClient): Promise<void> {
    const { service, cluster } = JSON.parse(body.toString("utf8")) as { service: string; cluster: string };
    const deployment = watchedOf(service.split("/").at(-1)!);
    if (!deployment || deployment.began) return;
    const { services } = await ask(`${ECS}.DescribeServices`, { cluster, services: [service] });
    const [before] = services as Service[];
    deployment.began = { taskDefinition: before!.taskDefinition!, ringing: await ringing(cloudWatch()) };
}

/** A service as ECS tells of it while its deployment is watched. */
export async function asWatched(service: Service, ask: Ask, cloudWatch: () => CloudWatchClient): Promise<void> {
    const deployment = watchedOf(service.serviceName!);
    const primary = service.deployments?.[0];
    if (!deployment?.began || !primary) return;
    const { alarms } = service.deploymentConfiguration ?? {};
    const { taskDefinition, ringing: before } = deployment.began;
    if (!deployment.over) {
        const rings = (await ringing(cloudWatch())).filter((name) => !before.includes(name));
        if (!alarms?.enable || !alarms.rollback || !rings.some((name) => alarms.alarmNames?.includes(name))) {
            primary.rolloutState = "IN_PROGRESS";
            return deployment.bakes();
        }
        await ask(`${ECS}.UpdateService`, {
            cluster: service.clusterArn,
            service: service.serviceName,
            taskDefinition,
        });
        deployment.over = deployment.back = true;
    }
    if (deployment.back) Object.assign(primary, { taskDefinition, rolloutStateReason: "rolling back: alarm detected" });
}

const ECS = "AmazonEC2ContainerServiceV20141113";

async function ringing(cloudWatch: CloudWatchClient): Promise<string[]> {
    const { MetricAlarms = [] } = await cloudWatch.send(new DescribeAlarmsCommand({ StateValue: "ALARM" }));
    return MetricAlarms.map(({ AlarmName }) => AlarmName!);
}
