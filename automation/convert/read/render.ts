/** render.yaml (Render's documentation, "Blueprint YAML Reference"). */
import path from "node:path";
import { App, type Format, Workload } from "../model";
import type { Node } from "../node";
import { some } from "../heritage";
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
/** What is so here without being said. */
const SAME = {
    "the stack file says the region": ["region"],
    "the folder of the file is what is built": ["repo"],
    "the application's CI chooses: deploy": ["branch", "autoDeploy", "autoDeployTrigger", "buildFilter"],
    "there are no previews": ["previews", "pullRequestPreviewsEnabled"],
    "the Dockerfile says how the image is made": ["runtime", "env"],
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
        for (const database of root.items("databases")) {
            const name = database.text("name") ?? "";
            const version = database.text("postgresMajorVersion");
            const size = database.number("diskSizeGB");
            if (database.get("readReplicas")) {
                database.get("readReplicas")!.take();
                app.todo(`${name} has read replicas, which are not made here: one instance answers all.`, "database");
            }
            database.leaveOut("the database is made by its own keys: instance_class, storage_gib");
            const keys = some({ engine_version: version, storage_gib: size && Math.max(20, size) });
            const what = ["PostgreSQL", version].filter(Boolean).join(" ");
            const store = { name, kind: "postgres", hosts: [name], what, port: 5432, from: database, keys } as const;
            app.stores.push({ ...store, variables: {} });
        }
        const services = root.items("services");
        for (const service of services) {
            const type = service.plain("type");
            const name = String(service.plain("name") ?? "");
            if (type !== "redis" && type !== "keyvalue") continue;
            service.leaveOut("it is made anew: uses");
            const store = { name, kind: "redis", hosts: [name], what: "Redis", port: 6379, from: service } as const;
            app.stores.push({ ...store, variables: {} });
        }
        for (const service of services) readService(app, root, service);
        return app;
    },
};

function readService(app: App, root: Node, service: Node) {
    const type = String(service.plain("type"));
    if (type === "redis" || type === "keyvalue") return;
    const name = service.text("name") ?? "app";
    const runtime = String((service.get("runtime") ?? service.get("env"))?.plain() ?? "");
    if (!RUNNING.includes(type) || runtime === "static") {
        app.todo(
            `${name} is a ${runtime === "static" ? "static site" : type}, which is not made here: a bucket behind CloudFront, or an image that serves it.`,
        );
        service.leaveOut("a static site has no tasks");
        return;
    }
    service.take("type");
    const workload = new Workload(name, type === "cron" ? "scheduled" : "service", imageOf(service, runtime), [
        service,
    ]);
    app.workloads.push(workload);
    service.leaveOutAll(SAME);
    workload.keys.command = service.text("startCommand") ?? service.text("dockerCommand");
    const plan = service.text("plan");
    const size = plan === undefined ? undefined : PLANS[plan];
    if (size) Object.assign(workload.keys, sizeFor(...size));
    else if (plan !== undefined) workload.todo(`The plan ${plan}: cpu and memory say the size.`, "cpu");
    if (type !== "cron") workload.keys.count = service.number("numInstances");
    workload.keys.autoscaling = some({
        min: service.number("scaling", "minInstances"),
        max: service.number("scaling", "maxInstances"),
        cpu_percent: service.number("scaling", "targetCPUPercent"),
        memory_percent: service.number("scaling", "targetMemoryPercent"),
    });
    const before = service.text("preDeployCommand");
    if (before !== undefined) {
        const migration = new Workload(`${name}-before`, "before", workload.image, []);
        migration.keys.command = before;
        app.workloads.push(migration);
    }
    if (type === "web") {
        workload.keys.listeners = [some({ hosts: service.get("domains") && service.texts("domains") }) ?? {}];
        workload.keys.port = 10000;
        workload.keys.health_check_path = service.text("healthCheckPath");
    } else if (type === "pserv") Object.assign(workload.keys, { reachable: true, port: 10000 });
    else if (type === "cron") {
        workload.runsAt(service.text("schedule") ?? "");
        workload.keys.command ??= "";
    }
    const disk = service.get("disk");
    if (disk) {
        for (const key of ["name", "sizeGB"]) disk.take(key);
        const at = disk.text("mountPath") ?? "/data";
        workload.persistentAt(at, `${workload.name}-disk`, at); // each service has its own
        workload.aloneWithFiles("A service with a disk is one instance");
    }
    workload.stopsWithin(service.number("maxShutdownDelaySeconds"));
    for (const item of service.items("envVars")) readVariable(app, root, workload, item);
}

function imageOf(service: Node, runtime: string): Workload["image"] {
    const url = service.text("image", "url");
    if (url !== undefined) return { reference: url };
    const file = service.text("dockerfilePath");
    const root = service.text("rootDir");
    const context = service.text("dockerContext") ?? root ?? ".";
    const build = service.get("buildCommand");
    if (runtime !== "docker" && file === undefined) {
        return {
            missing: `Render makes the image by itself${build ? `, with ${build.text()}` : ""}: write a Dockerfile.`,
        };
    }
    return { build: { context, dockerfile: file && path.relative(context, path.join(root ?? ".", file)) } };
}

function readVariable(app: App, root: Node, workload: Workload, item: Node) {
    const group = item.text("fromGroup");
    if (group !== undefined) {
        const found = root.items("envVarGroups").find((envGroup) => envGroup.text("name") === group);
        for (const inner of found?.items("envVars") ?? []) readVariable(app, root, workload, inner);
        return;
    }
    const key = item.text("key") ?? "";
    const from = item.get("fromDatabase") ?? item.get("fromService");
    if (from) {
        const name = from.text("name") ?? "";
        const property = from.text("property") ?? "";
        const variable = from.text("envVarKey");
        from.take("type");
        const store = app.stores.find((candidate) => candidate.name === name)?.variables;
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
    if (item.take("generateValue") === true) workload.secrets[key] = { generate: {} };
    else if (item.take("sync") === false) {
        workload.secrets[key] = { set: {} };
        workload.changed(`${key} was typed in by hand there.`, "secrets", key);
    } else workload.variables[key] = item.text("value");
    item.get("previewValue")?.leaveOut("there are no previews");
}
