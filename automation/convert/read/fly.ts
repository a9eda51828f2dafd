/** fly.toml (Fly's documentation, "App configuration"). */
import { sizeFor } from "../../../components/fargate/sizes";
import { command, isScheduler } from "../commands";
import { App, type Format, Workload } from "../model";
import type { Node } from "../node";
import { seconds, sizeInMiB } from "../units";

const CAPACITY =
    "Fargate has no machines that stop and start with the requests: autoscaling says how many tasks there are";

export const fly: Format = {
    name: "a fly.toml",
    environments: () => [],
    read({ roots, hasDockerfile }) {
        const app = new App();
        const [root] = roots as [Node];
        app.name = root.get("app")?.text();
        root.get("primary_region")?.leaveOut("the stack file says the region");
        root.get("kill_signal")?.plain() === "SIGTERM" && root.get("kill_signal")!.leaveOut("ECS sends SIGTERM");
        root.get("deploy", "strategy")?.leaveOut("ECS rolls, one task per zone and more at a time");
        root.get("experimental", "auto_rollback")?.leaveOut("ECS goes back where new tasks fail");
        const image = imageOf(root, hasDockerfile);
        const processes = root.get("processes")?.entries() ?? [];
        const names = processes.length > 0 ? processes : ([["app", undefined]] as [string, Node | undefined][]);
        for (const [name, node] of names) {
            const workload = new Workload(name, "service", image, node ? [node] : [root]);
            const run = node ? command(node.text()) : undefined;
            if (run !== undefined) workload.keys.command = run;
            if (isScheduler(name, run)) {
                workload.keys.singleton = true;
                workload.changed(
                    "A scheduler: one task and never two, so that it is stopped before a new one starts.",
                    "singleton",
                );
            }
            for (const [key, value] of root.get("env")?.entries() ?? []) workload.variables[key] = value.text();
            app.workloads.push(workload);
        }
        const grace = seconds(root.get("kill_timeout")?.text());
        if (grace !== undefined)
            for (const workload of app.workloads) workload.keys.stop_timeout = Math.min(120, Math.max(2, grace));
        const release = root.get("deploy", "release_command")?.text();
        if (release !== undefined) {
            const workload = new Workload("release", "before", image, []);
            workload.keys.command = command(release);
            for (const [key, value] of root.get("env")?.entries() ?? []) workload.variables[key] = value.text();
            app.workloads.push(workload);
        }
        const timeout = seconds(root.get("deploy", "release_command_timeout")?.text());
        const before = app.workloads.find(({ kind }) => kind === "before");
        if (timeout !== undefined && before) before.keys.timeout_seconds = timeout;
        const web = root.get("http_service");
        if (web) readWeb(app, web, web.get("internal_port")?.number());
        const services = root.get("services");
        for (const service of services?.isList ? services.items() : []) {
            readService(app, service, service.get("internal_port")?.number());
        }
        readChecks(app, root.get("checks"));
        const mounts = root.get("mounts") ?? root.get("mount");
        for (const mount of mounts?.isList ? mounts.items() : mounts ? [mounts] : []) readMount(app, mount);
        const sizes = root.get("vm");
        for (const vm of sizes?.isList ? sizes.items() : sizes ? [sizes] : []) readSize(app, vm);
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
    const file = build?.get("dockerfile")?.text();
    const args =
        build
            ?.get("args")
            ?.entries()
            .map(([key, value]): [string, string] => [key, value.text() ?? ""]) ?? [];
    if (!hasDockerfile && file === undefined)
        return { missing: "Fly makes the image by a buildpack: write a Dockerfile." };
    return {
        build: {
            context: ".",
            dockerfile: file === "Dockerfile" ? undefined : file?.replace(/^\.\//, ""),
            target: build?.get("build-target")?.text(),
            args: args.length > 0 ? Object.fromEntries(args) : undefined,
        },
    };
}

const of = (app: App, node: Node): Workload[] => {
    const names = node.get("processes")?.texts() ?? [];
    const running = app.workloads.filter(({ kind }) => kind === "service");
    return names.length > 0 ? running.filter(({ name }) => names.includes(name)) : running;
};

/** A port with a handler is HTTP behind Fly's proxy; without one the proxy hands on bytes, and without a port there is none in front. */
function readService(app: App, service: Node, port: number | undefined) {
    const published = service.get("ports")?.items() ?? [];
    if (published.some((one) => one.get("handlers"))) return readWeb(app, service, port);
    const [workload] = of(app, service);
    if (!workload) return;
    workload.owns(service);
    const protocol = service.get("protocol")?.text() ?? "tcp";
    const listed = published.map((one) => JSON.stringify(one.take())).join(", ");
    if (protocol === "tcp" && workload.keys.port === undefined)
        Object.assign(workload.keys, { reachable: true, port: port ?? 8080 });
    if (protocol !== "tcp")
        workload.todo(`${protocol} on port ${port ?? 8080}: nothing here lets in any but TCP.`, "port");
    else if (listed !== "")
        workload.todo(
            `ports ${listed}, without a handler: load balancers of the platform speak HTTP; tasks of the stack reach it by name.`,
            "port",
        );
}

function readWeb(app: App, service: Node, port: number | undefined) {
    const [workload] = of(app, service);
    if (!workload) return;
    workload.owns(service);
    service.get("force_https")?.leaveOut("HTTP leads to HTTPS");
    service.get("protocol")?.leaveOut("load balancers speak HTTP");
    for (const key of ["auto_stop_machines", "auto_start_machines", "min_machines_running"])
        service.get(key)?.leaveOut(CAPACITY);
    const requests = service.get("concurrency");
    if (requests)
        workload.todo(
            `concurrency ${JSON.stringify(requests.take())}: autoscaling: { max: …, requests_per_task: … } scales by requests.`,
            "autoscaling",
        );
    const published = service.get("ports")?.items() ?? [];
    if ("listeners" in workload.keys) {
        const handlers = published.flatMap((one) => one.get("handlers")?.texts() ?? []);
        const how = handlers.length > 0 ? ` (${handlers.join(", ")})` : "";
        for (const one of published) one.take();
        workload.todo(
            `It listens on ${port ?? 8080}${how}, too: a service has one port, and load balancers take HTTP alone.`,
            "port",
        );
        return;
    }
    for (const one of published) one.leaveOut("the public endpoint has 443, and 80 that leads there");
    service.get("tcp_checks")?.leaveOut("load balancers ask a path");
    Object.assign(workload.keys, { listeners: [{}], port: port ?? 8080 });
    const [check] = [...(service.get("checks")?.items() ?? []), ...(service.get("http_checks")?.items() ?? [])];
    if (check) readCheck(workload, check);
}

function readCheck(workload: Workload, check: Node) {
    workload.owns(check);
    const path = check.get("path")?.text();
    if (path !== undefined) workload.healthPath = path;
    check.get("method")?.leaveOut("load balancers ask by GET");
    if (check.get("protocol")?.plain() === "http") check.get("protocol")!.leaveOut("load balancers ask by HTTP");
    const settings = {
        grace_seconds: time(check.get("grace_period")),
        interval_seconds: time(check.get("interval")),
        timeout_seconds: time(check.get("timeout")),
    };
    const times = Object.entries(settings).filter(([, value]) => value !== undefined);
    if (times.length > 0) workload.keys.health_check = Object.fromEntries(times);
}

/** A number without a unit is of milliseconds (Fly's documentation, "App configuration", `services.http_checks`). */
const time = (node: Node | undefined) => {
    const text = node?.text();
    return seconds(text !== undefined && /^\d+$/.test(text) ? `${text}ms` : text);
};

/** Checks of the whole application: one by HTTP is a load balancer's where no service has one. */
function readChecks(app: App, checks: Node | undefined) {
    for (const [, check] of checks?.entries() ?? []) {
        const [workload] = of(app, check).filter(({ keys }) => "listeners" in keys);
        if (!workload || workload.healthPath !== undefined || check.get("type")?.plain() !== "http") continue;
        if (check.get("port") && check.get("port")!.number() !== workload.keys.port) continue;
        check.get("type")?.leaveOut("load balancers ask by HTTP");
        readCheck(workload, check);
    }
}

function readMount(app: App, mount: Node) {
    const source = mount.get("source")?.text() ?? "data";
    const at = mount.get("destination")?.text() ?? "/data";
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
    const preset = vm.get("size")?.text();
    const count = Number(/-(\d+)x$/.exec(preset ?? "")?.[1] ?? 1);
    const isShared = (vm.get("cpu_kind")?.text() ?? preset ?? "shared").startsWith("shared");
    const memory =
        sizeInMiB(vm.get("memory")?.text()) ?? vm.get("memory_mb")?.number() ?? (isShared ? 256 : 2048) * count;
    const cpus = vm.get("cpus")?.number() ?? count;
    const kind = vm.get("cpu_kind")?.text();
    for (const workload of of(app, vm)) {
        Object.assign(workload.keys, sizeFor(isShared ? 64 * cpus : 1024 * cpus, memory));
        workload.changed(
            `${preset ?? `${cpus} ${kind === undefined ? "" : `${kind} `}CPUs`} there: the least of Fargate's sizes that holds it.`,
            "cpu",
        );
    }
}
