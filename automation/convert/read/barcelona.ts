/** barcelona.yml (github.com/degica/barcelona). */
import { sizeFor } from "../../../components/fargate/sizes";
import { some, type Tree } from "../heritage";
import { App, type Format, Workload } from "../model";
import type { Node } from "../node";

/** What is so here without being said. */
const SAME = {
    "HTTP leads to HTTPS": ["force_ssl"],
    "an Envoy of the platform stands in front of the application": ["reverse_proxy_image"],
};
/** Where a web container listens, unless it says so (app/models/service.rb). */
const PORT = 3000;

export const barcelona: Format = {
    name: "a barcelona.yml",
    environments: ({ roots }) => roots[0]!.entries("environments").map(([name]) => name),
    read({ roots }, environment) {
        const app = new App();
        const [root] = roots as [Node];
        const names = root.entries("environments").map(([name]) => name);
        const chosen = environment ?? names.find((name) => /^prod/.test(name)) ?? names[0]!;
        for (const [key, node] of root.entries()) {
            if (key === "bcnd") node.leaveOut("about who deploys when: deploy says it here");
            else if (key !== "environments" && key !== "review")
                node.leaveOut("it is written out where the file uses it");
        }
        const heritage = root.get("environments", chosen)!;
        app.name = heritage.text("name");
        readHeritage(app, heritage);
        return app;
    },
};

function readHeritage(app: App, heritage: Node) {
    const image = heritage.text("image_name");
    const tag = heritage.text("image_tag");
    const source: Workload["image"] =
        image === undefined ? { missing: "The file names no image." } : { reference: `${image}:${tag ?? "latest"}` };
    const workloads: Workload[] = [];
    const add = (name: string, kind: Workload["kind"], node: Node) => {
        const workload = new Workload(name, kind, source, [node]);
        workloads.push(workload);
        return workload;
    };
    for (const [i, service] of heritage.items("services").entries()) {
        readService(add(service.text("name") ?? `service-${i + 1}`, "service", service), service);
    }
    for (const [i, task] of heritage.items("scheduled_tasks").entries()) {
        const run = task.text("command") ?? "";
        const workload = add(/([\w-]+)\s*$/.exec(run)?.[1] ?? `task-${i + 1}`, "scheduled", task);
        workload.keys.command = run;
        workload.runsAt(task.text("schedule") ?? "");
    }
    const before = heritage.get("before_deploy");
    if (before) add("before", "before", before).keys.command = before.text();
    for (const workload of workloads) Object.assign(workload.variables, heritage.pairs("environment"));
    for (const item of heritage.items("environment")) {
        const [name = "", parameter, value] = ["name", "ssm_path", "value"].map((key) => item.text(key));
        const isWhole = parameter?.startsWith("/");
        for (const workload of workloads) {
            if (parameter === undefined) workload.variables[name] = value;
            else workload.secrets[name] = { parameter: isWhole ? parameter : `/barcelona/${parameter}` };
        }
        if (isWhole === false) {
            app.todo(
                `${name}: Barcelona keeps ${parameter} below /barcelona/<district>/: write the parameter's whole name.`,
                "secrets",
                name,
            );
        }
    }
    app.changed(
        "Variables that `bcn env set` holds are not in the file: `bcn env get` lists them; environment, or secrets.",
    );
    app.workloads.push(...workloads);
}

function readService(workload: Workload, service: Node) {
    const { keys } = workload;
    keys.command = service.text("command");
    const [cpu, memory] = [service.number("cpu"), service.number("memory")];
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
    keys.count = service.number("desired_count");
    service.leaveOutAll(SAME);
    const listeners = service.items("listeners");
    const isWeb = service.take("service_type") === "web" || listeners.length > 0;
    if (isWeb) {
        keys.listeners = [listeners[0] ? readListener(workload, listeners[0]) : {}];
        keys.port = service.number("web_container_port") ?? PORT;
        keys.health_check_path ??= "/";
    }
    const hosts = service.items("hosts").flatMap((host) => host.text("hostname") ?? []);
    if (hosts.length > 0 && isWeb) (keys.listeners as Tree[])[0]!.hosts = hosts;
    const max = service.number("auto_scaling", "max_count");
    if (max !== undefined) keys.autoscaling = { min: service.number("auto_scaling", "min_count"), max };
}

function readListener(workload: Workload, listener: Node): Tree {
    const endpoint = listener.text("endpoint");
    workload.changed(
        `The endpoint ${endpoint} is the stack's public one here; endpoint: internal is for networks of adminEndpoint.`,
        "listeners",
    );
    workload.keys.health_check_path = listener.text("health_check_path");
    workload.keys.health_check = some({ interval_seconds: listener.number("health_check_interval") });
    const values = (type: string) => {
        const conditions = listener.items("rule_conditions").filter((condition) => condition.plain("type") === type);
        for (const condition of conditions) condition.get("type")!.leaveOut("its value says what it is");
        return conditions.length > 0 ? conditions.flatMap((condition) => condition.texts("value")) : undefined;
    };
    return {
        hosts: values("host-header"),
        paths: values("path-pattern"),
        priority: listener.number("rule_priority"),
    };
}
