/** The platform as it runs on this machine: where each service answers, its tasks one by one, and the values of its parameters. */
import { readFileSync } from "node:fs";
import { UsageError } from "../shared/errors";
import { containersOf, dockerOutput, type Inspected } from "./docker";
import type { Secrets } from "./secrets";
import { composeProject, filePath, readJson, type State, type TaskState } from "./state";

export interface Running {
    readonly project: string;
    /** The program's outputs, as `pulumi stack output` has them, with the URLs that answer here. */
    readonly outputs: Readonly<Record<string, unknown>>;
    /** By the name that the plan has for it: `issuer`, `holder`, `hello`, `keycloak`, `sample-api-web`, … */
    readonly services: Readonly<Record<string, RunningService>>;
    /** PEM: the authorities by which the certificates of load balancers and tasks are verified. */
    readonly ca: string;
    /** A parameter's value by its whole name (`/identity/dev/issuer/ACAPY_ADMIN_API_KEY`). Throws where there is none. */
    parameter(name: string): string;
    readonly parameterNames: readonly string[];
}

export interface RunningService {
    /** As clients open them, through the load balancers: public, and internal. */
    readonly urls: { readonly public: readonly string[]; readonly internal: readonly string[] };
    readonly tasks: readonly RunningTask[];
}

export interface RunningTask {
    /** `issuer-1` */
    readonly name: string;
    readonly ports: readonly number[];
    /** Where a port of this very task is, past the load balancer: `127.0.0.1:49153`. A restart changes it. */
    address(port: number): Promise<string>;
    /** The task's own address in the platform's network. */
    ip(): Promise<string>;
    /** Docker's status of each container (`running`, `exited`), by its name in the task definition; undefined where it is gone. */
    state(): Promise<Record<string, string | undefined>>;
    /** SIGKILL. Only `start` starts it again. */
    kill(): Promise<void>;
    start(): Promise<void>;
}

/** The running stack. Throws a `UsageError` where it was never started. */
export function running(root: string, stack: string): Running {
    const state = readJson<State>(filePath(root, stack, "state"));
    const secrets = readJson<Secrets>(filePath(root, stack, "secrets"));
    if (!state || !secrets)
        throw new UsageError(`the stack ${stack} does not run here: npx identity local up --stack ${stack}`);
    const project = composeProject(root, state.project, state.stack);
    const services = Object.entries(state.services).map(([name, { urls, tasks }]) => {
        return [name, { urls, tasks: tasks.map((task) => runningTask(project, task)) }];
    });
    return {
        project: state.project,
        outputs: state.outputs,
        services: Object.fromEntries(services) as Running["services"],
        get ca() {
            return readFileSync(filePath(root, stack, "ca"), "utf8");
        },
        parameter(name) {
            const value = secrets.parameters[name];
            if (value === undefined) throw new Error(`there is no parameter ${name} in the stack ${stack}`);
            return value;
        },
        parameterNames: Object.keys(secrets.parameters).sort(),
    };
}

function runningTask(project: string, { name, containers, holder, ports }: TaskState): RunningTask {
    const all = [...new Set([holder, ...Object.values(containers)])];
    const inOrder = async (verb: string, services: readonly string[]) => {
        for (const service of services) await dockerOutput([verb, (await inspected(project, service)).Id]);
    };
    return {
        name,
        ports,
        async address(port) {
            const { NetworkSettings } = await inspected(project, holder);
            const published = NetworkSettings.Ports?.[`${port}/tcp`]?.[0];
            if (!published) throw new Error(`the task ${name} does not listen on ${port}, or does not run`);
            return `${published.HostIp}:${published.HostPort}`;
        },
        async ip() {
            const { NetworkSettings } = await inspected(project, holder);
            const [address] = Object.values(NetworkSettings.Networks ?? {}).map(({ IPAddress }) => IPAddress);
            if (!address) throw new Error(`the task ${name} does not run`);
            return address;
        },
        async state() {
            const found = await containersOf(project);
            const states = Object.entries(containers).map(([key, service]) => [key, found.get(service)?.State.Status]);
            return Object.fromEntries(states) as Record<string, string | undefined>;
        },
        // The container that holds the network is started first, and ends last.
        kill: () => inOrder("kill", [...all].reverse()),
        start: () => inOrder("start", all),
    };
}

async function inspected(project: string, service: string): Promise<Inspected> {
    const found = (await containersOf(project)).get(service);
    if (!found) throw new Error(`there is no container of ${service} in ${project}: npx identity local up`);
    return found;
}
