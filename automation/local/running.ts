/**
 * The platform as it runs on this machine, for whoever wants to ask it something: where each service answers, as a client reaches it
 * and task by task, whom to trust, the secrets by the names of their parameters, and a hand on each task.
 */
import { readFileSync } from "node:fs";
import type { LookupFunction } from "node:net";
import { UsageError } from "../shared/errors";
import { containersOf, docker, dockerOutput, type Inspected, type Result } from "./docker";
import type { Secrets } from "./kept";
import { composeProject, filePath, readJson, type State, type TaskState } from "./state";

export interface Running {
    readonly project: string;
    readonly stack: string;
    readonly region: string;
    /** The program's outputs, as `pulumi stack output` has them, with the URLs that answer here. */
    readonly outputs: Readonly<Record<string, unknown>>;
    /** By the name that the plan has for it: `issuer`, `holder`, `hello`, `keycloak`, `sample-api-web`, … */
    readonly services: Readonly<Record<string, RunningService>>;
    readonly databases: Readonly<Record<string, RunningDatabase>>;
    /** PEM: the authorities that the load balancers' and the tasks' certificates are verified by. */
    readonly caFile: string;
    readonly ca: string;
    /** A parameter's value by its whole name (`/identity/dev/issuer/ACAPY_ADMIN_API_KEY`). Throws where there is none. */
    parameter(name: string): string;
    readonly parameterNames: readonly string[];
    /**
     * For `lookup` of an HTTP request: the load balancers' names are on 127.0.0.1, whether or not this machine's resolver knows
     * names below .localhost.
     */
    readonly lookup: LookupFunction;
}

export interface RunningService {
    readonly name: string;
    /** As clients open them, through the load balancers: what the world reaches, and what only the inside does. */
    readonly urls: { readonly public: readonly string[]; readonly internal: readonly string[] };
    readonly tasks: readonly RunningTask[];
}

export interface RunningTask {
    /** `issuer-1` */
    readonly name: string;
    readonly ports: readonly number[];
    /** Where a port of this very task is, past the load balancer: `127.0.0.1:49153`. Asked anew, since a restart changes it. */
    address(port: number): Promise<string>;
    /** The task's own address in the platform's network. */
    ip(): Promise<string>;
    /** What Docker says of each container, by its name in the task definition; undefined where it is gone. */
    state(): Promise<Record<string, ContainerState | undefined>>;
    /** SIGTERM, and after the stop time-out SIGKILL, as ECS stops a task. Nothing starts it again but `start`. */
    stop(): Promise<void>;
    /** SIGKILL: the task is gone without a word. */
    kill(): Promise<void>;
    start(): Promise<void>;
    /** A command in a container, as `npx identity exec` on AWS. @default the first container */
    exec(command: readonly string[], container?: string): Promise<Result>;
    logs(container?: string): Promise<string>;
}

export interface ContainerState {
    readonly status: string;
    readonly health: string | undefined;
    readonly exitCode: number;
    readonly restarts: number;
}

export interface RunningDatabase {
    readonly host: string;
    /** Rows of a query, columns separated by `|`; by the instance's own administrator, who is nobody's on RDS. */
    query(sql: string, database?: string): Promise<string[]>;
    stop(): Promise<void>;
    start(): Promise<void>;
}

/** The running stack. Throws a `UsageError` where it was never started. */
export function running(root: string, stack: string): Running {
    const state = readJson<State>(filePath(root, stack, "state"));
    const secrets = readJson<Secrets>(filePath(root, stack, "secrets"));
    if (!state || !secrets)
        throw new UsageError(`the stack ${stack} does not run here: npx identity local up --stack ${stack}`);
    const project = composeProject(state.project, state.stack);
    const caFile = filePath(root, stack, "ca");
    const hosts = new Set(Object.values(state.loadBalancers).map(({ host }) => host));
    return {
        ...{ project: state.project, stack: state.stack, region: state.region, outputs: state.outputs, caFile },
        get ca() {
            return readFileSync(caFile, "utf8");
        },
        services: mapValues(state.services, ({ urls, tasks }, name) => ({
            ...{ name, urls },
            tasks: tasks.map((task) => runningTask(project, task)),
        })),
        databases: mapValues(state.databases, ({ container, host }) => ({
            host,
            async query(sql, database = "postgres") {
                const { Id } = await inspected(project, container);
                const psql = [
                    "psql",
                    "-h",
                    "/tmp",
                    "-U",
                    "rdsadmin",
                    "-d",
                    database,
                    "-v",
                    "ON_ERROR_STOP=1",
                    "-Atc",
                    sql,
                ];
                return (await dockerOutput(["exec", Id, ...psql])).split("\n").filter((row) => row !== "");
            },
            stop: async () => void (await dockerOutput(["stop", (await inspected(project, container)).Id])),
            start: async () => void (await dockerOutput(["start", (await inspected(project, container)).Id])),
        })),
        parameter(name) {
            const value = secrets.parameters[name];
            if (value === undefined) throw new Error(`there is no parameter ${name} in the stack ${stack}`);
            return value;
        },
        parameterNames: Object.keys(secrets.parameters).sort(),
        lookup: localLookup(hosts),
    };
}

function runningTask(project: string, { name, containers, holder, ports }: TaskState): RunningTask {
    const all = [...new Set([holder, ...Object.values(containers)])];
    const inOrder = async (verb: string[], services: readonly string[]) => {
        for (const one of services) await dockerOutput([...verb, (await inspected(project, one)).Id]);
    };
    const serviceOf = (container = Object.keys(containers)[0]!) => {
        const found = containers[container];
        if (found === undefined) throw new Error(`the task ${name} has no container ${container}`);
        return found;
    };
    return {
        ...{ name, ports },
        async address(port) {
            const { NetworkSettings } = await inspected(project, holder);
            const published = NetworkSettings.Ports?.[`${port}/tcp`]?.[0];
            if (!published) throw new Error(`the task ${name} does not listen on ${port}, or does not run`);
            return `${published.HostIp}:${published.HostPort}`;
        },
        async ip() {
            const { NetworkSettings } = await inspected(project, holder);
            const [address] = Object.values(NetworkSettings.Networks ?? {}).map((one) => one.IPAddress);
            if (!address) throw new Error(`the task ${name} does not run`);
            return address;
        },
        async state() {
            const found = await containersOf(project);
            return mapValues(containers, (service) => stateOf(found.get(service)));
        },
        // What depends on another container goes first, and comes last.
        stop: () => inOrder(["stop"], [...all].reverse()),
        kill: () => inOrder(["kill"], [...all].reverse()),
        start: () => inOrder(["start"], all),
        exec: async (command, container) =>
            docker(["exec", (await inspected(project, serviceOf(container))).Id, ...command]),
        async logs(container) {
            const { stdout, stderr } = await docker(["logs", (await inspected(project, serviceOf(container))).Id]);
            return stdout + stderr;
        },
    };
}

async function inspected(project: string, service: string): Promise<Inspected> {
    const found = (await containersOf(project)).get(service);
    if (!found) throw new Error(`there is no container of ${service} in ${project}: npx identity local up`);
    return found;
}

export const stateOf = (container: Inspected | undefined): ContainerState | undefined =>
    container && {
        status: container.State.Status,
        health: container.State.Health?.Status,
        exitCode: container.State.ExitCode,
        restarts: container.RestartCount,
    };

const localLookup =
    (hosts: ReadonlySet<string>): LookupFunction =>
    (hostname, options, callback) => {
        if (hosts.has(hostname) || hostname.endsWith(".localhost")) {
            if (options.all) callback(null, [{ address: "127.0.0.1", family: 4 }]);
            else callback(null, "127.0.0.1", 4);
            return;
        }
        import("node:dns").then(({ lookup }) => lookup(hostname, options, callback as never));
    };

const mapValues = <From, To>(all: Readonly<Record<string, From>>, map: (value: From, key: string) => To) =>
    Object.fromEntries(Object.entries(all).map(([key, value]) => [key, map(value, key)])) as Record<string, To>;
