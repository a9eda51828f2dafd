/** What the test reads of the JSON that ECS takes as RegisterTaskDefinition. */
export interface TaskDefinition {
    family: string;
    cpu?: string;
    memory?: string;
    volumes?: { name: string; [other: string]: unknown }[];
    containerDefinitions: ContainerDefinition[];
}

export interface ContainerDefinition {
    name: string;
    image: string;
    cpu?: number;
    memory?: number;
    user?: string;
    entryPoint?: string[];
    command?: string[];
    workingDirectory?: string;
    environment?: { name: string; value: string }[];
    secrets?: { name: string; valueFrom: string }[];
    healthCheck?: { command: string[]; interval?: number; timeout?: number; retries?: number; startPeriod?: number };
    readonlyRootFilesystem?: boolean;
    mountPoints?: { sourceVolume: string; containerPath: string; readOnly?: boolean }[];
    linuxParameters?: { initProcessEnabled?: boolean; capabilities?: { add?: string[]; drop?: string[] } };
    stopTimeout?: number;
    portMappings?: { containerPort: number; protocol?: string }[];
    dependsOn?: { containerName: string; condition: string }[];
}

/** What `dockerArguments` hands on. */
const HANDED_ON = [
    ...["cpu", "memory", "user", "entryPoint", "command", "workingDirectory", "environment", "secrets", "healthCheck"],
    ...["readonlyRootFilesystem", "mountPoints", "linuxParameters", "stopTimeout", "portMappings"],
];
/** What changes nothing inside a container; the order of several is `task.ts`'s. */
const WITHOUT_EFFECT = [
    ...["name", "image", "essential", "logConfiguration", "dependsOn", "dockerLabels", "versionConsistency"],
    ...["startTimeout", "restartPolicy", "memoryReservation"],
];

const shellQuoted = (argument: string) => `'${argument.replaceAll("'", `'\\''`)}'`;

/** The command of a health check as `docker --health-cmd` takes it, which always has a shell run it. */
export function healthCommand([kind, ...command]: string[]): string {
    return kind === "CMD-SHELL" ? command.join(" ") : `exec ${command.map(shellQuoted).join(" ")}`;
}

/** The command of a health check as arguments of its own. */
export function healthArguments([kind, ...command]: string[]): string[] {
    return kind === "CMD-SHELL" ? ["/bin/sh", "-c", ...command] : command;
}

export const environmentOf = (container: ContainerDefinition) =>
    Object.fromEntries((container.environment ?? []).map(({ name, value }) => [name, value]));

/**
 * The arguments that make `docker create` start a container as Fargate would. `before` go in front of the image; the
 * values of the secrets come from the environment of the client.
 */
export function dockerArguments(
    definition: TaskDefinition,
    container: ContainerDefinition,
    image: string,
    before: string[],
): string[] {
    // Better than a test that passes because it left out what the task definition says.
    const unknown = Object.entries(container)
        .filter(([key, value]) => ![...HANDED_ON, ...WITHOUT_EFFECT].includes(key) && !isEmpty(value))
        .map(([key]) => key);
    if (unknown.length > 0) {
        throw new Error(`the task definition has ${unknown.join(", ")}, which this test hands on to no container`);
    }
    const args: string[] = [];
    const memory = container.memory ?? definition.memory;
    if (memory !== undefined) {
        // As much with swap as without: Fargate has none.
        args.push("--memory", `${memory}m`, "--memory-swap", `${memory}m`);
    }
    if (definition.cpu !== undefined) {
        args.push("--cpus", String(Number(definition.cpu) / 1024));
    }
    if (container.user !== undefined) {
        args.push("--user", container.user);
    }
    if (container.workingDirectory !== undefined) {
        args.push("--workdir", container.workingDirectory);
    }
    for (const { name, value } of container.environment ?? []) {
        args.push("--env", `${name}=${value}`);
    }
    for (const { name } of container.secrets ?? []) {
        args.push("--env", name);
    }
    if (container.healthCheck !== undefined) {
        const { command, interval = 30, timeout = 5, retries = 3, startPeriod = 0 } = container.healthCheck;
        args.push("--health-cmd", healthCommand(command), "--health-retries", String(retries));
        args.push("--health-interval", `${interval}s`, "--health-timeout", `${timeout}s`);
        args.push("--health-start-period", `${startPeriod}s`);
    }
    if (container.readonlyRootFilesystem === true) {
        args.push("--read-only");
    }
    for (const { sourceVolume, containerPath, readOnly } of container.mountPoints ?? []) {
        const volume = (definition.volumes ?? []).find(({ name }) => name === sourceVolume);
        if (volume === undefined) {
            throw new Error(`the mount point ${containerPath} is of no volume of the task definition`);
        }
        // A volume without a name: as fresh as a task's, and gone with the container.
        args.push("--mount", `type=volume,dst=${containerPath}${readOnly === true ? ",readonly" : ""}`);
    }
    const { initProcessEnabled, capabilities, ...others } = container.linuxParameters ?? {};
    if (!isEmpty(others)) {
        throw new Error(`linuxParameters has ${Object.keys(others)}, which this test hands on to no container`);
    }
    if (initProcessEnabled === true) {
        args.push("--init");
    }
    args.push(...(capabilities?.add ?? []).flatMap((capability) => ["--cap-add", capability]));
    args.push(...(capabilities?.drop ?? []).flatMap((capability) => ["--cap-drop", capability]));
    args.push("--stop-timeout", String(stopTimeout(container)));
    args.push(...(container.portMappings ?? []).flatMap((p) => ["--publish", `127.0.0.1::${p.containerPort}`]));
    // Docker takes one word as the entry point; the rest goes in front of the command, as ECS does it.
    const [entry, ...rest] = container.entryPoint ?? [];
    if (entry !== undefined) {
        args.push("--entrypoint", entry);
    }
    return [...args, ...before, image, ...rest, ...(container.command ?? [])];
}

/** The default of ECS is 30 s. */
export const stopTimeout = (container: ContainerDefinition) => container.stopTimeout ?? 30;

const isEmpty = (value: unknown) =>
    value === undefined || value === null || (typeof value === "object" && Object.keys(value).length === 0);
