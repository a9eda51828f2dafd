/** The platform as it runs on this machine: where each service answers, its tasks one by one, and the values of its parameters. */
import { readFileSync } from "node:fs";
import { UsageError } from "../shared/errors";
import { addressOf, containersOf, dockerOutput, type Inspected } from "./docker";
import type { Secrets } from "./secrets";
import { filePath, readJson, readState, type TaskState } from "./state";

export type Running = ReturnType<typeof running>;
export type RunningTask = ReturnType<typeof runningTask>;

/** The running stack. Throws a `UsageError` where it was never started. */
export function running(root: string, stack: string) {
    const state = readState(root, stack);
    const secrets = readJson<Secrets>(filePath(root, stack, "secrets"));
    if (!state || !secrets)
        throw new UsageError(`the stack ${stack} does not run here: npx identity local up --stack ${stack}`);
    const services = Object.entries(state.services).map(([name, { urls, tasks }]) => {
        return [name, { urls, tasks: tasks.map((task) => runningTask(state.composeProject, task)) }] as const;
    });
    return {
        project: state.project,
        /** The program's outputs, as `pulumi stack output` has them, with the URLs that answer here. */
        outputs: state.outputs,
        /**
         * By the name that the plan has for it: `issuer`, `holder`, `hello`, `keycloak`, `sample-api-web`, … `urls`: as clients open them,
         * through the load balancers.
         */
        services: Object.fromEntries(services),
        /** PEM: the authorities by which the certificates of load balancers and tasks are verified. */
        get ca() {
            return readFileSync(filePath(root, stack, "ca"), "utf8");
        },
        /** A parameter's value by its whole name (`/identity/dev/issuer/ACAPY_ADMIN_API_KEY`). Throws where there is none. */
        parameter(name: string): string {
            const value = secrets.parameters[name];
            if (value === undefined) throw new Error(`there is no parameter ${name} in the stack ${stack}`);
            return value;
        },
        parameterNames: Object.keys(secrets.parameters).sort(),
    };
}

function runningTask(project: string, { name, containers, holder, ports }: TaskState) {
    const all = [...new Set([holder, ...Object.values(containers)])];
    const inOrder = async (verb: string, services: readonly string[]) => {
        for (const service of services) await dockerOutput([verb, (await inspected(project, service)).Id]);
    };
    return {
        /** `issuer-1` */
        name,
        ports,
        /** Where a port of this very task is, past the load balancer: `127.0.0.1:49153`. A restart changes it. */
        async address(port: number): Promise<string> {
            const { NetworkSettings } = await inspected(project, holder);
            const published = NetworkSettings.Ports?.[`${port}/tcp`]?.[0];
            if (!published) throw new Error(`the task ${name} does not listen on ${port}, or does not run`);
            return `${published.HostIp}:${published.HostPort}`;
        },
        /** The task's own address in the platform's network. */
        async ip(): Promise<string> {
            const address = addressOf(await inspected(project, holder));
            if (!address) throw new Error(`the task ${name} does not run`);
            return address;
        },
        /** Docker's status of each container (`running`, `exited`), by its name in the task definition; undefined where it is gone. */
        async state(): Promise<Record<string, string | undefined>> {
            const found = await containersOf(project);
            return Object.fromEntries(
                Object.entries(containers).map(([key, service]) => [key, found.get(service)?.State.Status]),
            );
        },
        /** SIGKILL. Only `start` starts it again. The container that holds the network is started first, and ends last. */
        kill: () => inOrder("kill", [...all].reverse()),
        start: () => inOrder("start", all),
    };
}

async function inspected(project: string, service: string): Promise<Inspected> {
    const found = (await containersOf(project)).get(service);
    if (!found) throw new Error(`there is no container of ${service} in ${project}: npx identity local up`);
    return found;
}
