/** The tasks of services: stopped, and as many as before started again. */
import type { ECSClient, Service } from "@aws-sdk/client-ecs";
import { Exit } from "../../shared/errors";
import { FAILED, INTERRUPTED } from "../../shared/exit-codes";
import { pause } from "../../shared/pause";
import type { WaitOptions } from "./instance";

export interface Services {
    readonly ecs: Pick<ECSClient, "send">;
    readonly cluster: string;
    /** The services' names in ECS, by those that the stack has for them. */
    readonly names: Readonly<Record<string, string>>;
    /** Between two looks. @default 5000 */
    readonly pollMilliseconds?: number;
}

/** How many tasks each service is to have, by the name that the stack has for it. */
export type Counts = Readonly<Record<string, number>>;

/** ECS takes so many services in one question (API reference, DescribeServices). */
const AT_ONCE = 10;
const POLL_MILLISECONDS = 5000;
/** A task that is deregistered from a load balancer goes on for up to an hour. */
const STOP_MILLISECONDS = 3900_000;
const START_MILLISECONDS = 1200_000;

export const countsOf = async (services: Services): Promise<Counts> =>
    Object.fromEntries((await described(services)).map(([name, { desiredCount }]) => [name, desiredCount ?? 0]));

/** Waits until no task runs or starts. */
export async function stopTasks(services: Services, options: WaitOptions): Promise<void> {
    const running = Object.entries(await countsOf(services)).filter(([, count]) => count > 0);
    await setCounts(services, Object.fromEntries(running.map(([name]) => [name, 0])));
    await until(services, options, {
        wait: ({ runningCount = 0, pendingCount = 0 }) => runningCount + pendingCount > 0,
        say: (name, { runningCount = 0 }) => `${name}: ${runningCount} of its tasks still run`,
        milliseconds: STOP_MILLISECONDS,
    });
}

export async function setCounts({ ecs, cluster, names }: Services, counts: Counts): Promise<void> {
    const { UpdateServiceCommand } = await import("@aws-sdk/client-ecs");
    for (const [name, desiredCount] of Object.entries(counts))
        await ecs.send(new UpdateServiceCommand({ cluster, service: names[name]!, desiredCount }));
}

/** Starts tasks, and waits until they run. */
export async function startTasks(services: Services, counts: Counts, options: WaitOptions): Promise<void> {
    await setCounts(services, counts);
    await until(services, options, {
        wait: ({ runningCount = 0 }, name) => runningCount < (counts[name] ?? 0),
        say: (name, { runningCount = 0 }) => `${name}: ${runningCount} of ${counts[name]} tasks run`,
        milliseconds: START_MILLISECONDS,
    });
}

interface Wait {
    wait(service: Service, name: string): boolean;
    say(name: string, service: Service): string;
    readonly milliseconds: number;
}

async function until(services: Services, { say, signal }: WaitOptions, { wait, milliseconds, ...about }: Wait) {
    const end = Date.now() + milliseconds;
    const reported = new Set<string>();
    for (;;) {
        const waitedFor = (await described(services)).filter(([name, service]) => wait(service, name));
        if (waitedFor.length === 0) return;
        if (signal.aborted) throw new Exit(INTERRUPTED, "interrupted");
        const now = waitedFor.map(([name, service]) => about.say(name, service));
        if (Date.now() > end) throw new Exit(FAILED, `after ${milliseconds / 60_000} minutes: ${now.join("; ")}`);
        for (const text of now.filter((one) => !reported.has(one))) say(text);
        for (const text of now) reported.add(text);
        await pause(services.pollMilliseconds ?? POLL_MILLISECONDS, signal);
    }
}

async function described({ ecs, cluster, names }: Services): Promise<[string, Service][]> {
    const { DescribeServicesCommand } = await import("@aws-sdk/client-ecs");
    const all = Object.entries(names);
    const found: [string, Service][] = [];
    for (let i = 0; i < all.length; i += AT_ONCE) {
        const piece = all.slice(i, i + AT_ONCE);
        const { services = [] } = await ecs.send(
            new DescribeServicesCommand({ cluster, services: piece.map(([, name]) => name) }),
        );
        for (const [name, inEcs] of piece) {
            const service = services.find(({ serviceName, serviceArn }) => [serviceName, serviceArn].includes(inEcs));
            if (service === undefined) throw new Exit(FAILED, `ECS has no service ${inEcs} in ${cluster}`);
            found.push([name, service]);
        }
    }
    return found;
}
