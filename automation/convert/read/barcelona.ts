/** barcelona.yml (github.com/degica/barcelona). */
import { sizeFor } from "../../../components/fargate/sizes";
import { App, type Format, Workload } from "../model";
import type { Node } from "../node";
import { schedule } from "../schedules";

/** Where a web container listens, unless it says so (app/models/service.rb). */
const PORT = 3000;

export const barcelona: Format = {
    name: "a barcelona.yml",
    environments: ({ roots }) => (roots[0]!.get("environments")?.entries() ?? []).map(([name]) => name),
    read({ roots }, environment) {
        const app = new App();
        const [root] = roots as [Node];
        const names = (root.get("environments")?.entries() ?? []).map(([name]) => name);
        const chosen = environment ?? names.find((name) => /^prod/.test(name)) ?? names[0]!;
        for (const [key, node] of root.entries()) {
            if (key === "bcnd") node.leaveOut("about who deploys when: deploy says it here");
            else if (key !== "environments" && key !== "review")
                node.leaveOut("it is written out where the file uses it");
        }
        const heritage = root.get("environments", chosen)!;
        app.name = heritage.get("name")?.text();
        readHeritage(app, heritage);
        return app;
    },
};

function readHeritage(app: App, heritage: Node) {
    const image = heritage.get("image_name")?.text();
    const tag = heritage.get("image_tag")?.text();
    const source: Workload["image"] =
        image === undefined ? { missing: "The file names no image." } : { reference: `${image}:${tag ?? "latest"}` };
    const workloads: Workload[] = [];
    const add = (name: string, kind: Workload["kind"], node: Node) => {
        const workload = new Workload(name, kind, source, [node]);
        workloads.push(workload);
        return workload;
    };
    for (const [i, service] of (heritage.get("services")?.items() ?? []).entries()) {
        readService(add(service.get("name")?.text() ?? `service-${i + 1}`, "service", service), service);
    }
    for (const [i, task] of (heritage.get("scheduled_tasks")?.items() ?? []).entries()) {
        const run = task.get("command")?.text() ?? "";
        const name = /([\w-]+)\s*$/.exec(run)?.[1] ?? `task-${i + 1}`;
        const workload = add(name, "scheduled", task);
        workload.keys.command = run;
        const when = task.get("schedule")?.text() ?? "";
        workload.keys.schedule = schedule(when) ?? "rate(1 day)";
        if (!schedule(when))
            workload.todo(
                `The schedule ${when} is none of EventBridge Scheduler; rate(1 day) stands in its place.`,
                "schedule",
            );
    }
    const before = heritage.get("before_deploy");
    if (before) add("before", "before", before).keys.command = before.text();
    const variables = heritage.get("environment");
    for (const item of variables?.items() ?? []) {
        const name = item.get("name")?.text() ?? "";
        const parameter = item.get("ssm_path")?.text();
        const value = item.get("value")?.text();
        for (const workload of workloads) {
            if (parameter === undefined) workload.variables[name] = value;
            else
                workload.secrets[name] = {
                    parameter: parameter.startsWith("/") ? parameter : `/barcelona/${parameter}`,
                };
        }
        if (parameter !== undefined && !parameter.startsWith("/")) {
            app.todo(
                `${name}: Barcelona keeps ${parameter} below /barcelona/<district>/: write the parameter's whole name.`,
                "secrets",
                name,
            );
        }
    }
    for (const [name, value] of variables?.entries() ?? []) {
        for (const workload of workloads) workload.variables[name] = value.text();
    }
    app.changed(
        "Variables that `bcn env set` holds are not in the file: `bcn env get` lists them; environment, or secrets.",
    );
    app.workloads.push(...workloads);
}

function readService(workload: Workload, service: Node) {
    const { keys } = workload;
    const run = service.get("command")?.text();
    if (run !== undefined) keys.command = run;
    const [cpu, memory] = [service.get("cpu")?.number(), service.get("memory")?.number()];
    if (cpu !== undefined || memory !== undefined) {
        const size = sizeFor(cpu ?? 0, memory ?? 0);
        Object.assign(keys, size);
        if (size.cpu !== cpu || size.memory !== memory) {
            workload.changed(
                `${cpu ?? "no"} CPU units and ${memory ?? "no"} MiB there: the least of Fargate's sizes that holds them.`,
                "cpu",
            );
        }
    }
    const count = service.get("desired_count")?.number();
    if (count !== undefined) keys.count = count;
    service.get("force_ssl")?.leaveOut("HTTP leads to HTTPS");
    service.get("reverse_proxy_image")?.leaveOut("an Envoy of the platform stands in front of the application");
    service.get("service_type")?.take();
    const listeners = service.get("listeners")?.items() ?? [];
    const isWeb = listeners.length > 0 || service.get("service_type")?.plain() === "web";
    if (isWeb) {
        keys.listeners =
            listeners.length > 0 ? listeners.slice(0, 1).map((listener) => readListener(workload, listener)) : [{}];
        keys.port = service.get("web_container_port")?.number() ?? PORT;
        keys.health_check_path ??= "/";
    }
    const hosts = (service.get("hosts")?.items() ?? []).flatMap((host) => host.get("hostname")?.text() ?? []);
    if (hosts.length > 0 && isWeb) (keys.listeners as Record<string, unknown>[])[0]!.hosts = hosts;
    const scaling = service.get("auto_scaling");
    const max = scaling?.get("max_count")?.number();
    if (max !== undefined) keys.autoscaling = { min: scaling?.get("min_count")?.number(), max };
}

function readListener(workload: Workload, listener: Node): Record<string, unknown> {
    const endpoint = listener.get("endpoint")?.text();
    workload.changed(
        `The endpoint ${endpoint} is the stack's public one here; endpoint: internal is for networks of adminEndpoint.`,
        "listeners",
    );
    const path = listener.get("health_check_path")?.text();
    if (path !== undefined) workload.keys.health_check_path = path;
    const interval = listener.get("health_check_interval")?.number();
    if (interval !== undefined) workload.keys.health_check = { interval_seconds: interval };
    const conditions = listener.get("rule_conditions")?.items() ?? [];
    const values = (type: string) =>
        conditions
            .filter((one) => one.get("type")?.plain() === type)
            .flatMap((one) => {
                one.get("type")?.leaveOut("its value says what it is");
                return one.get("value")?.texts() ?? [];
            });
    const [paths, hosts] = [values("path-pattern"), values("host-header")];
    const priority = listener.get("rule_priority")?.number();
    return {
        ...(hosts.length > 0 ? { hosts } : {}),
        ...(paths.length > 0 ? { paths } : {}),
        ...(priority === undefined ? {} : { priority }),
    };
}
