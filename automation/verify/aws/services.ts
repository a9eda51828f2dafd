/** A stack's services, from the APIs of ECS and Elastic Load Balancing. */
import type { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { ECSClient, Service as EcsService, Task as EcsTask } from "@aws-sdk/client-ecs";
import { id } from "../../../components/fargate/stopped-task";
import { count, pollUntil } from "../check";
import type { Service, Task, TaskDefinition } from "../target";

/** The time limit for a task to stop: its stop timeout, at most two minutes, and ECS's own time. */
const STOP_SECONDS = 300;
/** The time limit for its replacement to be healthy in the target group. */
const SETTLE_SECONDS = 900;
/** The port of Keycloak's metrics, which the admin endpoint's networks may reach. Other ports of a task allow load balancers only. */
export const MANAGEMENT_PORT = 9000;

export interface Clients {
    readonly ecs: Pick<ECSClient, "send">;
    readonly elb: Pick<ElasticLoadBalancingV2Client, "send">;
}

export class Services {
    private readonly definitions = new Map<string, Promise<TaskDefinition>>();

    constructor(
        private readonly clients: Clients,
        private readonly cluster: string,
        private readonly names: Readonly<Record<string, string>>,
        /** Seconds between two polls. */
        private readonly pauseSeconds = 3,
    ) {}

    async service(name: string): Promise<Service> {
        const [described, tasks] = await Promise.all([this.described(name), this.tasks(name)]);
        const groups = await this.targets(described);
        return { wanted: described.desiredCount ?? 0, tasks: tasks.map((task) => taskOf(task, groups)) };
    }

    /** The addresses of healthy targets, by target group. */
    private async targets({ loadBalancers = [] }: EcsService): Promise<ReadonlySet<string>[]> {
        const { DescribeTargetHealthCommand } = await import("@aws-sdk/client-elastic-load-balancing-v2");
        const arns = loadBalancers.flatMap(({ targetGroupArn }) => targetGroupArn ?? []);
        return Promise.all(
            arns.map(async (TargetGroupArn) => {
                const input = new DescribeTargetHealthCommand({ TargetGroupArn });
                const { TargetHealthDescriptions = [] } = await this.clients.elb.send(input);
                const healthy = TargetHealthDescriptions.filter(
                    ({ TargetHealth }) => TargetHealth?.State === "healthy",
                );
                return new Set(healthy.flatMap(({ Target }) => Target?.Id ?? []));
            }),
        );
    }

    async tasks(name: string): Promise<EcsTask[]> {
        const { DescribeTasksCommand, ListTasksCommand } = await import("@aws-sdk/client-ecs");
        const { ecs } = this.clients;
        const tasks: EcsTask[] = [];
        let nextToken: string | undefined;
        do {
            const input = { cluster: this.cluster, serviceName: this.serviceName(name), nextToken };
            const page = await ecs.send(new ListTasksCommand(input)); // a page has at most 100, the most that DescribeTasks takes
            nextToken = page.nextToken;
            if (!page.taskArns?.length) continue;
            const some = await ecs.send(new DescribeTasksCommand({ cluster: this.cluster, tasks: page.taskArns }));
            tasks.push(...(some.tasks ?? []));
        } while (nextToken);
        return tasks;
    }

    taskDefinition(name: string): Promise<TaskDefinition> {
        const definition = this.definitions.get(name) ?? this.newestDefinition(name);
        this.definitions.set(name, definition);
        return definition;
    }

    /** ECS sends SIGTERM, and SIGKILL after the stop timeout. */
    async stop(name: string, task: string): Promise<void> {
        const { DescribeTasksCommand, StopTaskCommand } = await import("@aws-sdk/client-ecs");
        const { cluster } = this;
        const { ecs } = this.clients;
        await ecs.send(new StopTaskCommand({ cluster, task, reason: "npx identity verify" }));
        const ended = await this.until(STOP_SECONDS, async () => {
            const { tasks } = await ecs.send(new DescribeTasksCommand({ cluster, tasks: [task] }));
            return !tasks?.[0] || tasks[0].lastStatus === "STOPPED" || undefined;
        });
        if (!ended) throw new Error(`the task ${task} of ${name} has not ended after ${STOP_SECONDS} s`);
    }

    async settled(name: string, say: (text: string) => void, signal: AbortSignal): Promise<void> {
        let last: string | undefined;
        const done = await this.until(
            SETTLE_SECONDS,
            async () => {
                const missing = await this.missing(name);
                if (missing && missing !== last) say(missing);
                last = missing;
                return missing === undefined || undefined;
            },
            signal,
        );
        if (!done) throw new Error(`${name} is not whole again after ${SETTLE_SECONDS} s: ${last}`);
    }

    private until<Value>(seconds: number, ask: () => Promise<Value | undefined>, signal?: AbortSignal) {
        return pollUntil(seconds, { signal: signal ?? new AbortController().signal }, ask, this.pauseSeconds);
    }

    /** What the service lacks; undefined where it is complete. */
    private async missing(name: string): Promise<string | undefined> {
        const { wanted, tasks } = await this.service(name);
        const running = tasks.filter(({ status }) => status === "RUNNING");
        if (running.length < wanted) return `${running.length} of ${count(wanted, "task")} running`;
        const healthyTasks = running.filter(({ healthy }) => healthy !== false);
        return healthyTasks.length < wanted ? `${healthyTasks.length} of ${count(wanted, "task")} well` : undefined;
    }

    private async described(name: string): Promise<EcsService> {
        const { DescribeServicesCommand } = await import("@aws-sdk/client-ecs");
        const service = this.serviceName(name);
        const { services } = await this.clients.ecs.send(
            new DescribeServicesCommand({ cluster: this.cluster, services: [service] }),
        );
        if (!services?.[0]) throw new Error(`ECS has no service ${service} in the cluster ${this.cluster}`);
        return services[0];
    }

    private async newestDefinition(name: string): Promise<TaskDefinition> {
        const { DescribeTaskDefinitionCommand } = await import("@aws-sdk/client-ecs");
        const { taskDefinition } = await this.described(name);
        const found = await this.clients.ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition }));
        return found.taskDefinition ?? {};
    }

    private serviceName(name: string): string {
        const found = this.names[name];
        if (found === undefined) throw new Error(`the stack's outputs have no service ${name}`);
        return found;
    }
}

function taskOf(task: EcsTask, groups: readonly ReadonlySet<string>[]): Task {
    const host = privateAddress(task);
    const byContainer =
        !task.healthStatus || task.healthStatus === "UNKNOWN" ? undefined : task.healthStatus === "HEALTHY";
    const byLoadBalancer =
        groups.length === 0 ? undefined : groups.every((healthyHosts) => healthyHosts.has(host ?? ""));
    return {
        id: id(task.taskArn),
        status: task.lastStatus ?? "unknown",
        healthy: byContainer === undefined ? byLoadBalancer : byContainer && byLoadBalancer !== false,
        at: (port) => (host && port === MANAGEMENT_PORT ? { host, port } : undefined),
    };
}

export const privateAddress = ({ attachments = [] }: EcsTask) =>
    attachments.flatMap(({ details = [] }) => details).find(({ name }) => name === "privateIPv4Address")?.value;
