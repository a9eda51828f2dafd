/** The tasks of services: stopped, and as many as before started again. */
import type { ECSClient, Service } from "@aws-sdk/client-ecs";
import { Exit } from "../../shared/errors";
import { FAILED } from "../../shared/exit-codes";
import { until, type WaitOptions } from "../../shared/until";

export interface Services {
    readonly ecs: Pick<ECSClient, "send">;
    readonly cluster: string;
    /** The services' names in ECS, by those that the stack has for them. */
    readonly names: Readonly<Record<string, string>>;
}

/** How many tasks each service is to have, by the name that the stack has for it. */
export type Counts = Readonly<Record<string, number>>;

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
    await untilNone(services, options, STOP_MILLISECONDS, (name, { runningCount = 0, pendingCount = 0 }) =>
        runningCount + pendingCount > 0 ? `${name}: ${runningCount} of its tasks still run` : [],
    );
}

export async function setCounts({ ecs, cluster, names }: Services, counts: Counts): Promise<void> {
    const { UpdateServiceCommand } = await import("@aws-sdk/client-ecs");
    for (const [name, desiredCount] of Object.entries(counts))
        await ecs.send(new UpdateServiceCommand({ cluster, service: names[name]!, desiredCount }));
}

/** Starts tasks, and waits until they run. */
export async function startTasks(services: Services, counts: Counts, options: WaitOptions): Promise<void> {
    await setCounts(services, counts);
    await untilNone(services, options, START_MILLISECONDS, (name, { runningCount = 0 }) =>
        runningCount < (counts[name] ?? 0) ? `${name}: ${runningCount} of ${counts[name]} tasks run` : [],
    );
}

/** Waits until there is nothing to say of any service. */
async function untilNone(
    services: Services,
    options: WaitOptions,
    milliseconds: number,
    say: (name: string, service: Service) => string | [],
): Promise<void> {
    const end = Date.now() + milliseconds;
    await until({ pollMilliseconds: POLL_MILLISECONDS, ...options }, async () => {
        const said = (await described(services)).flatMap(([name, service]) => say(name, service)).join("; ");
        if (said !== "" && Date.now() > end) throw new Exit(FAILED, `after ${milliseconds / 60_000} minutes: ${said}`);
        return said || true;
    });
}

async function described({ ecs, cluster, names }: Services): Promise<[string, Service][]> {
    const { DescribeServicesCommand } = await import("@aws-sdk/client-ecs");
    const describe = async ([name, inEcs]: [string, string]): Promise<[string, Service]> => {
        const { services } = await ecs.send(new DescribeServicesCommand({ cluster, services: [inEcs] }));
        if (!services?.[0]) throw new Exit(FAILED, `ECS has no service ${inEcs} in ${cluster}`);
        return [name, services[0]];
    };
    return Promise.all(Object.entries(names).map(describe));
}
