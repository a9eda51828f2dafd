/** Where the Keycloak of a stack is: on AWS, if need be through a tunnel, or on this machine. */
import { readStackFile } from "../../plan/stack-file";
import { deployed } from "../../runner/deployed";
import type { CommandContext } from "../../shared/context";
import { Exit, UsageError } from "../../shared/errors";
import { FAILED } from "../../shared/exit-codes";
import { Refused } from "../../realms/server";
import { AwsTarget } from "../../verify/aws/target";
import { Failed, NotInStack, Skipped } from "../../verify/check";
import { NoAnswer } from "../../verify/http";
import { LocalTarget } from "../../verify/local";
import type { Place, Target } from "../../verify/target";
import { missingPlugin } from "../exec/session";
import { background } from "../tunnel/connect";
import { connection } from "../verify/aws";

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
    return told(() =>
        where.local
            ? work(withKeycloak(new LocalTarget(context.root, where.stack, context.files)))
            : onAws(where.stack, places, context, work),
    );
}

/** What Keycloak says, or that nobody answers, is told without a stack trace. */
export async function told(work: () => Promise<number>): Promise<number> {
    try {
        return await work();
    } catch (error) {
        const isTold = [Failed, NotInStack, Skipped, NoAnswer, Refused].some((type) => error instanceof type);
        throw isTold ? new Exit(FAILED, (error as Error).message) : error;
    }
}

async function onAws(
    stack: string,
    places: Map<string, Place>,
    context: CommandContext,
    work: (target: Target) => Promise<number>,
): Promise<number> {
    const { aws, outputs } = await deployed(context.root, stack);
    const { ElasticLoadBalancingV2Client } = await import("@aws-sdk/client-elastic-load-balancing-v2");
    const { clientOptions } = await import("../../../components/fargate/aws-clients");
    const elb = new ElasticLoadBalancingV2Client(await clientOptions(aws.region));
    const target = withKeycloak(new AwsTarget({ ...aws, elb }, outputs, readStackFile(context.root, stack), places));
    if (!outputs.workbenchId || missingPlugin() || !(await target.adminOutOfReach())) return work(target);
    const { hostname, port, protocol } = new URL(target.keycloak!.adminUrl);
    const there = { host: hostname, port: Number(port) || (protocol === "https:" ? 443 : 80) };
    const tunnel = await background(aws, { instanceId: outputs.workbenchId, target: there }, context.signal);
    context.err(`through the workbench to ${hostname}\n`);
    try {
        const through = new Map([...places, [`${there.host}:${there.port}`, { host: "127.0.0.1", port: tunnel.port }]]);
        return await work(new AwsTarget({ ...aws, elb }, outputs, readStackFile(context.root, stack), through));
    } finally {
        tunnel.close();
    }
}

function withKeycloak<T extends Target>(target: T): T {
    if (!target.keycloak) throw new UsageError(`${target.title} has no Keycloak`);
    return target;
}
