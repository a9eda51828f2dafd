/** A task definition as JSON: as it is registered, and as `aws ecs describe-task-definition` prints it (ECS API reference, TaskDefinition). */
import { sizeFor } from "../../../components/fargate/sizes";
import { some } from "../heritage";
import { App, type Format, Workload } from "../model";
import { fitName, WORKLOAD_NAME } from "../names";
import type { Node } from "../node";
import { sizeInMiB } from "../units";
import { secretsOf } from "../secrets";
import { readHealthCommand } from "./health";
import { readArchitecture } from "./architecture";

/** What is so here without being said, or means nothing here. */
const SAME = {
    "what AWS says of what was registered": [
        "taskDefinitionArn",
        "revision",
        "status",
        "registeredAt",
        "registeredBy",
        "deregisteredAt",
        "requiresAttributes",
        "compatibilities",
    ],
    "the program makes an execution role for each service": ["executionRoleArn"],
    "tasks have addresses of their own (awsvpc)": ["networkMode"],
    "tasks are on Fargate": ["requiresCompatibilities", "enableFaultInjection"],
    "Fargate has no machines to choose from": ["placementConstraints"],
    "the program tags what it makes": ["tags"],
};
const SAME_CONTAINER = {
    "the task's size is what its containers share": ["cpu", "memory", "memoryReservation"],
    "the file system is read-only anyway": ["readonlyRootFilesystem"],
    "every task has an init process, and no capabilities": ["linuxParameters"],
    "Fargate takes no privileged containers": ["privileged"],
    "images are by digest": ["versionConsistency"],
    "for a terminal": ["pseudoTerminal", "interactive"],
};
const SAME_MAIN = {
    "where the application ends, its task ends": ["essential"],
    "the application starts after sidecars that are `first`, and beside the others": ["dependsOn"],
};

export const taskDefinition: Format = {
    name: "a task definition",
    environments: () => [],
    read({ roots }) {
        const app = new App();
        const [root] = roots as [Node];
        const definition = root.get("taskDefinition") ?? root;
        app.name = definition.text("family");
        for (const node of [root, definition]) node.leaveOutAll(SAME);
        const containers = definition.items("containerDefinitions");
        const main = mainOf(containers);
        if (!main) return app;
        const name = main.text("name") ?? "app";
        const reference = main.text("image");
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
        const role = definition.text("taskRoleArn");
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
    const [cpu, memory] = [definition.text("cpu"), definition.text("memory")];
    const units = cpu === undefined ? undefined : /vcpu/i.test(cpu) ? 1024 * parseFloat(cpu) : Number(cpu);
    const mib =
        memory === undefined ? undefined : /[a-z]/i.test(memory) ? sizeInMiB(memory.replace(" ", "")) : Number(memory);
    if (units !== undefined || mib !== undefined) {
        Object.assign(workload.keys, sizeFor(units ?? 256, mib ?? 512));
        return;
    }
    const sum = (...keys: string[]) =>
        containers.reduce(
            (total, container) => total + Number(keys.map((key) => container.plain(key)).find(Boolean) ?? 0),
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
    const essential = containers.filter((container) => container.plain("essential") !== false);
    return (
        essential.find((container) => (container.items("portMappings").length ?? 0) > 0) ??
        essential[0] ??
        containers[0]
    );
};

const texts = (node: Node | undefined): string[] | undefined =>
    node && node.texts().length > 0 ? node.texts() : undefined;

const byName = (container: Node, key: string, value: string) =>
    container.items(key).map((item) => [item.text("name") ?? "", item.text(value) ?? ""] as const);

/** Logs that go elsewhere are named with the rest. */
const leaveOutLog = (container: Node) => {
    const log = container.get("logConfiguration");
    if (log?.plain("logDriver") === "awslogs") log.leaveOut("logs go to CloudWatch");
};

function readMain(main: Node, workload: Workload) {
    leaveOutLog(main);
    main.leaveOutAll({ ...SAME_CONTAINER, ...SAME_MAIN });
    workload.keys.command = texts(main.get("command"));
    workload.keys.entrypoint = texts(main.get("entryPoint"));
    workload.runsAs(main.text("user"));
    for (const [name, value] of byName(main, "environment", "value")) workload.variables[name] = value;
    for (const [name, reference] of byName(main, "secrets", "valueFrom")) workload.secretFrom(name, reference);
    for (const item of main.items("environmentFiles")) {
        workload.todo(`The variables of ${item.text("value")}: in environment, or under secrets.`, "environment");
        item.take();
    }
    workload.imageCredentials = main.text("repositoryCredentials", "credentialsParameter");
    workload.stopsWithin(main.number("stopTimeout"));
    readPorts(main, workload);
    readHealthCommand(main.get("healthCheck"), workload);
    readMounts(main, workload.keys, workload);
}

function readPorts(main: Node, workload: Workload) {
    const [first, ...others] = main.items("portMappings");
    if (!first) return;
    const port = first.number("containerPort");
    const protocol = first.text("appProtocol");
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
        workload.todo(`It opens ${other.text("containerPort")}, too: a service has one port.`, "port");
    for (const other of others) other.take();
}

function readVolumes(definition: Node, workload: Workload) {
    for (const volume of definition.items("volumes")) {
        const source = volume.text("name") ?? "";
        const efs = volume.get("efsVolumeConfiguration");
        const id = efs?.text("fileSystemId");
        if (id !== undefined) {
            const directory = efs!.text("rootDirectory");
            efs!.get("authorizationConfig")?.leaveOut("the program makes an access point, and rights to it");
            efs!.get("transitEncryption")?.leaveOut("files are mounted over TLS");
            workload.fileSystems.set(source, { id, directory });
            continue;
        }
        const host = volume.text("host", "sourcePath");
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
    const mounts = container.items("mountPoints").flatMap((mount): [string, string][] => {
        const source = mount.text("sourceVolume") ?? "";
        const at = mount.text("containerPath") ?? "";
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
        container.text("name") ?? "sidecar",
        WORKLOAD_NAME,
        Object.keys((workload.keys.sidecars as object) ?? {}),
    );
    container.leaveOutAll(SAME_CONTAINER);
    leaveOutLog(container);
    const isFirst = workload.from[0]!.items("dependsOn").some(
        (dependency) =>
            dependency.plain("containerName") === container.plain("name") &&
            /SUCCESS|COMPLETE/.test(String(dependency.plain("condition"))),
    );
    const port = container.items("portMappings")[0]?.number("containerPort");
    container.take("portMappings");
    const essential = container.take("essential");
    const sidecar: Record<string, unknown> = {
        image: container.text("image"),
        command: texts(container.get("command")),
        environment: some(Object.fromEntries(byName(container, "environment", "value"))),
        secrets: some(secretsOf(byName(container, "secrets", "valueFrom"))),
        port,
        first: isFirst || undefined,
        essential: essential === false && !isFirst ? false : undefined,
    };
    readMounts(container, sidecar, workload);
    workload.addSidecar(name, sidecar);
}
