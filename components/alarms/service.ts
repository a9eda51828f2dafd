/** The alarms of a service on Fargate. */
import type * as pulumi from "@pulumi/pulumi";
import type { Alarms, MadeAlarm, Metric } from "../alarms";
import type { Route } from "../endpoint/route";
import { targetAlarms } from "./targets";

const ALB = "AWS/ApplicationELB";

interface Service {
    cluster: pulumi.Input<string>;
    service: pulumi.Input<string>;
}

/**
 * What the load balancers measure of the service's answers. They are made before the service, which is told to go back to the version before
 * where one of those that are returned rings during a deployment.
 */
export function routeAlarms(
    alarms: Alarms,
    name: string,
    routes: readonly Route[],
    leastTasks: number,
    opts: pulumi.CustomResourceOptions,
): MadeAlarm[] {
    return routes.map(({ endpoint, metrics, port }, i) => {
        const dimensions = { LoadBalancer: metrics.loadBalancer, TargetGroup: metrics.targetGroup };
        // A mediator has two routes at one endpoint, for HTTP and for WebSockets.
        const isSecond = routes.findIndex((route) => route.endpoint === endpoint) < i;
        const suffix = routes.length > 1 ? endpoint + (isSecond ? `-${port}` : "") : undefined;
        const metric = (of: string, stat: Metric["stat"]) => ({ namespace: ALB, name: of, stat, dimensions });
        alarms.make({ name, kind: "latency", suffix, measured: { metric: metric("TargetResponseTime", "p95") } }, opts);
        // The tasks behind each endpoint are the same.
        if (i === 0) {
            const measured = { metric: metric("HealthyHostCount", "Minimum") };
            alarms.make({ name, kind: "unhealthy", threshold: leastTasks, measured }, opts);
        }
        // From five requests on, in a window as in a minute.
        const failed = {
            expression: "IF(errors >= 5, 100 * errors / requests, 0)",
            metrics: {
                errors: metric("HTTPCode_Target_5XX_Count", "Sum"),
                requests: metric("RequestCount", "Sum"),
            },
        };
        const slow = (seconds: number) => ({
            expression: "IF(answers * (100 - fast) >= 500, 100 - fast, 0)",
            metrics: {
                fast: metric("TargetResponseTime", `PR(:${seconds})`),
                answers: metric("TargetResponseTime", "SampleCount"),
            },
        });
        targetAlarms(alarms, { name, suffix }, { failed, slow }, opts);
        return alarms.make({ name, kind: "errors", suffix, measured: failed }, opts);
    });
}

/** What ECS measures of the service itself. */
export function serviceAlarms(
    alarms: Alarms,
    name: string,
    { cluster, service }: Service,
    opts: pulumi.CustomResourceOptions,
): void {
    const dimensions = { ClusterName: cluster, ServiceName: service };
    const metric = (namespace: string, of: string) => ({ namespace, name: of, stat: "Average" as const, dimensions });
    alarms.make({ name, kind: "cpu", measured: { metric: metric("AWS/ECS", "CPUUtilization") } }, opts);
    alarms.make({ name, kind: "memory", measured: { metric: metric("AWS/ECS", "MemoryUtilization") } }, opts);
    if (!alarms.containerInsights) return;
    alarms.make(
        {
            name,
            kind: "tasks",
            measured: {
                expression: "desired - running",
                metrics: {
                    desired: metric("ECS/ContainerInsights", "DesiredTaskCount"),
                    running: metric("ECS/ContainerInsights", "RunningTaskCount"),
                },
            },
        },
        opts,
    );
}
