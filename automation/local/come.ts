/** Starts containers with compose, and waits until they are healthy. */
import { containersOf, docker, lastLines, nameOf, type Result } from "./docker";
import { networkOf } from "./firewall";
import { type Health, health } from "./health";
import { lastLine } from "./images";
import type { Prepared } from "./prepare";
import type { Progress } from "./progress";
import type { State } from "./state";
import { containerName, targetName } from "./tasks";

const POLL_MILLISECONDS = 500;
const LOG_LINES = 15;

/** Why a container is not healthy, with the end of its log. */
export class ServicesNotHealthy extends Error {}

export interface Start {
    /** The compose file. */
    readonly file: string;
    readonly timeoutSeconds: number;
    readonly signal: AbortSignal;
    /** What is there and has not changed is left as it is, and not looked at. @default false */
    readonly onlyChanged?: boolean;
    /** Keeps what runs now, for the other commands and for the next `up`. */
    write(prepared: Prepared): void;
}

/** Starts some of the services, and waits until all that were started are healthy. */
export async function come(
    services: readonly string[],
    started: ReadonlySet<string>,
    prepared: Prepared,
    progress: Progress,
    options: Omit<Start, "write">,
): Promise<void> {
    const { project, variables } = prepared;
    const compose = ["compose", "--project-name", project, "--file", options.file, "--progress", "quiet"];
    // Anonymous volumes are created anew with their container, as a task's are.
    const how = ["--detach", "--no-build", "--no-deps", "--renew-anon-volumes"];
    const command = [...compose, "up", ...how];
    const end = Date.now() + options.timeoutSeconds * 1000;
    const enough = new AbortController();
    const signal = AbortSignal.any([options.signal, enough.signal]);
    const up: { result?: Result } = {};
    const composeUp = docker([...command, ...services], { env: variables, signal }).then((result) => {
        up.result = result;
    });
    try {
        await allWell(up, started, prepared, progress, { ...options, end });
    } finally {
        enough.abort(); // compose would go on waiting
        await composeUp;
    }
}

/** Has load balancers find the tasks that run. */
export async function register(state: State): Promise<void> {
    const { composeProject: project } = state;
    const containers = await containersOf(project);
    const targets = Object.values(state.services).filter(({ behind }) => behind.length > 0);
    for (const { holder } of targets.flatMap(({ tasks }) => tasks)) {
        const container = containers.get(holder);
        if (container?.State.Status !== "running" || nameOf(container) !== containerName(project, holder)) continue;
        await docker(["rename", container.Id, targetName(project, holder)]);
    }
}

async function allWell(
    up: { readonly result?: Result },
    started: ReadonlySet<string>,
    { project, state }: Prepared,
    progress: Progress,
    { timeoutSeconds, signal, end }: Omit<Start, "write"> & { end: number },
): Promise<void> {
    while (!signal.aborted) {
        await register(state);
        const all = await health(state, started);
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
    const reason = `docker compose: ${lastLine(stderr)}`;
    return ended === undefined
        ? new ServicesNotHealthy(reason)
        : notUp(`${reason}; the network of ${ended} does not start`, containers.get(networkOf(ended))!.Id);
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
