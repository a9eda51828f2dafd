/** Starts the containers, and reports until all are healthy. */
import { containersOf, docker, dockerOutput, lastLines, type Result } from "./docker";
import { networkOf } from "./firewall";
import { type Health, health } from "./health";
import { lastLine } from "./images";
import type { Prepared } from "./prepare";
import type { Progress } from "./progress";

const POLL_MILLISECONDS = 1000;
const LOG_LINES = 15;

/** Why a container is not healthy, with the end of its log. */
export class ServicesNotHealthy extends Error {}

export interface Start {
    /** The compose file. */
    readonly file: string;
    readonly timeoutSeconds: number;
    readonly signal: AbortSignal;
}

/**
 * What keeps data first, then what runs before a deployment, and only where that has ended well the services: until then the old ones go on.
 * What waits for services runs after them. The load balancers last: a target whose first check failed must then pass two checks, fifteen
 * seconds apart.
 */
export async function start(prepared: Prepared, progress: Progress, options: Start): Promise<void> {
    const end = Date.now() + options.timeoutSeconds * 1000;
    const { file, state } = prepared;
    const stores = [
        ...Object.values(state.databases).map(({ container }) => container),
        ...Object.keys(state.standIns),
    ];
    const releases = Object.values(state.tasks).flatMap(({ container, beforeDeploy }) =>
        beforeDeploy ? [container] : [],
    );
    const balancers = Object.values(state.loadBalancers).map(({ container }) => container);
    const others = new Set([...stores, ...releases, ...balancers]);
    const networks = new Set(Object.keys(file.services).map(networkOf));
    // Of a task that somebody will ask for there is the network alone.
    const services = Object.entries(file.services).flatMap(([name, { profiles }]) =>
        profiles ? [networkOf(name)] : others.has(name) || networks.has(name) ? [] : [name],
    );
    await takeOver(prepared);
    if (releases.length > 0) await forget(releases, prepared, options.file);
    const waitsFor = (name: string) => Object.keys(file.services[name]?.depends_on ?? {});
    const afterServices = releases.filter((name) => waitsFor(name).some((other) => services.includes(other)));
    const first = releases.filter((name) => !afterServices.includes(name));
    const started: string[] = [];
    for (const group of [stores, ...inOrder(first, waitsFor), services, afterServices, balancers]) {
        if (group.length === 0) continue;
        started.push(...group);
        const held = group.map(networkOf).filter((name) => name in file.services);
        await come([...held, ...group], new Set(started), prepared, progress, { ...options, end });
        if (options.signal.aborted) return;
    }
    progress.clear();
}

/**
 * What runs already gets the rules of now. What an earlier version started had its network to itself: it would keep its ports from the
 * container that has them now.
 */
async function takeOver({ project, file }: Prepared): Promise<void> {
    const running = [...(await containersOf(project))].filter(([, { State }]) => State.Status === "running");
    const named = (wanted: (name: string) => boolean) =>
        running.flatMap(([name, { Id }]) => (wanted(name) ? [Id] : []));
    const holders = named((name) => file.services[name]?.image.includes("/local-firewall:") ?? false);
    if (holders.length > 0) await dockerOutput(["kill", "--signal", "HUP", ...holders]);
    const names = new Set(running.map(([name]) => `service:${name}`));
    const alone = named((name) => {
        const mode = file.services[name]?.network_mode;
        return mode?.startsWith("service:") === true && !names.has(mode);
    });
    if (alone.length > 0) await dockerOutput(["rm", "--force", ...alone]);
}

/** The names in groups, each after those that it waits for. */
export function inOrder(names: readonly string[], waitsFor: (name: string) => readonly string[]): string[][] {
    const waits = (name: string) => waitsFor(name).some((other) => names.includes(other));
    const next = names.filter((name) => !waits(name));
    if (next.length === 0) return names.length === 0 ? [] : [[...names]]; // they wait for each other: all at once
    return [next, ...inOrder(names.filter(waits), waitsFor)];
}

/** Removes what ran before the last deployment: how that ended says nothing of this one. */
async function forget(releases: readonly string[], { project, variables }: Prepared, file: string): Promise<void> {
    await docker([...composed(project, file), "rm", "--force", "--stop", ...releases], { env: variables });
}

/** How a command of compose begins. */
const composed = (project: string, file: string) => [
    ...["compose", "--project-name", project],
    ...["--file", file, "--progress", "quiet"],
];

/** Starts some of the services, and waits until all that were started are healthy. */
async function come(
    services: readonly string[],
    started: ReadonlySet<string>,
    prepared: Prepared,
    progress: Progress,
    options: Start & { end: number },
): Promise<void> {
    const { project, variables } = prepared;
    // Anonymous volumes are created anew with their container, as a task's are.
    const how = ["--detach", "--no-build", "--no-deps", "--remove-orphans", "--renew-anon-volumes"];
    const command = [...composed(project, options.file), "up", ...how];
    const enough = new AbortController();
    const signal = AbortSignal.any([options.signal, enough.signal]);
    const up: { result?: Result } = {};
    const upped = docker([...command, ...services], { env: variables, signal }).then((result) => {
        up.result = result;
    });
    try {
        await allWell(up, started, prepared, progress, options);
    } finally {
        enough.abort(); // compose would go on waiting
        await upped;
    }
}

async function allWell(
    up: { readonly result?: Result },
    started: ReadonlySet<string>,
    { project, state }: Prepared,
    progress: Progress,
    { timeoutSeconds, signal, end }: Start & { end: number },
): Promise<void> {
    while (!signal.aborted) {
        const all = await health(project, state, started);
        progress.rows(all);
        const failed = all.find((row) => row.failed);
        if (failed) throw await notUp(`${failed.name} ${failed.failed}`, failed.container);
        if (up.result && up.result.code !== 0) throw await refusedByCompose(up.result, project, started);
        if (up.result && all.every(({ well }) => well)) return;
        if (Date.now() > end) throw await late(all, timeoutSeconds);
        await new Promise((resolve) => setTimeout(resolve, POLL_MILLISECONDS));
    }
}

/** Who joins a network whose holder has ended is told of the join alone. */
async function refusedByCompose(
    { stderr }: Result,
    project: string,
    started: ReadonlySet<string>,
): Promise<ServicesNotHealthy> {
    const containers = await containersOf(project);
    const ended = [...started].find((name) => containers.get(networkOf(name))?.State.ExitCode);
    const said = `docker compose: ${lastLine(stderr)}`;
    return ended === undefined
        ? new ServicesNotHealthy(said)
        : notUp(`${said}; the network of ${ended} does not start`, containers.get(networkOf(ended))!.Id);
}

async function late(all: readonly Health[], seconds: number): Promise<ServicesNotHealthy> {
    const missing = all.filter(({ well }) => !well);
    const names = missing.map(({ name, text }) => `${name} (${text})`).join(", ");
    const [first] = missing.filter(({ container }) => container !== undefined);
    return notUp(`not up within ${seconds} s: ${names}`, first?.container);
}

async function notUp(what: string, container: string | undefined): Promise<ServicesNotHealthy> {
    const lines = container === undefined ? [] : await lastLines(container, LOG_LINES);
    return new ServicesNotHealthy([what, ...lines.map((line) => `    ${line}`)].join("\n"));
}
