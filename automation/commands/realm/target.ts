/** Where the Keycloak of a stack is: on AWS, if need be through a tunnel, or on this machine. */
import type { CommandContext } from "../../shared/context";
import { Exit, UsageError } from "../../shared/errors";
import { FAILED } from "../../shared/exit-codes";
import { Refused } from "../../realms/server";
import { Failed, NotInStack, Skipped } from "../../verify/check";
import { NoAnswer } from "../../verify/http";
import { LocalTarget } from "../../verify/local";
import { endOf, type Place, type Target } from "../../verify/target";
import { missingPlugin } from "../exec/session";
import { background } from "../tunnel/connect";
import { connection, onAws } from "../verify/aws";

export interface Where {
    readonly stack: string;
    readonly local: boolean;
    readonly connectTo: readonly string[];
}

/** Does the work, and closes the tunnel, if there is one. */
export async function onTarget(
    where: Where,
    context: CommandContext,
    work: (target: Target) => Promise<number>,
): Promise<number> {
    const places = new Map(where.connectTo.map(connection));
    if (where.local && places.size > 0) throw new UsageError("--connect-to is for AWS, and --local for this machine");
    return withoutStackTrace(() =>
        where.local
            ? work(withKeycloak(new LocalTarget(context.root, where.stack, context.files)))
            : throughWorkbench(where.stack, places, context, work),
    );
}

/** What Keycloak says, or that nobody answers, is told without a stack trace. */
export async function withoutStackTrace(work: () => Promise<number>): Promise<number> {
    try {
        return await work();
    } catch (error) {
        const isTold = [Failed, NotInStack, Skipped, NoAnswer, Refused].some((type) => error instanceof type);
        throw isTold ? new Exit(FAILED, (error as Error).message) : error;
    }
}

async function throughWorkbench(
    stack: string,
    places: Map<string, Place>,
    { root, err, signal }: CommandContext,
    work: (target: Target) => Promise<number>,
): Promise<number> {
    const { aws, outputs, target } = await onAws(root, stack);
    const direct = withKeycloak(target(places));
    if (!outputs.workbenchId || missingPlugin() || !(await direct.adminOutOfReach())) return work(direct);
    const adminEnd = endOf(direct.keycloak!.adminUrl);
    const tunnel = await background(aws, { instanceId: outputs.workbenchId, target: adminEnd }, signal);
    err(`through the workbench to ${adminEnd.host}\n`);
    try {
        const tunnelEnd = { host: "127.0.0.1", port: tunnel.port };
        return await work(target(new Map([...places, [`${adminEnd.host}:${adminEnd.port}`, tunnelEnd]])));
    } finally {
        tunnel.close();
    }
}

function withKeycloak<T extends Target>(target: T): T {
    if (!target.keycloak) throw new UsageError(`${target.title} has no Keycloak`);
    return target;
}
