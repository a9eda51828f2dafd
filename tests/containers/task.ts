import { namespaceControls } from "../../components/fargate/low-ports";
import { output, publishedPort, run, type Sandbox, state } from "./docker";
import { type ContainerDefinition, dockerArguments, type TaskDefinition } from "./task-definition";

export interface TaskOptions {
    network: string;
    /** By container: what to run in place of the image of the task definition, which is in a registry that there is not. */
    images: Record<string, string>;
    /** By variable: what ECS would read out of SSM. */
    secrets: Record<string, string>;
    /** Variables beside those of the task definition, for every container. */
    environment?: Record<string, string>;
    /** Its name in the network, beside Docker's own. */
    alias?: string;
    /** By where it is mounted: the directory of this machine that stands in for a file system. */
    sources?: Record<string, string>;
    /** Of `docker create`, for every container. */
    arguments?: string[];
}

/** The containers of one task, in one network namespace, as ECS starts them on Fargate. */
export interface Task {
    /** By the name of the task definition. */
    readonly containers: Record<string, string>;
    /** Where a port of the task is on 127.0.0.1. */
    port(containerPort: number): Promise<number>;
    /** The address of the task in its network. */
    address(): Promise<string>;
}

export async function startTask(sandbox: Sandbox, definition: TaskDefinition, options: TaskOptions): Promise<Task> {
    const order = startOrder(definition.containerDefinitions);
    const ports = order.flatMap(({ portMappings = [] }) => portMappings.map(({ containerPort }) => containerPort));
    const variables = Object.entries(options.environment ?? {}).flatMap(([name, value]) => [
        "--env",
        `${name}=${value}`,
    ]);
    const named = options.alias === undefined ? [] : ["--network-alias", options.alias];
    const controls = namespaceControls(order.flatMap(({ systemControls = [] }) => systemControls));
    const sysctls = Object.entries(controls).flatMap(([name, value]) => ["--sysctl", `${name}=${value}`]);
    const containers: Record<string, string> = {};
    let first: string | undefined;
    for (const container of order) {
        // The first one has the namespace, and so everybody's ports; the others join it.
        const network = first
            ? ["--network", `container:${first}`]
            : [
                  "--network",
                  options.network,
                  ...named,
                  ...sysctls,
                  ...ports.flatMap((port) => ["--publish", `127.0.0.1::${port}`]),
              ];
        const image = options.images[container.name];
        if (image === undefined) throw new Error(`no image was built for the container ${container.name}`);
        const before = [...network, ...variables, ...(options.arguments ?? [])];
        const own = { ...container, portMappings: [] };
        const args = dockerArguments(definition, own, image, before, { sources: options.sources });
        const id = (containers[container.name] = await sandbox.create(args, options.secrets));
        const started = await run("docker", ["start", id]);
        if (started.code !== 0) {
            // As on Fargate: once an essential container has ended, no further one starts.
            if (first !== undefined && (await state(first)).Status === "exited") break;
            throw new Error(`the container ${container.name} does not start: ${started.stderr.trim()}`);
        }
        first ??= id;
    }
    const format = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}";
    return {
        containers,
        port: (containerPort) => publishedPort(first!, containerPort),
        address: () => output("docker", ["inspect", "--format", format, first!]),
    };
}

/** A container after those that it depends on. */
function startOrder(containers: readonly ContainerDefinition[]): ContainerDefinition[] {
    const done: ContainerDefinition[] = [];
    const started = (name: string) => done.some((one) => one.name === name);
    while (done.length < containers.length) {
        const next = containers.find(
            ({ name, dependsOn = [] }) => !started(name) && dependsOn.every((one) => started(one.containerName)),
        );
        if (next === undefined) throw new Error("the containers of the task wait for each other");
        done.push(next);
    }
    return done;
}
