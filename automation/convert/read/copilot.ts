/** Manifests of AWS Copilot (its documentation, "Manifest"), one or several below copilot/. */
import path from "node:path";
import { sizeFor } from "../../../components/fargate/sizes";
import { command } from "../commands";
import { some, type Tree } from "../heritage";
import { App, type Format, type Input, Workload } from "../model";
import type { Node } from "../node";
import { existing, secretsOf } from "../secrets";
import { seconds } from "../units";
import { readHealthCommand } from "./health";
import { readArchitecture } from "./architecture";
import { readAddon } from "./copilot-addons";
import { readHttp } from "./copilot-http";
import { readMessages, readQueueDelay } from "./copilot-messages";
import { readStorage } from "./copilot-storage";

const isManifest = ({ file }: Node) => /manifest\.ya?ml$/.test(file);
const NAMES = ["COPILOT_APPLICATION_NAME", "COPILOT_ENVIRONMENT_NAME", "COPILOT_SERVICE_NAME"];

/** What is so here without being said, or means nothing here. */
const SAME = {
    "`exec` of the stack file says whether a shell opens in tasks": ["exec"],
    "`reachable` services have names for the whole stack": ["network.connect"],
    "tasks are in private subnets, without a public address": ["network.vpc.placement"],
    "traces are sent by a plugin: plugins: { otel: … }": ["observability.tracing"],
    "about how fast it is built": ["image.build.cache_from"],
    "the application starts after sidecars that are `first`, and beside the others": ["image.depends_on"],
    "for tools that read Docker's labels": ["image.labels"],
    "HTTP leads to HTTPS": ["http.redirect_to_https"],
    "zones are named in the stack file: domain, domains": ["http.hosted_zone"],
    "requests go to the container's own port": ["http.target_port"],
    "the health check asks the port of the service": ["http.healthcheck.port"],
    "the platform's own times": [
        ...["", ".requests", ".cpu_percentage", ".memory_percentage", ".queue_delay"].map(
            (of) => `count${of}.cooldown`,
        ),
    ],
    "the file system is read-only anyway": ["storage.readonly_fs"],
    "a queue has one for dead letters": ["subscribe.queue.dead_letter"],
};

export const copilot: Format = {
    name: "a Copilot manifest",
    environments: ({ roots }) => [
        ...new Set(roots.flatMap((root) => root.entries("environments").map(([name]) => name))),
    ],
    read(input, environment) {
        const app = new App();
        const manifests = input.roots.filter(isManifest);
        for (const root of manifests) {
            const own = root.without("environments");
            const over = environment === undefined ? undefined : root.get("environments", environment);
            readManifest(app, input, root, own.with(over), environment);
        }
        for (const root of input.roots.filter((root) => !isManifest(root))) readAddon(app, root);
        const [first] = manifests;
        app.name = manifests.length === 1 ? app.workloads[0]?.name : undefined;
        app.base = baseOf(input, first!);
        return app;
    },
};

/** Copilot counts paths from the folder with copilot/ in it. */
function baseOf({ folder }: Input, { file }: Node): string {
    const parts = path.join(folder, file).split(path.sep);
    const at = parts.lastIndexOf("copilot");
    return at > 0 ? parts.slice(0, at).join(path.sep) : folder;
}

function readManifest(app: App, input: Input, root: Node, manifest: Node, environment: string | undefined) {
    const name = manifest.text("name") ?? path.basename(path.dirname(path.join(input.folder, root.file)));
    const type = manifest.text("type") ?? "";
    const workload = new Workload(name, type === "Scheduled Job" ? "scheduled" : "service", imageOf(manifest), [
        root,
        manifest,
    ]);
    app.workloads.push(workload);
    if (type === "Static Site")
        workload.todo("A static site has no tasks: a bucket behind CloudFront is not made here.");
    readArchitecture(manifest.get("platform"), workload);
    manifest.leaveOutAll(SAME);
    readContainer(manifest, workload, environment);
    readCount(manifest.get("count"), workload);
    readHttp(manifest, workload, type);
    readSchedule(manifest, workload);
    readStorage(manifest, workload);
    readMessages(manifest, workload);
    for (const [key, sidecar] of manifest.entries("sidecars")) readSidecar(workload, key, sidecar);
    if (manifest.text("deployment", "rolling") === "recreate") workload.keys.stop_first = true;
}

function imageOf(manifest: Node): Workload["image"] {
    const location = manifest.text("image", "location");
    if (location !== undefined) return { reference: location };
    const build = manifest.get("image", "build");
    if (!build) return { missing: "The manifest names no image." };
    const dockerfile = build.isLeaf ? build.text()! : build.text("dockerfile");
    const context = build.text("context") ?? path.dirname(dockerfile ?? "./Dockerfile");
    const within = dockerfile && path.relative(context, dockerfile);
    return { build: { context, dockerfile: within, target: build.text("target"), args: build.pairs("args") } };
}

function readContainer(manifest: Node, workload: Workload, environment: string | undefined) {
    for (const key of ["command", "entrypoint"]) workload.keys[key] = command(manifest.take(key));
    const cpu = manifest.number("cpu");
    const memory = manifest.number("memory");
    if (cpu !== undefined || memory !== undefined) Object.assign(workload.keys, sizeFor(cpu ?? 256, memory ?? 512));
    for (const [name, value] of manifest.entries("variables")) {
        const text = value.text();
        if (text === undefined) {
            value.take();
            workload.todo(
                `${name} comes from an export of CloudFormation there, ${JSON.stringify(value.plain())}: write its value.`,
                "environment",
                name,
            );
        } else placeholders(name, text, workload, environment);
    }
    const file = manifest.text("env_file");
    if (file !== undefined) workload.envFiles.push(file);
    for (const [name, source] of manifest.entries("secrets")) readSecret(workload, name, source, environment);
    readHealthCommand(manifest.get("image", "healthcheck"), workload);
    workload.imageCredentials = manifest.text("image", "credentials");
}

function placeholders(name: string, text: string, workload: Workload, environment: string | undefined) {
    const value = filled(text, environment);
    const left = NAMES.find((placeholder) => value.includes(`\${${placeholder}}`));
    if (left === undefined) workload.variables[name] = value;
    else
        workload.top(
            "todo",
            `${name}: ${text} there, where Copilot fills in ${left}: write what it stands for.`,
            "environment",
        );
}

function readSecret(workload: Workload, name: string, source: Node, environment: string | undefined) {
    const manager = source.text("secretsmanager");
    if (manager?.startsWith("arn:")) workload.secrets[name] = existing(manager) ?? { set: {} };
    else if (manager !== undefined) {
        const [secret, key] = manager.split(":") as [string, string?];
        workload.secrets[name] = { secret: filled(secret, environment), key };
    }
    if (manager !== undefined) return;
    if (source.isNothing) {
        workload.changed(
            `${name} has no value in the environment ${environment} there: it stays as it is here.`,
            "secrets",
            name,
        );
        return;
    }
    const text = filled(source.text() ?? "", environment);
    workload.secretFrom(name, text, source.isLeaf ? text : JSON.stringify(source.take()));
}

const filled = (text: string, environment: string | undefined) =>
    environment === undefined ? text : text.replaceAll("${COPILOT_ENVIRONMENT_NAME}", environment);

function readCount(count: Node | undefined, workload: Workload) {
    if (!count || workload.kind !== "service") return;
    if (count.isLeaf) {
        workload.keys.count = count.number();
        return;
    }
    const spot = count.number("spot");
    if (spot !== undefined) Object.assign(workload.keys, { count: spot, spot: true });
    const range = count.get("range");
    const [min, max] = range?.isLeaf
        ? range.text()!.split("-").map(Number)
        : [range?.number("min"), range?.number("max")];
    const spotFrom = range?.number("spot_from");
    if (spotFrom !== undefined) workload.keys.spot = spotFrom > 1 ? { base: spotFrom - 1 } : true;
    if (max === undefined) return;
    const target = (key: string) => count.number(key) ?? count.number(key, "value");
    workload.keys.autoscaling = {
        min,
        max,
        cpu_percent: target("cpu_percentage"),
        memory_percent: target("memory_percentage"),
        requests_per_task: target("requests"),
    };
    readQueueDelay(count.get("queue_delay"), workload.keys.autoscaling as Record<string, unknown>);
}

function readSchedule(manifest: Node, workload: Workload) {
    if (workload.kind !== "scheduled") return;
    workload.runsAt(manifest.text("on", "schedule") ?? "");
    const retries = manifest.number("retries");
    if (retries !== undefined) {
        workload.keys.retries = Math.min(10, retries);
        workload.changed(
            "retries: a run that could not be started is tried again; one that failed is not, and raises an alarm.",
            "retries",
        );
    }
    const timeout = manifest.text("timeout");
    if (timeout !== undefined)
        workload.todo(
            `timeout ${timeout} (${seconds(timeout)} s): a scheduled task has none; let the command end itself, e.g. timeout ${seconds(timeout)} <command>.`,
            "command",
        );
}

function readSidecar(workload: Workload, key: string, node: Node) {
    const image = node.get("image");
    const sidecar: Tree = { image: image?.isLeaf ? image.text() : undefined };
    if (sidecar.image === undefined)
        workload.todo(`The sidecar ${key} is built there: push it, and name it by digest.`, "sidecars", key);
    const port = node.text("port")?.split("/")[0];
    workload.addSidecar(key, {
        ...sidecar,
        port: port && Number(port),
        command: command(node.take("command")),
        environment: some(
            Object.fromEntries(node.entries("variables").map(([name, value]) => [name, value.text() ?? ""])),
        ),
        secrets: some(secretsOf(Object.entries(node.pairs("secrets")))),
        essential: node.take("essential") === false ? false : undefined,
    });
}
