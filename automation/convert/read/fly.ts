/** fly.toml (Fly's documentation, "App configuration"). */
import { sizeFor } from "../../../components/fargate/sizes";
import { command } from "../commands";
import { App, type Format, Workload } from "../model";
import { some } from "../heritage";
import type { Node } from "../node";
import { seconds, sizeInMiB } from "../units";

/** What is so here without being said, or means nothing here. */
const SAME = {
    "the stack file says the region": ["primary_region"],
    "ECS rolls, one task per zone and more at a time": ["deploy.strategy"],
    "ECS goes back where new tasks fail": ["experimental.auto_rollback"],
};
const SAME_WEB = {
    "HTTP leads to HTTPS": ["force_https"],
    "load balancers speak HTTP": ["protocol"],
    "Fargate has no machines that stop and start with the requests: autoscaling says how many tasks there are": [
        "auto_stop_machines",
        "auto_start_machines",
        "min_machines_running",
    ],
};

export const fly: Format = {
    name: "a fly.toml",
    environments: () => [],
    read({ roots, hasDockerfile }) {
        const app = new App();
        const [root] = roots as [Node];
        app.name = root.text("app");
        root.leaveOutAll(SAME);
        if (root.plain("kill_signal") === "SIGTERM") root.get("kill_signal")!.leaveOut("ECS sends SIGTERM");
        const image = imageOf(root, hasDockerfile);
        const add = (name: string, kind: Workload["kind"], run: Node | undefined, from: readonly Node[]) => {
            const workload = new Workload(name, kind, image, from);
            workload.keys.command = command(run?.text());
            Object.assign(workload.variables, root.pairs("env"));
            app.workloads.push(workload);
            return workload;
        };
        const processes = root.entries("processes");
        for (const [name, node] of processes) add(name, "service", node, [node]).aloneIfScheduler();
        if (processes.length === 0) add("app", "service", undefined, [root]);
        const grace = seconds(root.text("kill_timeout"));
        for (const workload of app.workloads) workload.stopsWithin(grace);
        const release = root.get("deploy", "release_command");
        if (release)
            add("release", "before", release, []).keys.timeout_seconds = seconds(
                root.text("deploy", "release_command_timeout"),
            );
        const web = root.get("http_service");
        if (web) readWeb(app, web);
        for (const service of root.items("services")) readService(app, service);
        readChecks(app, root);
        for (const mount of [...root.all("mounts"), ...root.all("mount")]) readMount(app, mount);
        for (const vm of root.all("vm")) readSize(app, vm);
        app.changed("Secrets are not in the file: `fly secrets list` names them; under secrets, set: {}.");
        app.changed(
            "A database that was attached by `fly postgres attach` is not in the file: database: { variables: { DATABASE_URL: url } }.",
        );
        return app;
    },
};

function imageOf(root: Node, hasDockerfile: boolean): Workload["image"] {
    const build = root.get("build");
    const image = (build?.get("image") ?? root.get("image"))?.text();
    if (image !== undefined) return { reference: image };
    const dockerfile = build?.text("dockerfile");
    if (!hasDockerfile && dockerfile === undefined)
        return { missing: "Fly makes the image by a buildpack: write a Dockerfile." };
    return { build: { context: ".", dockerfile, target: build?.text("build-target"), args: build?.pairs("args") } };
}

const of = (app: App, node: Node): Workload[] => {
    const names = node.texts("processes");
    const running = app.workloads.filter(({ kind }) => kind === "service");
    return names.length > 0 ? running.filter(({ name }) => names.includes(name)) : running;
};

const portOf = (service: Node) => service.number("internal_port") ?? 8080;

/** A port with a handler is HTTP behind Fly's proxy; without one the proxy hands on bytes, and without a port there is none in front. */
function readService(app: App, service: Node) {
    const published = service.items("ports");
    if (published.some((entry) => entry.get("handlers"))) return readWeb(app, service);
    const [workload] = of(app, service);
    if (!workload) return;
    workload.owns(service);
    const [port, protocol] = [portOf(service), service.text("protocol") ?? "tcp"];
    const listed = published.map((entry) => JSON.stringify(entry.take())).join(", ");
    if (protocol === "tcp" && workload.keys.port === undefined) Object.assign(workload.keys, { reachable: true, port });
    if (protocol !== "tcp") workload.todo(`${protocol} on port ${port}: nothing here lets in any but TCP.`, "port");
    else if (listed !== "")
        workload.todo(
            `ports ${listed}, without a handler: load balancers of the platform speak HTTP; tasks of the stack reach it by name.`,
            "port",
        );
}

function readWeb(app: App, service: Node) {
    const [workload] = of(app, service);
    if (!workload) return;
    workload.owns(service);
    service.leaveOutAll(SAME_WEB);
    const port = portOf(service);
    const requests = service.get("concurrency");
    if (requests)
        workload.todo(
            `concurrency ${JSON.stringify(requests.take())}: autoscaling: { max: …, requests_per_task: … } scales by requests.`,
            "autoscaling",
        );
    const published = service.items("ports");
    if ("listeners" in workload.keys) {
        const handlers = published.flatMap((entry) => entry.texts("handlers"));
        const how = handlers.length > 0 ? ` (${handlers.join(", ")})` : "";
        for (const entry of published) entry.take();
        workload.todo(
            `It listens on ${port}${how}, too: a service has one port, and load balancers take HTTP alone.`,
            "port",
        );
        return;
    }
    for (const entry of published) entry.leaveOut("the public endpoint has 443, and 80 that leads there");
    service.get("tcp_checks")?.leaveOut("load balancers ask a path");
    Object.assign(workload.keys, { listeners: [{}], port });
    const [check] = [...service.items("checks"), ...service.items("http_checks")];
    if (check) readCheck(workload, check);
}

function readCheck(workload: Workload, check: Node) {
    workload.owns(check);
    workload.healthPath = check.text("path") ?? workload.healthPath;
    check.get("method")?.leaveOut("load balancers ask by GET");
    for (const key of ["type", "protocol"])
        if (check.plain(key) === "http") check.get(key)!.leaveOut("load balancers ask by HTTP");
    workload.keys.health_check = some({
        grace_seconds: time(check.text("grace_period")),
        interval_seconds: time(check.text("interval")),
        timeout_seconds: time(check.text("timeout")),
    });
}

/** A number without a unit is of milliseconds (Fly's documentation, "App configuration", `services.http_checks`). */
const time = (text: string | undefined) => seconds(text !== undefined && /^\d+$/.test(text) ? `${text}ms` : text);

/** Checks of the whole application: one by HTTP is a load balancer's where no service has one. */
function readChecks(app: App, root: Node) {
    for (const [, check] of root.entries("checks")) {
        const [workload] = of(app, check).filter(({ keys }) => "listeners" in keys);
        if (!workload || workload.healthPath !== undefined || check.plain("type") !== "http") continue;
        if (check.get("port") && check.get("port")!.number() !== workload.keys.port) continue;
        readCheck(workload, check);
    }
}

function readMount(app: App, mount: Node) {
    const source = mount.text("source") ?? "data";
    const at = mount.text("destination") ?? "/data";
    const workloads = of(app, mount);
    for (const [key, inner] of mount.entries()) {
        if (/size|extend/.test(key)) inner.leaveOut("a file system of EFS is as large as what it holds");
        if (/snapshot/.test(key)) inner.leaveOut("in prod a file system has a backup each day");
    }
    for (const workload of workloads) {
        workload.persistentAt(`${source}:${at}`, source, at);
        workload.aloneWithFiles("A machine has its volume to itself");
    }
}

/** `shared-cpu-2x` has two CPUs and 256 MiB for each (Fly's documentation, "Machine sizing"). */
function readSize(app: App, vm: Node) {
    const preset = vm.text("size");
    const count = Number(/-(\d+)x$/.exec(preset ?? "")?.[1] ?? 1);
    const isShared = (vm.text("cpu_kind") ?? preset ?? "shared").startsWith("shared");
    const memory = sizeInMiB(vm.text("memory")) ?? vm.number("memory_mb") ?? (isShared ? 256 : 2048) * count;
    const cpus = vm.number("cpus") ?? count;
    const kind = vm.text("cpu_kind");
    for (const workload of of(app, vm)) {
        Object.assign(workload.keys, sizeFor(isShared ? 64 * cpus : 1024 * cpus, memory));
        workload.changed(
            `${preset ?? `${cpus} ${kind === undefined ? "" : `${kind} `}CPUs`} there: the least of Fargate's sizes that holds it.`,
            "cpu",
        );
    }
}
