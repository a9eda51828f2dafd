/** Manifests of AWS Copilot (its documentation, "Manifest"), one or several below copilot/. */
import { noteTimes } from "./health";
import path from "node:path";
import { sizeFor } from "../../../components/fargate/sizes";
import { askedPath, command } from "../commands";
import { App, type Build, type Format, type Input, Workload } from "../model";
import type { Node } from "../node";
import { schedule } from "../schedules";
import { existing } from "../secrets";
import { seconds } from "../units";
import { readArchitecture } from "./architecture";
import { readAddon } from "./copilot-addons";
import { readHttp } from "./copilot-http";
import { readMessages, readQueueDelay } from "./copilot-messages";
import { readStorage } from "./copilot-storage";

const isManifest = ({ file }: Node) => /manifest\.ya?ml$/.test(file);
const NAMES = ["COPILOT_APPLICATION_NAME", "COPILOT_ENVIRONMENT_NAME", "COPILOT_SERVICE_NAME"];

export const copilot: Format = {
    name: "a Copilot manifest",
    environments: ({ roots }) => [
        ...new Set(roots.flatMap((root) => (root.get("environments")?.entries() ?? []).map(([name]) => name))),
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
    const name = manifest.get("name")?.text() ?? path.basename(path.dirname(path.join(input.folder, root.file)));
    const type = manifest.get("type")?.text() ?? "";
    const workload = new Workload(name, type === "Scheduled Job" ? "scheduled" : "service", imageOf(manifest), [
        root,
        manifest,
    ]);
    app.workloads.push(workload);
    if (type === "Static Site")
        workload.todo("A static site has no tasks: a bucket behind CloudFront is not made here.");
    readArchitecture(manifest.get("platform"), workload);
    manifest.get("exec")?.leaveOut("`exec` of the stack file says whether a shell opens in tasks");
    manifest.get("network", "connect")?.leaveOut("`reachable` services have names for the whole stack");
    manifest.get("network", "vpc", "placement")?.leaveOut("tasks are in private subnets, without a public address");
    manifest.get("observability", "tracing")?.leaveOut("traces are sent by a plugin: plugins: { otel: … }");
    readContainer(manifest, workload, environment);
    readCount(manifest.get("count"), workload);
    readHttp(manifest, workload, type);
    readSchedule(manifest, workload);
    readStorage(manifest, workload);
    readMessages(manifest, workload);
    for (const [key, sidecar] of manifest.get("sidecars")?.entries() ?? []) readSidecar(workload, key, sidecar);
    const rolling = manifest.get("deployment", "rolling")?.text();
    if (rolling === "recreate") workload.keys.stop_first = true;
}

function imageOf(manifest: Node): Workload["image"] {
    const location = manifest.get("image", "location")?.text();
    if (location !== undefined) return { reference: location };
    const build = manifest.get("image", "build");
    if (!build) return { missing: "The manifest names no image." };
    build.get("cache_from")?.leaveOut("about how fast it is built");
    const dockerfile = build.isLeaf ? build.text()! : build.get("dockerfile")?.text();
    const context = build.get("context")?.text() ?? path.dirname(dockerfile ?? "./Dockerfile");
    const within = path.relative(context, dockerfile ?? path.join(context, "Dockerfile"));
    const args =
        build
            .get("args")
            ?.entries()
            .map(([key, value]) => [key, value.text() ?? ""]) ?? [];
    const settings: Build = {
        context,
        dockerfile: within === "Dockerfile" ? undefined : within,
        target: build.get("target")?.text(),
        args: args.length > 0 ? (Object.fromEntries(args) as Record<string, string>) : undefined,
    };
    return { build: settings };
}

function readContainer(manifest: Node, workload: Workload, environment: string | undefined) {
    for (const key of ["command", "entrypoint"]) {
        const words = command(manifest.get(key)?.take());
        if (words !== undefined) workload.keys[key] = words;
    }
    const cpu = manifest.get("cpu")?.number();
    const memory = manifest.get("memory")?.number();
    if (cpu !== undefined || memory !== undefined) Object.assign(workload.keys, sizeFor(cpu ?? 256, memory ?? 512));
    for (const [name, value] of manifest.get("variables")?.entries() ?? []) {
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
    const file = manifest.get("env_file")?.text();
    if (file !== undefined) workload.envFiles.push(file);
    for (const [name, source] of manifest.get("secrets")?.entries() ?? [])
        readSecret(workload, name, source, environment);
    const health = manifest.get("image", "healthcheck");
    if (health) readHealth(health, workload);
    const depends = manifest.get("image", "depends_on");
    depends?.leaveOut("the application starts after sidecars that are `first`, and beside the others");
    manifest.get("image", "labels")?.leaveOut("for tools that read Docker's labels");
    const credentials = manifest.get("image", "credentials")?.text();
    if (credentials !== undefined) workload.imageCredentials = credentials;
}

function placeholders(name: string, text: string, workload: Workload, environment: string | undefined) {
    const value = filled(text, environment);
    const left = NAMES.find((one) => value.includes(`\${${one}}`));
    if (left === undefined) workload.variables[name] = value;
    else
        workload.top(
            "todo",
            `${name}: ${text} there, where Copilot fills in ${left}: write what it stands for.`,
            "environment",
        );
}

function readSecret(workload: Workload, name: string, source: Node, environment: string | undefined) {
    const manager = source.get("secretsmanager")?.text();
    if (manager !== undefined) {
        const [secret, key] = manager.startsWith("arn:")
            ? [manager, undefined]
            : (manager.split(":") as [string, string?]);
        const known = manager.startsWith("arn:")
            ? existing(manager)
            : { secret: filled(secret, environment), ...(key ? { key } : {}) };
        workload.secrets[name] = known ?? { set: {} };
        return;
    }
    if (source.isNothing) {
        workload.changed(
            `${name} has no value in the environment ${environment} there: it stays as it is here.`,
            "secrets",
            name,
        );
        return;
    }
    const text = filled(source.text() ?? "", environment);
    const known = existing(text);
    workload.secrets[name] = known ?? { set: {} };
    if (!known)
        workload.todo(
            `${name} is ${source.isLeaf ? text : JSON.stringify(source.take())} there, whose name is not known here: parameter: /…, or set it anew.`,
            "secrets",
            name,
        );
}

const filled = (text: string, environment: string | undefined) =>
    environment === undefined ? text : text.replaceAll("${COPILOT_ENVIRONMENT_NAME}", environment);

function readHealth(health: Node, workload: Workload) {
    const test = health.get("command")?.take();
    const [kind, ...rest] = Array.isArray(test) ? test.map(String) : ["CMD-SHELL", String(test ?? "")];
    if (test) workload.keys.health_check_command = kind === "CMD" ? rest : ["/bin/sh", "-c", rest.join(" ")];
    if (askedPath(rest)) workload.healthPath = askedPath(rest);
    noteTimes(health, workload);
}

function readCount(count: Node | undefined, workload: Workload) {
    if (!count || workload.kind !== "service") return;
    if (count.isLeaf) {
        workload.keys.count = count.number();
        return;
    }
    const spot = count.get("spot")?.number();
    if (spot !== undefined) Object.assign(workload.keys, { count: spot, spot: true });
    const range = count.get("range");
    const [min, max] = range?.isLeaf
        ? range.text()!.split("-").map(Number)
        : [range?.get("min")?.number(), range?.get("max")?.number()];
    const spotFrom = range?.get("spot_from")?.number();
    if (spotFrom !== undefined) workload.keys.spot = spotFrom > 1 ? { base: spotFrom - 1 } : true;
    if (max === undefined) return;
    const percent = (key: string) => {
        const node = count.get(key);
        node?.get("cooldown")?.leaveOut("the platform's own times");
        return node?.isLeaf ? node.number() : node?.get("value")?.number();
    };
    const requests = percent("requests");
    workload.keys.autoscaling = {
        min,
        max,
        cpu_percent: percent("cpu_percentage"),
        memory_percent: percent("memory_percentage"),
        requests_per_task: requests,
    };
    count.get("cooldown")?.leaveOut("the platform's own times");
    readQueueDelay(count.get("queue_delay"), workload.keys.autoscaling as Record<string, unknown>);
}

function readSchedule(manifest: Node, workload: Workload) {
    const when = manifest.get("on", "schedule")?.text();
    if (workload.kind !== "scheduled") return;
    const known = when === undefined ? undefined : schedule(when);
    workload.keys.schedule = known ?? "rate(1 day)";
    if (!known)
        workload.todo(
            `The schedule ${when} has no equivalent in EventBridge Scheduler; rate(1 day) stands in its place.`,
            "schedule",
        );
    const retries = manifest.get("retries")?.number();
    if (retries !== undefined) {
        workload.keys.retries = Math.min(10, retries);
        workload.changed(
            "retries: a run that could not be started is tried again; one that failed is not, and raises an alarm.",
            "retries",
        );
    }
    const timeout = manifest.get("timeout")?.text();
    if (timeout !== undefined)
        workload.todo(
            `timeout ${timeout} (${seconds(timeout)} s): a scheduled task has none; let the command end itself, e.g. timeout ${seconds(timeout)} <command>.`,
            "command",
        );
}

function readSidecar(workload: Workload, key: string, node: Node) {
    const image = node.get("image");
    const sidecar: Record<string, unknown> = { image: image?.isLeaf ? image.text() : undefined };
    if (sidecar.image === undefined)
        workload.todo(`The sidecar ${key} is built there: push it, and name it by digest.`, "sidecars", key);
    const port = node.get("port")?.text()?.split("/")[0];
    if (port !== undefined) sidecar.port = Number(port);
    const words = command(node.get("command")?.take());
    if (words !== undefined) sidecar.command = words;
    const variables =
        node
            .get("variables")
            ?.entries()
            .map(([name, value]) => [name, value.text() ?? ""]) ?? [];
    if (variables.length > 0) sidecar.environment = Object.fromEntries(variables);
    const secrets =
        node
            .get("secrets")
            ?.entries()
            .map(([name, value]) => [name, existing(value.text() ?? "") ?? { set: {} }]) ?? [];
    if (secrets.length > 0) sidecar.secrets = Object.fromEntries(secrets);
    const essential = node.get("essential")?.take();
    if (essential === false) sidecar.essential = false;
    workload.keys.sidecars = { ...(workload.keys.sidecars as object | undefined), [key]: sidecar };
}
