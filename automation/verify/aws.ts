/** A stack on AWS, by its outputs and by the APIs of ECS, Elastic Load Balancing and SSM. */
import type { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Service as EcsService, Task as EcsTask } from "@aws-sdk/client-ecs";
import { DIDCOMM_ENVOY_PORT } from "../../components/agent-tls";
import { APPLICATION_PORT } from "../../components/application-port";
import { ENVOY_ADMIN_PORT, ENVOY_PORT } from "../../components/envoy/sidecar";
import { id } from "../../components/fargate/stopped-task";
import { MANAGEMENT_PORT, PEER_PORTS } from "../../components/keycloak/container";
import { environmentNamed } from "../../config/environments";
import type { StackFile } from "../plan/stack-file";
import type { Aws, Outputs } from "../runner/deployed";
import { type CheckContext, count, pollUntil, settle } from "./check";
import { reach, type Reached } from "./sockets";
import { Addresses, adminUrls, endOf, publicUrls } from "./target";
import type { ClosedPort, Database, Place, Service, Target, Task, TaskDefinition } from "./target";

/** The time limit for a task to stop: its stop timeout, at most two minutes, and ECS's own time. */
const STOP_SECONDS = 300;
/** The time limit for its replacement to be healthy in the target group. */
const SETTLE_SECONDS = 900;
const POSTGRES = 5432;
/** Ports that must not be reachable: applications, Envoy and its admin, Keycloak's management and cluster ports, PostgreSQL. */
const CLOSED_PORTS = [
    APPLICATION_PORT,
    ENVOY_PORT,
    DIDCOMM_ENVOY_PORT,
    ENVOY_ADMIN_PORT,
    MANAGEMENT_PORT,
    ...Object.values(PEER_PORTS),
    POSTGRES,
];

type Clients = Pick<Aws, "ecs" | "ssm" | "region"> & { readonly elb: Pick<ElasticLoadBalancingV2Client, "send"> };

export class AwsTarget extends Addresses implements Target {
    readonly title: string;
    readonly expendable: boolean;
    readonly serviceNames: readonly string[];
    readonly authority: string | undefined;
    private readonly secrets = new Map<string, Promise<string>>();
    private readonly definitions = new Map<string, Promise<TaskDefinition>>();
    private outOfReach: ReturnType<Target["adminOutOfReach"]> | undefined;

    constructor(
        private readonly clients: Clients,
        outputs: Outputs,
        { project, stack, config }: Pick<StackFile, "project" | "stack" | "config">,
        /** The arguments of --connect-to, by `host:port`. */
        private readonly places: ReadonlyMap<string, Place> = new Map(),
        /** Between two looks at ECS. */
        private readonly pauseSeconds = 3,
    ) {
        super(outputs, `/${project}/${stack}`);
        this.title = `${project} ${stack} on AWS, ${clients.region}`;
        this.expendable = !environmentNamed(config[`${project}:environment`]).production;
        this.serviceNames = Object.keys(outputs.serviceNames);
        this.authority = outputs.certificateAuthority ?? undefined;
    }

    connectTo(host: string, port: number): Place {
        return this.places.get(`${host}:${port}`) ?? { host, port };
    }

    adminOutOfReach(): ReturnType<Target["adminOutOfReach"]> {
        return (this.outOfReach ??= this.whyOutOfReach());
    }

    /** By the host name: AWS's begins with `internal-`, the program's is `….internal.<domain>`. */
    internal(url: string): boolean {
        return /^(internal-[^.]+|[^.]+\.internal)\./.test(new URL(url).hostname);
    }

    secret(owner: string, variable: string): Promise<string> {
        const Name = this.parameterOf(owner, variable);
        return once(this.secrets, Name, async () => {
            const { GetParameterCommand } = await import("@aws-sdk/client-ssm");
            const { Parameter } = await this.clients.ssm.send(new GetParameterCommand({ Name, WithDecryption: true }));
            if (!Parameter?.Value) throw new Error(`the parameter ${Name} has no value`);
            return Parameter.Value;
        });
    }

    /** The newest one. */
    taskDefinition(service: string): Promise<TaskDefinition> {
        return once(this.definitions, service, async () => {
            const { DescribeTaskDefinitionCommand } = await import("@aws-sdk/client-ecs");
            const { taskDefinition } = await this.described(service);
            const found = await this.clients.ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition }));
            return found.taskDefinition ?? {};
        });
    }

    async service(name: string): Promise<Service> {
        const [described, tasks] = await Promise.all([this.described(name), this.tasks(name)]);
        const groups = await this.healthyTargets(described);
        return { wanted: described.desiredCount ?? 0, tasks: tasks.map((task) => taskOf(task, groups)) };
    }

    /** ECS sends SIGTERM, and SIGKILL after the stop timeout. */
    async stop(service: string, { id: task }: Task): Promise<void> {
        const { DescribeTasksCommand, StopTaskCommand } = await import("@aws-sdk/client-ecs");
        const { ecs } = this.clients;
        const cluster = this.outputs.clusterName;
        await ecs.send(new StopTaskCommand({ cluster, task, reason: "npx identity verify" }));
        const isGone = async () => {
            const { tasks } = await ecs.send(new DescribeTasksCommand({ cluster, tasks: [task] }));
            return !tasks?.[0] || tasks[0].lastStatus === "STOPPED" || undefined;
        };
        if (!(await pollUntil(STOP_SECONDS, {}, isGone, this.pauseSeconds)))
            throw new Error(`the task ${task} of ${service} has not ended after ${STOP_SECONDS} s`);
    }

    settled(service: string, context: CheckContext): Promise<void> {
        const missing = async () => {
            const { wanted, tasks } = await this.service(service);
            const running = tasks.filter(({ status }) => status === "RUNNING");
            if (running.length < wanted) return `${running.length} of ${count(wanted, "task")} running`;
            const well = running.filter(({ healthy }) => healthy !== false);
            return well.length < wanted ? `${well.length} of ${count(wanted, "task")} well` : "";
        };
        return settle(service, missing, SETTLE_SECONDS, context, this.pauseSeconds);
    }

    /** Only clients in the VPC reach them. Several may be on one instance. */
    async databases(): Promise<Record<string, Database>> {
        const all = Object.entries(this.outputs.databases);
        const first = all.filter(([, { host }], i) => all.findIndex(([, other]) => other.host === host) === i);
        return Object.fromEntries(
            first.map(([name, { host, port }]) => [name, { name: host, host, port, inReach: false }]),
        );
    }

    async closed(): Promise<ClosedPort[]> {
        const open = publicUrls(this).map((url) => endOf(url));
        const used = new Set(open.map(({ port }) => port));
        const ports = new Set([...adminUrls(this).map((url) => endOf(url).port), ...CLOSED_PORTS]);
        const closed = [...new Set(open.map(({ host }) => host))].flatMap((host) =>
            [...ports].filter((port) => !used.has(port)).map((port) => ({ what: host, host, port })),
        );
        return [...closed, ...(await this.closedTasks())];
    }

    /** The tasks' private addresses. Without an answer they prove something only from within the VPC. */
    private async closedTasks(): Promise<ClosedPort[]> {
        const within = adminUrls(this).length > 0 && this.places.size === 0 && !(await this.adminOutOfReach());
        if (!within) return [];
        const closed: ClosedPort[] = [];
        for (const name of this.serviceNames) {
            for (const task of await this.tasks(name)) {
                const host = privateAddress(task);
                // The admin endpoint's networks may reach Keycloak's metrics. Other ports of a task allow load balancers only.
                const ports = CLOSED_PORTS.filter((port) => name !== "keycloak" || port !== MANAGEMENT_PORT);
                const what = `${name} ${id(task.taskArn)}`;
                if (host) closed.push(...ports.map((port) => ({ what, host, port })));
            }
        }
        return closed;
    }

    /** The admin endpoint is in the VPC. Outside, its name resolves to addresses that do not answer. */
    private async whyOutOfReach() {
        for (const { host, port } of adminUrls(this).map((url) => endOf(url))) {
            const reached = await reach(this.connectTo(host, port));
            // A refused connection did reach the host, so that the check has to run and fail.
            if (!AWAY.includes(reached)) continue;
            return {
                reason: `the admin endpoint does not answer here (${host}:${port}: ${reached})`,
                remedy:
                    "run this in a network of adminEndpoint.allowedCidrs (by VPN or peering), or through " +
                    `a tunnel: --connect-to ${host}:${port}=127.0.0.1:${port}`,
            };
        }
        return undefined;
    }

    private async described(name: string): Promise<EcsService> {
        const { DescribeServicesCommand } = await import("@aws-sdk/client-ecs");
        const [cluster, service] = [this.outputs.clusterName, this.inEcs(name)];
        const { services } = await this.clients.ecs.send(new DescribeServicesCommand({ cluster, services: [service] }));
        if (!services?.[0]) throw new Error(`ECS has no service ${service} in the cluster ${cluster}`);
        return services[0];
    }

    private async tasks(name: string): Promise<EcsTask[]> {
        const { DescribeTasksCommand, ListTasksCommand } = await import("@aws-sdk/client-ecs");
        const { ecs } = this.clients;
        const [cluster, serviceName] = [this.outputs.clusterName, this.inEcs(name)];
        const tasks: EcsTask[] = [];
        let nextToken: string | undefined;
        do {
            // A page has at most 100, the most that DescribeTasks takes.
            const page = await ecs.send(new ListTasksCommand({ cluster, serviceName, nextToken }));
            nextToken = page.nextToken;
            if (!page.taskArns?.length) continue;
            const some = await ecs.send(new DescribeTasksCommand({ cluster, tasks: page.taskArns }));
            tasks.push(...(some.tasks ?? []));
        } while (nextToken);
        return tasks;
    }

    /** The addresses of healthy targets, by target group. */
    private async healthyTargets({ loadBalancers = [] }: EcsService): Promise<ReadonlySet<string>[]> {
        const { DescribeTargetHealthCommand } = await import("@aws-sdk/client-elastic-load-balancing-v2");
        const arns = loadBalancers.flatMap(({ targetGroupArn }) => targetGroupArn ?? []);
        return Promise.all(
            arns.map(async (TargetGroupArn) => {
                const answer = await this.clients.elb.send(new DescribeTargetHealthCommand({ TargetGroupArn }));
                const all = answer.TargetHealthDescriptions ?? [];
                const healthy = all.filter(({ TargetHealth }) => TargetHealth?.State === "healthy");
                return new Set(healthy.flatMap(({ Target }) => Target?.Id ?? []));
            }),
        );
    }

    private inEcs(name: string): string {
        const found = this.outputs.serviceNames[name];
        if (found === undefined) throw new Error(`the stack's outputs have no service ${name}`);
        return found;
    }
}

const AWAY: readonly Reached[] = ["no answer", "no such name", "no way there"];

/** A value that is asked for once. */
function once<Value>(known: Map<string, Promise<Value>>, key: string, ask: () => Promise<Value>): Promise<Value> {
    const value = known.get(key) ?? ask();
    known.set(key, value);
    return value;
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

const privateAddress = ({ attachments = [] }: EcsTask) =>
    attachments.flatMap(({ details = [] }) => details).find(({ name }) => name === "privateIPv4Address")?.value;
