/** The platform on this machine (`npx identity local`). */
import { networkInterfaces } from "node:os";
import { ENVOY_ADMIN_PORT } from "../../components/envoy/sidecar";
import { addressOf, containersOf, type Inspected } from "../local/docker";
import { networkOf } from "../local/firewall";
import { health } from "../local/health";
import { type Running, running, type RunningTask } from "../local/running";
import { readState, type State } from "../local/state";
import type { Outputs } from "../runner/deployed";
import { type CheckContext, pollUntil, settle } from "./check";
import { Addresses, environmentWith, hasEnvoy } from "./target";
import type { ClosedPort, Database, Place, Target, Task, TaskDefinition } from "./target";

const LOOPBACK = "127.0.0.1";
const POSTGRES = 5432;
const KEYCLOAK_HTTP = 8080;
/** The time limit for a killed task to be healthy again, also for the load balancers. */
const SETTLE_SECONDS = 300;

export class LocalTarget extends Addresses implements Target {
    readonly title: string;
    readonly expendable = true;
    readonly serviceNames: readonly string[];
    readonly authority: string;
    private readonly running: Running;
    private readonly state: State;
    private started: ReturnType<typeof containersOf> | undefined;

    constructor(root: string, stack: string) {
        const platform = running(root, stack);
        super(platform.outputs as unknown as Outputs, `/${platform.project}/${stack}`);
        this.running = platform;
        this.state = readState(root, stack)!;
        this.title = `${this.running.project} ${stack} on this machine`;
        this.serviceNames = Object.keys(this.running.services);
        this.authority = this.running.ca;
    }

    /** Maps the load balancers' names to this machine, and their ports to the published ports. */
    connectTo(host: string, port: number): Place {
        if (!host.endsWith(".localhost")) return { host, port };
        const listeners = this.listeners(this.isInternal(host));
        return { host: LOOPBACK, port: listeners.find((listener) => listener.port === port)?.published ?? port };
    }

    internal(url: string): boolean {
        return this.isInternal(new URL(url).hostname);
    }

    async adminOutOfReach() {
        return undefined;
    }

    /** The end of the chain that the tasks are given. Without a domain clients trust the same one. */
    async taskAuthority(service: string): Promise<string | undefined> {
        if (this.running.outputs.certificateAuthority) return undefined;
        const name = this.parameterOf(`${service}-tls`, "TLS_CERTIFICATE");
        if (!this.running.parameterNames.includes(name)) return undefined; // a certificate from elsewhere
        return /-----BEGIN CERTIFICATE-----(?:(?!-----BEGIN)[^])*$/.exec(this.running.parameter(name))?.[0];
    }

    async secret(owner: string, variable: string): Promise<string> {
        return this.running.parameter(this.parameterOf(owner, variable));
    }

    /** As its containers were started: their variables have the URLs of this machine. */
    async taskDefinition(service: string): Promise<TaskDefinition> {
        // One look for all: what containers were started with does not change while the platform is looked at.
        const started = await (this.started ??= containersOf(this.state.composeProject));
        const { tasks = [] } = this.state.services[service] ?? {};
        const containers = Object.keys(tasks[0]?.containers ?? {}).flatMap((name) => {
            const found = tasks.flatMap((task) => started.get(task.containers[name]!) ?? [])[0];
            return found ? [{ name, ...found }] : [];
        });
        const [first] = containers;
        return {
            cpu: first && String((first.HostConfig.NanoCpus / 1e9) * 1024), // each container has that of its task
            containerDefinitions: containers.map(({ name, Config: { Image: image, Env = [] } }) => {
                const variables = Env.map((line) => {
                    const at = line.indexOf("=");
                    return { name: line.slice(0, at), value: line.slice(at + 1) };
                });
                const isSecret = (variable: string) => variable in (this.outputs.secretParameters[service] ?? {});
                return {
                    ...{ name, image },
                    environment: variables.filter((variable) => !isSecret(variable.name)),
                    secrets: variables
                        .filter((variable) => isSecret(variable.name))
                        .map((variable) => ({ name: variable.name })),
                };
            }),
        };
    }

    async service(name: string) {
        const { tasks } = this.of(name);
        const rows = (await health(this.state)).filter(({ of }) => of === name);
        const isHealthy = (task: RunningTask) => rows.find((row) => row.name === task.name)?.well;
        return { wanted: tasks.length, tasks: await Promise.all(tasks.map((task) => taskOf(task, isHealthy(task)))) };
    }

    /** Sends SIGKILL, which simulates the loss of a host. */
    async stop(service: string, task: Task): Promise<void> {
        await this.of(service)
            .tasks.find(({ name }) => name === task.id)!
            .kill();
    }

    async settled(service: string, context: CheckContext): Promise<void> {
        for (const task of this.of(service).tasks) {
            const containers = Object.values(await task.state());
            if (containers.every((status) => status === "running")) continue;
            // On AWS a new task replaces it, which gets requests when it is healthy. Here the same task starts again. A load balancer that has
            // not noticed its absence would send it requests while it starts.
            context.say(`${task.name} is gone; waiting for the load balancers to notice`);
            await pollUntil(SETTLE_SECONDS, { signal: context.signal }, async () => {
                const row = (await health(this.state)).find((candidate) => candidate.name === task.name);
                return !row?.asked || undefined;
            });
            await task.start();
        }
        const missing = async () =>
            (await health(this.state))
                .filter((row) => row.of === service && !row.well)
                .map(({ name, text }) => `${name} ${text}`)
                .join(", ");
        await settle(service, missing, SETTLE_SECONDS, context);
    }

    async databases(): Promise<Record<string, Database>> {
        const containers = await containersOf(this.state.composeProject);
        return Object.fromEntries(
            Object.entries(this.state.standIns).flatMap(([name, { host }]) => {
                if (host === undefined) return [];
                const address = reachable(containers.get(networkOf(name)));
                return [[name, { name: host, host: address ?? host, port: POSTGRES, inReach: address !== undefined }]];
            }),
        );
    }

    async closed(): Promise<ClosedPort[]> {
        const containers = await containersOf(this.state.composeProject);
        const published = [...containers.values()].flatMap(({ NetworkSettings }) =>
            Object.values(NetworkSettings.Ports ?? {}).flatMap((all) =>
                (all ?? []).map((port) => Number(port.HostPort)),
            ),
        );
        const ports = [...new Set(published)];
        const hosts = ownAddresses();
        const what = `this machine, where others reach it (${hosts.join(", ")})`;
        const closed: ClosedPort[] = hosts.flatMap((host) => ports.map((port) => ({ what, host, port })));
        const internalPorts = this.listeners(true).map(({ published }) => published);
        for (const [name, { internal }] of Object.entries(this.state.loadBalancers)) {
            const host = internal ? undefined : reachable(containers.get(networkOf(name)));
            if (host) closed.push(...internalPorts.map((port) => ({ what: `the load balancer ${name}`, host, port })));
        }
        for (const service of this.serviceNames) closed.push(...(await this.pastEnvoy(service)));
        return closed;
    }

    /** The application's port past Envoy, and Envoy's admin port. */
    private async pastEnvoy(service: string): Promise<ClosedPort[]> {
        const definition = await this.taskDefinition(service);
        if (!hasEnvoy(definition) || !REACHES_CONTAINERS) return [];
        const { PORT } = environmentWith(definition, "PORT") ?? {};
        const onLoopback = environmentWith(definition, "KC_HTTP_HOST") !== undefined;
        const ports = [
            ...(PORT ? [Number(PORT)] : []),
            ...(onLoopback ? [KEYCLOAK_HTTP] : []),
            ...agentsOnLoopback(definition),
            ENVOY_ADMIN_PORT,
        ];
        const closed: ClosedPort[] = [];
        for (const task of this.of(service).tasks) {
            const host = await task.ip();
            closed.push(...ports.map((port) => ({ what: `${task.name} past its Envoy`, host, port })));
        }
        return closed;
    }

    private of(service: string) {
        const found = this.running.services[service];
        if (!found) throw new Error(`there is no service ${service} on this machine`);
        return found;
    }

    private listeners(internal: boolean) {
        return Object.values(this.state.loadBalancers).flatMap((own) =>
            own.internal === internal ? own.listeners : [],
        );
    }

    private isInternal(host: string): boolean {
        const urls = Object.values(this.running.services).flatMap((service) => service.urls.internal);
        return urls.some((url) => new URL(url).hostname === host);
    }
}

/** Where an agent listens for its Envoy alone. */
function agentsOnLoopback(definition: TaskDefinition): number[] {
    const { ACAPY_ADMIN, ACAPY_INBOUND_TRANSPORT } =
        environmentWith(definition, "ACAPY_ADMIN", "ACAPY_INBOUND_TRANSPORT") ?? {};
    if (ACAPY_ADMIN === undefined) return [];
    const listening: [string, number][] = [
        JSON.parse(ACAPY_ADMIN),
        ...JSON.parse(ACAPY_INBOUND_TRANSPORT!).map(([, host, port]: [string, string, number]) => [host, port]),
    ];
    return listening.filter(([host]) => host === LOOPBACK).map(([, port]) => port);
}

async function taskOf(task: RunningTask, healthy: boolean | undefined): Promise<Task> {
    const states = Object.values(await task.state());
    const running = states.every((status) => status === "running");
    const places = new Map<number, Place>();
    for (const port of running ? task.ports : []) {
        const [host = LOOPBACK, published] = (await task.address(port)).split(":");
        places.set(port, { host, port: Number(published) });
    }
    return {
        id: task.name,
        status: running ? "RUNNING" : (states.find((status) => status !== "running") ?? "gone").toUpperCase(),
        healthy,
        at: (port) => places.get(port),
    };
}

/** On Linux the host reaches containers' addresses; elsewhere Docker runs in a virtual machine. */
const REACHES_CONTAINERS = process.platform === "linux";

const reachable = (container: Inspected | undefined) =>
    REACHES_CONTAINERS && container ? addressOf(container) : undefined;

/** This machine's IPv4 addresses, without the loopback. */
const ownAddresses = (): string[] =>
    Object.values(networkInterfaces()).flatMap((all) =>
        (all ?? [])
            .filter((address) => address.family === "IPv4" && !address.internal)
            .map((address) => address.address),
    );
