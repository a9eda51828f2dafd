/** How everything that was started is: its containers as Docker sees them, its tasks as the load balancers do. */
import { containersOf, type Inspected } from "./docker";
import { STATUS_PORT } from "./envoy";
import { networkOf } from "./firewall";
import type { Row } from "./progress";
import type { State, TaskState } from "./state";
import { targetName } from "./tasks";

export interface Health extends Row {
    /** What it is of: a database, a load balancer, a service. */
    readonly of: string;
    readonly well: boolean;
    /** Why it will not come up by itself any more. */
    readonly failed?: string;
    /** The container that is not well, where one is. */
    readonly container?: string;
    /** A load balancer sends it requests, or does not say. */
    readonly asked?: boolean;
}

/** Ended so often, a container is taken to be one that does not come up: as ECS's circuit breaker counts. */
const FAILURES = 3;

/** `among`: the containers that are of interest so far. */
export async function health(state: State, among?: ReadonlySet<string>): Promise<Health[]> {
    const containers = await containersOf(state.composeProject);
    const targets = await targetsOf(containers, state);
    const wanted = (container: string) => among?.has(container) ?? true;
    const ofOne = (of: string, name: string) =>
        wanted(name) ? [{ of, ...ofContainers(name, [[name, containers.get(name)]]) }] : [];
    return [
        ...Object.entries(state.standIns).flatMap(([container, { of }]) => ofOne(of, container)),
        ...Object.entries(state.tasks)
            .filter(([container, { beforeDeploy }]) => beforeDeploy && wanted(container))
            .map(([container]) => ({ of: "before_deploy", ...ofRelease(container, containers.get(container)) })),
        ...Object.entries(state.services).flatMap(([service, { tasks, behind }]) => {
            // Before it is started, a load balancer knows of no task.
            const started = behind.filter(wanted);
            return tasks
                .filter((task) => Object.values(task.containers).some(wanted))
                .map((task) => ({ of: service, ...ofTask(state.composeProject, task, containers, started, targets) }));
        }),
        ...Object.keys(state.loadBalancers).flatMap((container) => ofOne("load balancer", container)),
    ];
}

type Judged = Omit<Health, "of">;

function ofTask(
    project: string,
    { name, containers, holder }: TaskState,
    inspected: ReadonlyMap<string, Inspected>,
    balancers: readonly string[],
    targets: ReadonlyMap<string, readonly Target[] | undefined>,
): Judged {
    const parts = Object.entries(containers).map(([part, service]) => [part, inspected.get(service)] as const);
    const judged = ofContainers(name, parts);
    if (balancers.length === 0) return judged;
    const checks = balancers.map((balancer) => {
        const statuses = targets.get(balancer)?.filter(({ hostname }) => hostname === targetName(project, holder));
        return {
            balancer,
            // One that does not say anything of a task has not looked at it yet.
            well: statuses !== undefined && statuses.length > 0 && statuses.every(({ healthy }) => healthy),
            asks: statuses === undefined || statuses.some(({ healthy }) => healthy),
        };
    });
    return {
        ...judged,
        text: `${judged.text}; ${checks.map(({ balancer, well }) => `${balancer} ${well ? "healthy" : "unhealthy"}`).join(", ")}`,
        well: judged.well && checks.every(({ well }) => well),
        asked: checks.some(({ asks }) => asks),
    };
}

function ofContainers(name: string, parts: readonly (readonly [string, Inspected | undefined])[]): Judged {
    const states = parts.map(([part, container]) => ({ part, ...stateOf(container) }));
    const texts = [...new Set(states.map(({ text }) => text))];
    const worst = states.find(({ why }) => why !== undefined) ?? states.find(({ well }) => !well);
    return {
        name,
        text: texts.length === 1 ? texts[0]! : states.map(({ part, text }) => `${part} ${text}`).join(", "),
        well: states.every(({ well }) => well),
        pending: states.every(({ pending }) => pending),
        failed: worst?.why && (parts.length > 1 ? `(${worst.part}) ${worst.why}` : worst.why),
        container: worst?.id,
    };
}

interface Judgement {
    readonly id?: string;
    readonly text: string;
    readonly well: boolean;
    readonly pending?: boolean;
    readonly why?: string;
}

const endOf = ({ State }: Inspected) =>
    State.OOMKilled ? "ended, since it used more memory than it has" : `ended with exit code ${State.ExitCode}`;

function stateOf(container: Inspected | undefined): Judgement {
    if (!container) return { text: "not there", well: false, pending: true };
    const { Id: id, RestartCount, State } = container;
    const ended = endOf(container);
    if (State.Status === "created") return { id, text: "waits", well: false, pending: true };
    const again = RestartCount > 0 ? `, started anew ${RestartCount} ${RestartCount === 1 ? "time" : "times"}` : "";
    if (State.Status === "running") {
        const text = State.Health?.Status ?? "running";
        return { id, text: text + again, well: text === "running" || text === "healthy" };
    }
    const why = RestartCount >= FAILURES ? `${ended}, ${RestartCount} times in a row` : undefined;
    return {
        id,
        text: `${State.Status === "restarting" ? "starts anew" : "stopped"}, ${ended}${again}`,
        well: false,
        why,
    };
}

/** What runs to its end is well when it has ended well. */
function ofRelease(name: string, container: Inspected | undefined): Judged {
    if (container?.State.Status !== "exited") return { ...ofContainers(name, [[name, container]]), well: false };
    if (container.State.ExitCode === 0) return { name, text: "done", well: true };
    const text = endOf(container);
    return { name, text, well: false, failed: text, container: container.Id };
}

interface Target {
    readonly hostname: string;
    readonly healthy: boolean;
}

/** What each load balancer says of its targets; undefined where it does not answer. */
export async function targetsOf(
    containers: ReadonlyMap<string, Inspected>,
    state: State,
): Promise<Map<string, Target[] | undefined>> {
    const targets = new Map<string, Target[] | undefined>();
    for (const balancer of Object.keys(state.loadBalancers)) {
        targets.set(balancer, await clusters(containers.get(networkOf(balancer))));
    }
    return targets;
}

interface EnvoyClusters {
    cluster_statuses?: {
        name: string;
        host_statuses?: { hostname?: string; health_status?: Record<string, unknown> }[];
    }[];
}

async function clusters(envoy: Inspected | undefined): Promise<Target[] | undefined> {
    const published = envoy?.NetworkSettings.Ports?.[`${STATUS_PORT}/tcp`]?.[0];
    if (!published) return undefined;
    try {
        // Over a connection of its own: one that was kept may lead to the container before.
        const answer = await fetch(`http://${published.HostIp}:${published.HostPort}/clusters?format=json`, {
            headers: { Connection: "close" },
            signal: AbortSignal.timeout(ANSWER_MILLISECONDS),
        });
        const { cluster_statuses = [] } = (await answer.json()) as EnvoyClusters;
        return cluster_statuses.flatMap(({ host_statuses = [] }) =>
            host_statuses.flatMap(({ hostname, health_status = {} }) => {
                if (!hostname) return [];
                const { eds_health_status: _, ...flags } = health_status;
                return [{ hostname, healthy: Object.keys(flags).length === 0 }];
            }),
        );
    } catch {
        return undefined; // it does not answer yet
    }
}

const ANSWER_MILLISECONDS = 3000;
