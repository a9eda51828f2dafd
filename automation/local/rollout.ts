/** A new version of a service in place of the old one, as ECS rolls: the new tasks come up beside the old ones, and these go after that. */
import { come, ServicesNotHealthy, type Start } from "./come";
import {
    addressOf,
    allContainersOf,
    containersOf,
    docker,
    dockerOutput,
    type Inspected,
    nameOf,
    serviceOf,
} from "./docker";
import { targetsOf } from "./health";
import { inOrder } from "./order";
import type { Prepared } from "./prepare";
import type { Progress } from "./progress";
import { slotsOf } from "./state";
import { isOwnVolume, otherSlot } from "./tasks";

const POLL_MILLISECONDS = 200;

/** Returns what runs then. Where the new version does not come up it throws, and the old one goes on, where ECS would have it go on. */
export async function roll(service: string, old: Prepared, progress: Progress, options: Start): Promise<Prepared> {
    const { project, state } = old;
    const { rollout } = state.services[service]!;
    const next = old.withSlots({ ...slotsOf(state), [service]: otherSlot(rollout.slot) });
    const containersOfVersion = async (prepared: Prepared) => {
        const names = new Set(containersIn(prepared, service));
        return (await allContainersOf(project)).filter((container) => names.has(serviceOf(container)));
    };
    const oldContainers = await containersOfVersion(old);
    options.write({ ...next, state }); // the old tasks are those that count, until the new ones are well
    if (rollout.stopsFirst) {
        progress.note(`${service}: the old version stops before the new one starts`);
        await stop(oldContainers);
    } else progress.note(`${service}: a new version comes up beside the old one`);
    try {
        const names = containersIn(next, service);
        await come(names, new Set([...names, ...Object.keys(state.loadBalancers)]), next, progress, options);
    } catch (error) {
        if (!(error instanceof ServicesNotHealthy)) throw error;
        if (rollout.goesBack === false) options.write(next);
        else {
            await retire(await containersOfVersion(next), old);
            if (rollout.stopsFirst) await dockerOutput(["start", ...oldContainers.map(({ Id }) => Id)]);
            options.write(old);
            error.message += `\n${service} goes on in the version before`;
        }
        throw error;
    }
    if (options.signal.aborted) return old; // the next `up` removes what is half there
    options.write(next);
    await progress.during(`${service}: stopping the old version`, () =>
        retire(oldContainers, next, rollout.drainSeconds),
    );
    return next;
}

/** A service's containers, those that end before the others and that which holds a network among them. */
export const containersIn = ({ file, state }: Prepared, service: string): string[] =>
    state.services[service]!.tasks.flatMap(({ holder }) =>
        Object.keys(file.services).filter(
            (name) => name === holder || file.services[name]!.network_mode === `service:${holder}`,
        ),
    );

/**
 * Stops and removes containers, with their volumes. Before that load balancers find them no more, and they may answer what they were asked, for
 * so many seconds at most.
 */
export async function retire(
    containers: readonly Inspected[],
    { project, state }: Prepared,
    seconds = 0,
): Promise<void> {
    if (containers.length === 0) return;
    for (const container of containers) {
        const name = nameOf(container);
        // Docker's DNS goes by it.
        if (!name.endsWith(GOING)) await docker(["rename", container.Id, `${name}${GOING}`]);
    }
    if (seconds > 0) await drained(containers, project, state, seconds);
    await stop(containers);
    await docker(["rm", "--force", "--volumes", ...containers.map(({ Id }) => Id)]);
    const own = containers.flatMap((container) =>
        container.Mounts.flatMap(({ Type, Name }) =>
            Type === "volume" && Name && isOwnVolume(project, Name) ? [Name] : [],
        ),
    );
    if (own.length > 0) await docker(["volume", "rm", ...new Set(own)]);
}

const GOING = "-stopping";

/** Each container with its stop time-out, those first that depend on others. */
async function stop(containers: readonly Inspected[]): Promise<void> {
    const ids = new Map(containers.map((container) => [container.Id, container]));
    const waitsFor = (id: string) => {
        const { Config } = ids.get(id)!;
        const after = (Config.Labels["com.docker.compose.depends_on"] ?? "")
            .split(",")
            .map((dependency) => dependency.split(":")[0]);
        return containers.filter((other) => after.includes(serviceOf(other))).map(({ Id }) => Id);
    };
    for (const group of inOrder([...ids.keys()], waitsFor).reverse()) await docker(["stop", ...group]);
}

/** Returns when no load balancer has these as targets, nor a connection to one of them: requests on the way are answered then. */
async function drained(
    containers: readonly Inspected[],
    project: string,
    state: Prepared["state"],
    seconds: number,
): Promise<void> {
    const end = Date.now() + seconds * 1000;
    const names = new Set(containers.map(nameOf));
    const addresses = new Set(containers.map(addressOf));
    const containersNow = await containersOf(project);
    const balancers = Object.keys(state.loadBalancers).flatMap((name) => containersNow.get(name) ?? []);
    const areInUse = async () => {
        const targets = await targetsOf(containersNow, state);
        for (const [balancer, known] of targets) {
            // One that is too busy to say what its targets are may still send them requests.
            const runs = containersNow.get(balancer)?.State.Status === "running";
            if (known?.some(({ hostname }) => names.has(hostname)) ?? runs) return true;
        }
        for (const { Id } of balancers) {
            const { stdout } = await docker(["exec", Id, "cat", "/proc/net/tcp"]);
            if (connectedTo(stdout).some((address) => addresses.has(address))) return true;
        }
        return false;
    };
    while (Date.now() < end && (await areInUse()))
        await new Promise((resolve) => setTimeout(resolve, POLL_MILLISECONDS));
}

const ESTABLISHED = "01";

/** The other ends of the connections in /proc/net/tcp: of `0100007F:1F90` the address is 127.0.0.1. */
export const connectedTo = (table: string): string[] =>
    table.split("\n").flatMap((line) => {
        const [, , remote, status] = line.trim().split(/\s+/);
        if (status !== ESTABLISHED) return [];
        const bytes = remote!.slice(0, 8).match(/../g)!.reverse();
        return [bytes.map((byte) => parseInt(byte, 16)).join(".")];
    });
