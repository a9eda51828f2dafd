/** A task definition as JSON: as it is registered, and as `aws ecs describe-task-definition` prints it (ECS API reference, TaskDefinition). */
import { noteTimes } from "./health";
import { askedPath } from "../commands";
import { sizeFor } from "../../../components/fargate/sizes";
import { App, type Format, Workload } from "../model";
import { fitName, WORKLOAD_NAME } from "../names";
import type { Node } from "../node";
import { sizeInMiB } from "../units";
import { existing } from "../secrets";
import { readArchitecture } from "./architecture";

const SAME: Readonly<Record<string, string>> = {
    taskDefinitionArn: "what AWS says of what was registered",
    revision: "what AWS says of what was registered",
    status: "what AWS says of what was registered",
    registeredAt: "what AWS says of what was registered",
    registeredBy: "what AWS says of what was registered",
    deregisteredAt: "what AWS says of what was registered",
    requiresAttributes: "what AWS says of what was registered",
    compatibilities: "what AWS says of what was registered",
    executionRoleArn: "the program makes an execution role for each service",
    networkMode: "tasks have addresses of their own (awsvpc)",
    requiresCompatibilities: "tasks are on Fargate",
    placementConstraints: "Fargate has no machines to choose from",
    tags: "the program tags what it makes",
    enableFaultInjection: "tasks are on Fargate",
};
const SAME_CONTAINER: Readonly<Record<string, string>> = {
    cpu: "the task's size is what its containers share",
    memory: "the task's size is what its containers share",
    memoryReservation: "the task's size is what its containers share",
    readonlyRootFilesystem: "the file system is read-only anyway",
    linuxParameters: "every task has an init process, and no capabilities",
    privileged: "Fargate takes no privileged containers",
    versionConsistency: "images are by digest",
    pseudoTerminal: "for a terminal",
    interactive: "for a terminal",
};

export const taskDefinition: Format = {
    name: "a task definition",
    environments: () => [],
    read({ roots }) {
        const app = new App();
        const [root] = roots as [Node];
        root.get("tags")?.leaveOut(SAME.tags!);
        const definition = root.get("taskDefinition") ?? root;
        app.name = definition.get("family")?.text();
        for (const [key, reason] of Object.entries(SAME)) definition.get(key)?.leaveOut(reason);
        const containers = definition.get("containerDefinitions")?.items() ?? [];
        const main = mainOf(containers);
        if (!main) return app;
        const name = main.get("name")?.text() ?? "app";
        const reference = main.get("image")?.text();
        const workload = new Workload(
            name,
            "service",
            reference === undefined ? { missing: "It names no image." } : { reference },
            [main, definition],
        );
        app.workloads.push(workload);
        readSize(definition, containers, workload);
        readArchitecture(definition.get("runtimePlatform"), workload, "cpuArchitecture", "operatingSystemFamily");
        readVolumes(definition, workload);
        readMain(main, workload);
        for (const container of containers) if (container !== main) readSidecar(container, workload);
        const role = definition.get("taskRoleArn")?.text();
        if (role !== undefined)
            workload.top(
                "todo",
                `The task role ${role}: what its policies allow, as permissions: [{ actions, resources }] or by uses.`,
            );
        return app;
    },
};

/** CPU units, or `1 vCPU`; MiB, or `3GB` (ECS API reference, RegisterTaskDefinition). Without either, what its containers ask for. */
function readSize(definition: Node, containers: readonly Node[], workload: Workload) {
    const [cpu, memory] = [definition.get("cpu")?.text(), definition.get("memory")?.text()];
    const units = cpu === undefined ? undefined : /vcpu/i.test(cpu) ? 1024 * parseFloat(cpu) : Number(cpu);
    const mib =
        memory === undefined ? undefined : /[a-z]/i.test(memory) ? sizeInMiB(memory.replace(" ", "")) : Number(memory);
    if (units !== undefined || mib !== undefined) {
        Object.assign(workload.keys, sizeFor(units ?? 256, mib ?? 512));
        return;
    }
    const sum = (...keys: string[]) =>
        containers.reduce(
            (total, one) => total + Number(keys.map((key) => one.get(key)?.plain()).find(Boolean) ?? 0),
            0,
        );
    const [own, most] = [sum("cpu"), sum("memory", "memoryReservation")];
    if (own + most === 0) return;
    Object.assign(workload.keys, sizeFor(own, most));
    workload.changed(
        `Its containers have ${own} CPU units and ${most} MiB there: the least of Fargate's sizes that holds them.`,
        "cpu",
    );
}

/** The one that requests come for; or the first essential one. */
const mainOf = (containers: readonly Node[]): Node | undefined => {
    const essential = containers.filter((one) => one.get("essential")?.plain() !== false);
    return essential.find((one) => (one.get("portMappings")?.items().length ?? 0) > 0) ?? essential[0] ?? containers[0];
};

const texts = (node: Node | undefined): string[] | undefined =>
    node && node.texts().length > 0 ? node.texts() : undefined;

/** Logs that go elsewhere are named with the rest. */
const leaveOutLog = (container: Node) => {
    const log = container.get("logConfiguration");
    if (log?.get("logDriver")?.plain() === "awslogs") log.leaveOut("logs go to CloudWatch");
};

function readMain(main: Node, workload: Workload) {
    leaveOutLog(main);
    main.get("essential")?.leaveOut("where the application ends, its task ends");
    for (const [key, reason] of Object.entries(SAME_CONTAINER)) main.get(key)?.leaveOut(reason);
    const [command, entrypoint] = [texts(main.get("command")), texts(main.get("entryPoint"))];
    if (command) workload.keys.command = command;
    if (entrypoint) workload.keys.entrypoint = entrypoint;
    const user = main.get("user")?.text();
    if (user !== undefined && /^[1-9]\d*(:\d+)?$/.test(user)) workload.user = user;
    else if (user !== undefined) workload.todo(`It runs as ${user} there; here a user is a number other than 0.`);
    for (const item of main.get("environment")?.items() ?? [])
        workload.variables[item.get("name")?.text() ?? ""] = item.get("value")?.text() ?? "";
    for (const item of main.get("secrets")?.items() ?? []) {
        const [name, from] = [item.get("name")?.text() ?? "", item.get("valueFrom")?.text() ?? ""];
        workload.secrets[name] = existing(from) ?? { set: {} };
        if (!existing(from))
            workload.todo(
                `${name} is ${from} there, whose name is not known here: parameter: /…, or set it anew.`,
                "secrets",
                name,
            );
    }
    for (const item of main.get("environmentFiles")?.items() ?? []) {
        workload.todo(
            `The variables of ${item.get("value")?.text()}: in environment, or under secrets.`,
            "environment",
        );
        item.take();
    }
    const credentials = main.get("repositoryCredentials", "credentialsParameter")?.text();
    if (credentials !== undefined) workload.imageCredentials = credentials;
    const stop = main.get("stopTimeout")?.number();
    if (stop !== undefined) workload.keys.stop_timeout = Math.min(120, Math.max(2, stop));
    main.get("dependsOn")?.leaveOut("the application starts after sidecars that are `first`, and beside the others");
    readPorts(main, workload);
    readHealth(main.get("healthCheck"), workload);
    readMounts(main, workload.keys, workload);
}

function readPorts(main: Node, workload: Workload) {
    const [first, ...others] = main.get("portMappings")?.items() ?? [];
    if (!first) return;
    const port = first.get("containerPort")?.number();
    const protocol = first.get("appProtocol")?.text();
    first.take();
    Object.assign(workload.keys, { reachable: true, port });
    workload.todo(
        `A task definition does not say who reaches port ${port}: here the tasks of the stack, by name. For the internet: ` +
            "listeners: [{}], and health_check_path.",
        "reachable",
    );
    if (protocol === "grpc" || protocol === "http2")
        workload.todo(`It speaks ${protocol}: with listeners, protocol: ${protocol}.`, "reachable");
    for (const other of others)
        workload.todo(`It opens ${other.get("containerPort")?.text()}, too: a service has one port.`, "port");
    for (const other of others) other.take();
}

function readHealth(health: Node | undefined, workload: Workload) {
    const test = health?.get("command")?.texts();
    if (!health || !test || test.length === 0) return;
    const [kind, ...rest] = test;
    workload.keys.health_check_command =
        kind === "CMD-SHELL" ? ["/bin/sh", "-c", rest.join(" ")] : kind === "CMD" ? rest : test;
    const asked = askedPath(rest);
    if (asked) workload.healthPath = asked;
    noteTimes(health, workload);
}

function readVolumes(definition: Node, workload: Workload) {
    for (const volume of definition.get("volumes")?.items() ?? []) {
        const source = volume.get("name")?.text() ?? "";
        const efs = volume.get("efsVolumeConfiguration");
        const id = efs?.get("fileSystemId")?.text();
        if (id !== undefined) {
            const directory = efs!.get("rootDirectory")?.text();
            efs!.get("authorizationConfig")?.leaveOut("the program makes an access point, and rights to it");
            efs!.get("transitEncryption")?.leaveOut("files are mounted over TLS");
            workload.fileSystems.set(source, { id, directory });
            continue;
        }
        const host = volume.get("host", "sourcePath")?.text();
        if (host !== undefined) {
            workload.hostFolders.set(source, host);
            continue;
        }
        const name = fitName(source, WORKLOAD_NAME, Object.keys(workload.volumes));
        workload.volumeNames.set(source, name);
        workload.volumes[name] = {};
        volume.take();
    }
}

function readMounts(container: Node, keys: Record<string, unknown>, workload: Workload) {
    const mounts = (container.get("mountPoints")?.items() ?? []).flatMap((mount): [string, string][] => {
        const source = mount.get("sourceVolume")?.text() ?? "";
        const at = mount.get("containerPath")?.text() ?? "";
        mount.get("readOnly")?.leaveOut("the file system's own rights say who writes");
        const host = workload.hostFolders.get(source);
        if (host !== undefined) {
            workload.todo(
                host.endsWith("docker.sock")
                    ? `${host}:${at}: there is no Docker on Fargate to talk to.`
                    : `${host}:${at} is a folder of the machine there, and Fargate has none: copy it into the image; or volumes: { ${fitName(source, WORKLOAD_NAME)}: { efs: {} } }.`,
            );
            return [];
        }
        const fileSystem = workload.fileSystems.get(source);
        if (fileSystem === undefined) return [[workload.volumeNames.get(source) ?? source, at]];
        return [[workload.persistent(`${source}:${at}`, source, fileSystem), at]];
    });
    if (mounts.length > 0) keys.mounts = Object.fromEntries(mounts);
    container.get("volumesFrom")?.isLeaf && container.get("volumesFrom")!.leaveOut("there are none");
}

function readSidecar(container: Node, workload: Workload) {
    const name = fitName(
        container.get("name")?.text() ?? "sidecar",
        WORKLOAD_NAME,
        Object.keys((workload.keys.sidecars as object) ?? {}),
    );
    for (const [key, reason] of Object.entries(SAME_CONTAINER)) container.get(key)?.leaveOut(reason);
    leaveOutLog(container);
    const isFirst = (workload.from[0]!.get("dependsOn")?.items() ?? []).some(
        (one) =>
            one.get("containerName")?.plain() === container.get("name")?.plain() &&
            /SUCCESS|COMPLETE/.test(String(one.get("condition")?.plain())),
    );
    const variables = (container.get("environment")?.items() ?? []).map((item) => [
        item.get("name")?.text() ?? "",
        item.get("value")?.text() ?? "",
    ]);
    const secrets = (container.get("secrets")?.items() ?? []).map((item) => [
        item.get("name")?.text() ?? "",
        existing(item.get("valueFrom")?.text() ?? "") ?? { set: {} },
    ]);
    const port = container.get("portMappings")?.items()[0]?.get("containerPort")?.number();
    container.get("portMappings")?.take();
    const essential = container.get("essential")?.take();
    const sidecar: Record<string, unknown> = {
        image: container.get("image")?.text(),
        command: texts(container.get("command")),
        environment: variables.length > 0 ? Object.fromEntries(variables) : undefined,
        secrets: secrets.length > 0 ? Object.fromEntries(secrets) : undefined,
        port,
        first: isFirst || undefined,
        essential: essential === false && !isFirst ? false : undefined,
    };
    readMounts(container, sidecar, workload);
    workload.keys.sidecars = { ...(workload.keys.sidecars as object | undefined), [name]: sidecar };
}
