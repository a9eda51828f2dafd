/** render.yaml (Render's documentation, "Blueprint YAML Reference"). */
import path from "node:path";
import { App, type Format, Workload } from "../model";
import type { Node } from "../node";
import { schedule } from "../schedules";
import { sizeFor } from "../../../components/fargate/sizes";

const RUNNING = ["web", "pserv", "worker", "cron"];
/** Render's plans, as CPU units and MiB. */
const PLANS: Readonly<Record<string, [cpu: number, memory: number]>> = {
    free: [100, 512],
    starter: [512, 512],
    standard: [1024, 2048],
    pro: [2048, 4096],
    "pro plus": [4096, 8192],
};
const SAME: Readonly<Record<string, string>> = {
    region: "the stack file says the region",
    repo: "the folder of the file is what is built",
    branch: "the application's CI chooses: deploy",
    autoDeploy: "the application's CI chooses: deploy",
    autoDeployTrigger: "the application's CI chooses: deploy",
    buildFilter: "the application's CI chooses: deploy",
    previews: "there are no previews",
    pullRequestPreviewsEnabled: "there are no previews",
    runtime: "the Dockerfile says how the image is made",
    env: "the Dockerfile says how the image is made",
    registryCredential: "",
};
const ATTRIBUTES: Readonly<Record<string, string>> = {
    connectionString: "url",
    host: "host",
    port: "port",
    user: "user",
    password: "password",
    database: "name",
    hostport: "url",
};

export const render: Format = {
    name: "a render.yaml",
    environments: () => [],
    read({ roots }) {
        const app = new App();
        const [root] = roots as [Node];
        const bound = new Map<string, Record<string, string>>();
        const groups = new Map(
            (root.get("envVarGroups")?.items() ?? []).map((group) => [group.get("name")?.text() ?? "", group]),
        );
        for (const database of root.get("databases")?.items() ?? []) {
            const name = database.get("name")?.text() ?? "";
            bound.set(name, {});
            const version = database.get("postgresMajorVersion")?.text();
            const size = database.get("diskSizeGB")?.number();
            if (database.get("readReplicas")) {
                database.get("readReplicas")!.take();
                app.todo(`${name} has read replicas, which are not made here: one instance answers all.`, "database");
            }
            database.leaveOut("the database is made by its own keys: instance_class, storage_gib");
            app.stores.push({
                name,
                kind: "postgres",
                hosts: [name],
                what: `PostgreSQL ${version ?? ""}`.trim(),
                port: 5432,
                from: database,
                keys: {
                    ...(version === undefined ? {} : { engine_version: version }),
                    ...(size === undefined ? {} : { storage_gib: Math.max(20, size) }),
                },
                variables: bound.get(name),
            });
        }
        const services = root.get("services")?.items() ?? [];
        for (const service of services) {
            const type = service.get("type")?.plain();
            const name = String(service.get("name")?.plain() ?? "");
            if (type !== "redis" && type !== "keyvalue") continue;
            bound.set(name, {});
            service.leaveOut("it is made anew: uses");
            app.stores.push({
                name,
                kind: "redis",
                hosts: [name],
                what: "Redis",
                port: 6379,
                from: service,
                variables: bound.get(name),
            });
        }
        for (const service of services) readService(app, service, groups, bound);
        return app;
    },
};

function readService(
    app: App,
    service: Node,
    groups: ReadonlyMap<string, Node>,
    bound: ReadonlyMap<string, Record<string, string>>,
) {
    const type = String(service.get("type")?.plain());
    if (type === "redis" || type === "keyvalue") return;
    const name = service.get("name")?.text() ?? "app";
    const runtime = String((service.get("runtime") ?? service.get("env"))?.plain() ?? "");
    if (!RUNNING.includes(type) || runtime === "static") {
        app.todo(
            `${name} is a ${runtime === "static" ? "static site" : type}, which is not made here: a bucket behind CloudFront, or an image that serves it.`,
        );
        service.leaveOut("a static site has no tasks");
        return;
    }
    service.get("type")?.take();
    const workload = new Workload(name, type === "cron" ? "scheduled" : "service", imageOf(service, runtime), [
        service,
    ]);
    app.workloads.push(workload);
    for (const [key, reason] of Object.entries(SAME)) if (reason !== "") service.get(key)?.leaveOut(reason);
    const run = (service.get("startCommand") ?? service.get("dockerCommand"))?.text();
    if (run !== undefined) workload.keys.command = run;
    const plan = service.get("plan")?.text();
    const size = plan === undefined ? undefined : PLANS[plan];
    if (size) Object.assign(workload.keys, sizeFor(...size));
    else if (plan !== undefined) workload.todo(`The plan ${plan}: cpu and memory say the size.`, "cpu");
    const count = service.get("numInstances")?.number();
    if (count !== undefined && type !== "cron") workload.keys.count = count;
    const scaling = service.get("scaling");
    if (scaling) {
        workload.keys.autoscaling = {
            min: scaling.get("minInstances")?.number(),
            max: scaling.get("maxInstances")?.number(),
            cpu_percent: scaling.get("targetCPUPercent")?.number(),
            memory_percent: scaling.get("targetMemoryPercent")?.number(),
        };
    }
    const before = service.get("preDeployCommand")?.text();
    if (before !== undefined) {
        const migration = new Workload(`${name}-before`, "before", workload.image, []);
        migration.keys.command = before;
        app.workloads.push(migration);
    }
    if (type === "web") {
        const domains = service.get("domains")?.texts() ?? [];
        workload.keys.listeners = [domains.length > 0 ? { hosts: domains } : {}];
        workload.keys.port = 10000;
        const health = service.get("healthCheckPath")?.text();
        workload.keys.health_check_path = health ?? "/";
        if (health === undefined)
            workload.todo("Render asks for no path: one that answers 200 without a log-in.", "health_check_path");
    } else if (type === "pserv") Object.assign(workload.keys, { reachable: true, port: 10000 });
    else if (type === "cron") {
        const when = service.get("schedule")?.text() ?? "";
        workload.keys.schedule = schedule(when) ?? "rate(1 day)";
        if (!schedule(when))
            workload.todo(
                `The schedule ${when} has no equivalent in EventBridge Scheduler; rate(1 day) stands in its place.`,
                "schedule",
            );
        workload.keys.command ??= "";
    }
    const disk = service.get("disk");
    if (disk) {
        disk.get("name")?.take();
        disk.get("sizeGB")?.take();
        const at = disk.get("mountPath")?.text() ?? "/data";
        workload.persistentAt(at, `${workload.name}-disk`, at); // each service has its own
        workload.aloneWithFiles("A service with a disk is one instance");
    }
    const grace = service.get("maxShutdownDelaySeconds")?.number();
    if (grace !== undefined && type !== "cron") workload.keys.stop_timeout = Math.min(120, grace);
    for (const item of service.get("envVars")?.items() ?? []) readVariable(app, workload, item, groups, bound);
}

function imageOf(service: Node, runtime: string): Workload["image"] {
    const url = service.get("image", "url")?.text();
    if (url !== undefined) return { reference: url };
    const file = service.get("dockerfilePath")?.text();
    const root = service.get("rootDir")?.text();
    const context = service.get("dockerContext")?.text() ?? root ?? ".";
    const build = service.get("buildCommand");
    if (runtime !== "docker" && file === undefined) {
        return {
            missing: `Render makes the image by itself${build ? `, with ${build.text()}` : ""}: write a Dockerfile.`,
        };
    }
    const within = file === undefined ? undefined : path.relative(context, path.join(root ?? ".", file));
    return { build: { context, dockerfile: within === "Dockerfile" ? undefined : within } };
}

function readVariable(
    app: App,
    workload: Workload,
    item: Node,
    groups: ReadonlyMap<string, Node>,
    bound: ReadonlyMap<string, Record<string, string>>,
) {
    const group = item.get("fromGroup")?.text();
    if (group !== undefined) {
        for (const inner of groups.get(group)?.get("envVars")?.items() ?? [])
            readVariable(app, workload, inner, groups, bound);
        return;
    }
    const key = item.get("key")?.text() ?? "";
    const from = item.get("fromDatabase") ?? item.get("fromService");
    if (from) {
        const name = from.get("name")?.text() ?? "";
        const property = from.get("property")?.text() ?? "";
        const variable = from.get("envVarKey")?.text();
        from.get("type")?.take();
        const store = bound.get(name);
        if (store && ATTRIBUTES[property]) store[key] = ATTRIBUTES[property]!;
        else if (property === "host" || property === "hostport")
            workload.variables[key] = property === "host" ? name : `${name}:10000`;
        else
            workload.todo(
                `${key} is ${property || variable} of ${name} there: write its value, or a secret of its own.`,
                "environment",
                key,
            );
        return;
    }
    if (item.get("generateValue")?.take() === true) workload.secrets[key] = { generate: {} };
    else if (item.get("sync")?.take() === false) {
        workload.secrets[key] = { set: {} };
        workload.changed(`${key} was typed in by hand there.`, "secrets", key);
    } else workload.variables[key] = item.get("value")?.text();
    item.get("previewValue")?.leaveOut("there are no previews");
}
