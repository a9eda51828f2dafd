/** Where the Keycloak of a stack is: on AWS, if need be through a tunnel, or on this machine. */
import type { CommandContext } from "../../shared/context";
import { UsageError } from "../../shared/errors";
import { LocalTarget } from "../../verify/local";
import { endOf, type Place, type Target } from "../../verify/target";
import { missingPlugin } from "../exec/session";
import { background } from "../tunnel/connect";
import { onAws } from "../verify/aws";

export interface Where {
    readonly stack: string;
    readonly local: boolean;
    readonly connectTo: readonly (readonly [address: string, place: Place])[];
}

/** Does the work, and closes the tunnel, if there is one. */
export async function onTarget(
    where: Where,
    context: CommandContext,
    work: (target: Target) => Promise<number>,
): Promise<number> {
    if (where.local && where.connectTo.length > 0)
        throw new UsageError("--connect-to is for AWS, and --local for this machine");
    return where.local
        ? work(withKeycloak(new LocalTarget(context.root, where.stack)))
        : throughWorkbench(where.stack, new Map(where.connectTo), context, work);
}

async function throughWorkbench(
    stack: string,
    places: Map<string, Place>,
    { root, err, signal }: CommandContext,
    work: (target: Target) => Promise<number>,
): Promise<number> {
    const { aws, outputs, target } = await onAws(root, stack);
    const direct = withKeycloak(target(places));
    if (!outputs.workbenchId || missingPlugin().length > 0 || !(await direct.adminOutOfReach())) return work(direct);
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
