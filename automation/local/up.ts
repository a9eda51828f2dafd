/** The order in which containers start, and what is done with those that run already. */
import { come, register, type Start } from "./come";
import { allContainersOf, containersOf, dockerOutput, type Inspected, nameOf, serviceOf } from "./docker";
import { networkOf } from "./firewall";
import { inOrder } from "./order";
import type { Prepared } from "./prepare";
import type { Progress } from "./progress";
import { containersIn, retire, roll } from "./rollout";
import { containerName, DIGEST_LABEL, targetName } from "./tasks";

/** For the requests of a task that is taken away. */
const DRAIN_SECONDS = 30;

/**
 * What keeps data first, then what runs before a deployment, and only where that has ended well the services: until then the old ones go on.
 * Load balancers, and services that are as they were or were not there, start together; then each service that changed gets its new version,
 * one service after the other. What waits for services runs after them.
 */
export async function start(prepared: Prepared, progress: Progress, options: Start): Promise<void> {
    const { file, state } = prepared;
    const running = await sweep(prepared, progress);
    await register(state); // what an earlier version started is known to load balancers by another name
    const stores = Object.keys(state.standIns);
    const releases = Object.keys(state.tasks).filter((name) => state.tasks[name]!.beforeDeploy);
    const changed = changedServices(prepared, running);
    const rolled = new Set(changed.flatMap((service) => containersIn(prepared, service)));
    const others = new Set([...stores, ...releases, ...rolled]);
    const networks = new Set(Object.keys(file.services).map(networkOf));
    // Of a task that somebody will ask for there is the network alone.
    const settled = Object.entries(file.services).flatMap(([name, { profiles }]) =>
        profiles ? [networkOf(name)] : others.has(name) || networks.has(name) ? [] : [name],
    );
    await takeOver(prepared);
    const due = new Set(releases.filter((name) => isDue(name, changed, prepared, running)));
    await retire(
        [...due].flatMap((name) => running.get(name) ?? []),
        prepared,
    );
    const waitsFor = (name: string) => Object.keys(file.services[name]?.depends_on ?? {});
    const afterServices = releases.filter((name) =>
        waitsFor(name).some((other) => settled.includes(other) || rolled.has(other)),
    );
    const first = releases.filter((name) => !afterServices.includes(name));
    const started: string[] = [];
    const next = async (group: readonly string[]) => {
        started.push(...group);
        const starts = group.filter((name) => !releases.includes(name) || due.has(name));
        const held = starts.map(networkOf).filter((name) => name in file.services);
        if (starts.length > 0) await come([...held, ...starts], new Set(started), prepared, progress, options);
    };
    const groups = options.onlyChanged
        ? [
              ...inOrder(
                  [...due].filter((name) => first.includes(name)),
                  waitsFor,
              ),
              settled.filter((name) => !running.has(name)),
          ]
        : [stores, ...inOrder(first, waitsFor), settled];
    for (const group of groups) {
        await next(group);
        if (options.signal.aborted) return;
    }
    let now = prepared;
    for (const service of changed) {
        now = await roll(service, now, progress, options);
        if (options.signal.aborted) return;
    }
    await next(afterServices);
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
    if (alone.length > 0) await dockerOutput(["rm", "--force", "--volumes", ...alone]);
}

/**
 * Takes away what is not of this platform any more: services that the stack has no more, and what an `up` left that was killed. Returns the
 * containers that stay, by their services.
 */
async function sweep(prepared: Prepared, progress: Progress): Promise<Map<string, Inspected>> {
    const { project, file } = prepared;
    const containers = await allContainersOf(project);
    const stays = (container: Inspected) => {
        const service = serviceOf(container);
        const names = [containerName(project, service), targetName(project, service)];
        return service in file.services && names.includes(nameOf(container));
    };
    const gone = containers.filter((container) => !stays(container));
    if (gone.length > 0) {
        const names = gone.map((container) => nameOf(container).replace(`${project}-`, ""));
        await progress.during(`removing ${names.join(", ")}`, () => retire(gone, prepared, DRAIN_SECONDS));
    }
    return new Map(containers.filter(stays).map((container) => [serviceOf(container), container]));
}

/** The services that run in another version than the plan's. */
const changedServices = ({ file, state }: Prepared, there: ReadonlyMap<string, Inspected>): string[] =>
    Object.keys(state.services).filter((service) =>
        state.services[service]!.tasks.some(({ holder }) => {
            const container = there.get(holder);
            return container !== undefined && digestOf(container) !== file.services[holder]?.labels?.[DIGEST_LABEL];
        }),
    );

const digestOf = ({ Config }: Inspected) => Config.Labels[DIGEST_LABEL];

/** What runs before a deployment: where it changed, or has not ended well, or where a service of its heritage changes, as on AWS. */
function isDue(
    name: string,
    changed: readonly string[],
    { file, state }: Prepared,
    there: ReadonlyMap<string, Inspected>,
): boolean {
    const container = there.get(name);
    if (container?.State.Status !== "exited" || container.State.ExitCode !== 0) return true;
    if (digestOf(container) !== file.services[name]?.labels?.[DIGEST_LABEL]) return true;
    return changed.some((service) => state.services[service]!.rollout.release === name);
}
