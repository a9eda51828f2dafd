/** From an application to the files of heritages: one for each image. */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { isMap } from "../plan/leaves";
import { defined, Draft, some, type Tree } from "./heritage";
import type { App, Workload } from "./model";
import type { Path } from "./node";
import { fitName, HERITAGE_NAME, WORKLOAD_NAME } from "./names";
import { imageKeys, noteDigest } from "./image";
import { bindHosts, bindServices, type Placed } from "./bindings";
import { distinctNames } from "./distinct";
import { type Bindings, bindStore, isUsedBy, unbind } from "./stores";
import { parseEnv } from "./read/interpolate";
import { shown } from "./shown";
import { shared, sortVariables, without } from "./variables";

interface Group {
    readonly draft: Draft;
    readonly placed: Placed[];
    readonly bindings: Bindings;
}

interface Where {
    readonly root: string;
    readonly folder: string;
    /** The files of which these are to differ in as little as can be. @default none */
    readonly base?: readonly Draft[];
}

/** `root`: the project's; `folder`: what paths in the file count from, where the application says nothing else. */
export function assemble(
    app: App,
    name: string,
    { root, folder, base = [] }: Where,
): { drafts: Draft[]; placed: Placed[] } {
    const groups = grouped(app, name);
    const all = groups.flatMap(({ placed }) => placed);
    const running = (group: Group) => group.placed.map(({ workload }) => workload);
    for (const store of app.stores) {
        const users = groups.filter((group) => isUsedBy(store, running(group)));
        const [owner = groups[0]!, ...others] = users;
        bindStore(app, store, running(owner), owner.bindings);
        for (const other of others) {
            other.draft.note(
                "todo",
                `${store.name} is of the heritage ${owner.draft.name} alone: a heritage has one image, and its stores to itself. Here: one of its own (database: {}, uses), or both in one image${unbind(store, running(other), "; there it is in")}.`,
                [],
            );
        }
    }
    for (const [key, binding] of Object.entries(app.uses))
        groups[0]!.bindings.uses[fitName(key, WORKLOAD_NAME)] = binding;
    if (app.database) groups[0]!.bindings.database ??= {};
    bindServices(all, (heritage) => groups.find(({ draft }) => draft.name === heritage)!.bindings.uses);
    for (const group of groups) {
        bindOwn(running(group), group);
        bindHosts(running(group), group.bindings.uses);
        distinctNames(group.placed, group.bindings.uses, app.notes);
        write(
            group,
            app.base ?? folder,
            root,
            base.find((draft) => draft.name === group.draft.name),
        );
    }
    for (const note of app.notes)
        (groups.find(({ draft }) => note.place.length > 0 && note.place[0]! in draft.tree) ?? groups[0]!).draft.note(
            note.kind,
            note.text,
            note.place,
        );
    return { drafts: groups.map(({ draft }) => draft), placed: all };
}

function grouped(app: App, name: string): Group[] {
    const byImage = new Map<string, Workload[]>();
    for (const workload of app.workloads) {
        const key = JSON.stringify([workload.image, workload.architecture]);
        byImage.set(key, [...(byImage.get(key) ?? []), workload]);
    }
    const sets = [...byImage.values()].sort((a, b) => b.length - a.length);
    const names: string[] = [];
    return sets.map((workloads, i) => {
        const first = fitName(workloads[0]!.name, 9);
        const own =
            i === 0 ? fitName(name, HERITAGE_NAME) : `${fitName(name, HERITAGE_NAME - 1 - first.length)}-${first}`;
        const draft = new Draft(fitName(own, HERITAGE_NAME, names));
        names.push(draft.name);
        const services: string[] = [];
        const placed = workloads.map((workload): Placed => {
            const service = fitName(workload.name, WORKLOAD_NAME, services);
            services.push(service);
            if (service !== workload.name && workload.kind !== "before")
                workload.changed(`Its name is ${workload.name} there.`);
            return { workload, heritage: draft.name, service };
        });
        return { draft, placed, bindings: { uses: {} } };
    });
}

function write({ draft, placed, bindings }: Group, folder: string, root: string, base: Draft | undefined) {
    const workloads = placed.map(({ workload }) => workload);
    for (const workload of workloads) readEnvFiles(workload, folder);
    const sorted = new Map(workloads.map((workload) => [workload, sortVariables(workload, draft.name)]));
    const running = placed.filter(({ workload }) => workload.kind !== "before");
    const before = placed.filter(({ workload }) => workload.kind === "before");
    const beside = before[0] && sorted.get(before[0].workload)!;
    const of = (key: "environment" | "secrets") =>
        (base?.tree[key] as Tree | undefined) ??
        shared<unknown>(
            running.map(({ workload }) => sorted.get(workload)![key]),
            beside?.[key],
        );
    const [environment, secrets] = [of("environment"), of("secrets")];
    const own = ({ workload }: Placed): Tree => ({
        environment: some(without(sorted.get(workload)!.environment, environment)),
        secrets: some(without(sorted.get(workload)!.secrets, secrets)),
        writable: workload.writable.length > 0 && !("build" in workload.image) ? workload.writable : undefined,
    });
    const first = workloads[0]!;
    const [users] = workloads.flatMap(({ user }) => user ?? []);
    const kinds = (kind: Workload["kind"]) => running.filter(({ workload }) => workload.kind === kind);
    const image = imageKeys(draft, first, folder, root); // first: a sidecar of the same image is not told again
    const services = kinds("service").map((service): [string, Tree] => [
        service.service,
        { ...serviceKeys(service, draft), ...own(service) },
    ]);
    const tasks = kinds("scheduled").map((task): [string, Tree] => [
        task.service,
        { ...task.workload.keys, ...without<unknown>(own(task), { writable: [] }) },
    ]);
    const tree: Tree = {
        ...image,
        architecture: first.architecture,
        user: users,
        environment: some(environment),
        secrets: some(secrets),
        database: bindings.database,
        uses: some(bindings.uses),
        volumes: some(Object.assign({}, ...workloads.map(({ volumes }) => volumes)) as Tree),
        services: some(Object.fromEntries(services)),
        scheduled_tasks: some(Object.fromEntries(tasks)),
        before_deploy: before[0] && beforeKeys(before[0], draft),
    };
    for (const other of before.slice(1)) {
        draft.note(
            "todo",
            `${other.workload.name} runs before a deployment, too, and before_deploy is one: put ${JSON.stringify(other.workload.keys.command ?? "its command")} behind it.`,
            ["before_deploy"],
        );
    }
    draft.tree = defined(tree) as Tree;
    distinctHosts(draft);
    if (users === undefined) {
        draft.note(
            "changed",
            "The tasks run as user 1000 and see a read-only file system: user and writable say otherwise.",
            [],
        );
    }
    for (const { workload, service } of placed) {
        const at =
            workload.kind === "before"
                ? ["before_deploy"]
                : [workload.kind === "scheduled" ? "scheduled_tasks" : "services", service];
        for (const directory of "build" in workload.image ? workload.writable : []) {
            draft.note(
                "todo",
                `writable: [${directory}], once the Dockerfile makes it the user's and has VOLUME ${directory} (docs/heritages.md, "Directories to write to").`,
                at,
            );
        }
        for (const note of workload.notes)
            draft.note(note.kind, note.text, note.top ? note.place : [...at, ...note.place]);
    }
}

function readEnvFiles(workload: Workload, folder: string) {
    for (const file of workload.envFiles) {
        const found = path.join(folder, file);
        if (existsSync(found))
            Object.assign(workload.variables, { ...parseEnv(readFileSync(found, "utf8")), ...workload.variables });
        else
            workload.todo(
                `The variables of ${file}, which is not there: in environment, or under secrets.`,
                "environment",
            );
    }
}

/** A zone each in prod. */
const MOST_ZONES = 3;

function serviceKeys({ workload, service }: Placed, draft: Draft): Tree {
    const { keys } = workload;
    const at = ["services", service];
    const count = keys.count as number | undefined;
    if (keys.singleton || (count !== undefined && count > 0 && count < MOST_ZONES)) {
        delete keys.count;
        if (!keys.singleton) {
            draft.note(
                "changed",
                `${count === 1 ? "One task" : `${count} tasks`} there; here one in each zone, 2 in dev and 3 in prod. Where there must never be two: singleton: true.`,
                at,
            );
        }
    }
    const scaling = keys.autoscaling as { min?: number; max: number } | undefined;
    if (scaling) {
        delete keys.count;
        if (scaling.max <= MOST_ZONES) {
            delete keys.autoscaling;
            draft.note(
                "changed",
                `From ${scaling.min ?? 1} to ${scaling.max} tasks there; here one in each zone, 2 in dev and 3 in prod, which leaves nothing to scale.`,
                at,
            );
        } else if ((scaling.min ?? 0) < MOST_ZONES) {
            if (scaling.min !== undefined)
                draft.note("changed", `At least ${scaling.min} there; here one in each zone, 2 in dev and 3 in prod.`, [
                    ...at,
                    "autoscaling",
                ]);
            delete scaling.min;
        }
    }
    if ("listeners" in keys && keys.health_check_path === undefined) {
        keys.health_check_path = workload.healthPath ?? "/";
        if (workload.healthPath === undefined)
            draft.note("todo", "The file names no path for health checks: one that answers 200 without a log-in.", [
                ...at,
                "health_check_path",
            ]);
    }
    for (const [name, { image }] of Object.entries(
        (keys.sidecars as Record<string, { image?: string }> | undefined) ?? {},
    )) {
        if (image !== undefined) noteDigest(draft, image, [...at, "sidecars", name, "image"]);
    }
    noteHosts(keys, at, draft);
    const entrypoint = keys.entrypoint;
    if (typeof entrypoint === "string") keys.entrypoint = ["/bin/sh", "-c", entrypoint];
    if ("listeners" in keys && keys.health_check_command !== undefined) {
        draft.note(
            "changed",
            `The load balancer asks health_check_path, in the place of ${shown(keys.health_check_command)} in the container.`,
            [...at, "health_check_path"],
        );
        delete keys.health_check_command;
    }
    return ordered(keys);
}

/** Whole names depend on the stack's own domain, which no file of an application says. */
function noteHosts(keys: Tree, at: Path, draft: Draft) {
    for (const listener of (keys.listeners as { hosts?: string[] }[] | undefined) ?? []) {
        const { hosts } = listener;
        if (!hosts?.some((host) => host.includes("."))) continue;
        delete listener.hosts;
        const [label, ...rest] = hosts[0]!.split(".");
        draft.note(
            "todo",
            `hosts: [${hosts.join(", ")}]. In a stack with domain.name ${rest.join(".")} it is hosts: [${label}]; of another zone ` +
                "it is the whole name, with the zone under identity:domains of the stack file.",
            [...at, "listeners"],
        );
    }
}

const ORDER = [
    "listeners",
    "receives",
    "reachable",
    "port",
    "protocol",
    "health_check_path",
    "health_check",
    "health_check_command",
    "sticky_seconds",
    "deregistration_seconds",
    "count",
    "singleton",
    "stop_first",
    "autoscaling",
    "spot",
    "cpu",
    "memory",
    "entrypoint",
    "command",
    "mounts",
    "sidecars",
    "stop_timeout",
];

const ordered = (keys: Tree): Tree =>
    Object.fromEntries(ORDER.flatMap((key) => (keys[key] === undefined ? [] : [[key, keys[key]]])));

/** What one of the workloads connects to, as its own file says: a heritage has each name once. */
function bindOwn(workloads: readonly Workload[], { bindings, draft }: Group) {
    for (const workload of workloads) {
        for (const [name, binding] of Object.entries(workload.uses)) {
            if (bindings.uses[name] === undefined) bindings.uses[name] = binding;
            else
                draft.note(
                    "todo",
                    `${workload.name} uses ${name}, too, and it is another one: give it a name of its own.`,
                    [],
                );
        }
    }
}

function beforeKeys({ workload }: Placed, draft: Draft): Tree {
    const { command, entrypoint, timeout_seconds, cpu, memory, mounts } = workload.keys;
    if (command === undefined)
        draft.note("todo", `${workload.name} has no command of its own: write the one of its image.`, [
            "before_deploy",
        ]);
    return { command: command ?? ["true"], entrypoint, timeout_seconds, cpu, memory, mounts };
}

/** Services of one heritage are told apart by their hosts where none has paths. */
function distinctHosts({ tree, name }: Draft) {
    const taken = new Set<string>();
    for (const [service, keys] of Object.entries((tree.services as Record<string, Tree>) ?? {})) {
        for (const listener of (keys.listeners as Tree[] | undefined) ?? []) {
            const rule = JSON.stringify([listener.hosts ?? name, listener.paths ?? [], listener.endpoint ?? "public"]);
            if (taken.has(rule) && isMap(listener)) listener.host = `${name}-${service}`;
            taken.add(rule);
        }
    }
}
