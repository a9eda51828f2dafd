/** Checks a stack that is deployed on AWS. */
import { clientOptions } from "../../../components/fargate/aws-clients";
import { readStackFile } from "../../plan/stack-file";
import { deployed } from "../../runner/deployed";
import type { CommandContext } from "../../shared/context";
import { UsageError } from "../../shared/errors";
import { AwsTarget } from "../../verify/aws";
import type { Place } from "../../verify/target";
import { type VerifyInput, verifyTarget } from "../../verify/command";

export interface AwsVerifyInput extends VerifyInput {
    readonly stack: string;
    /** HOST:PORT=HOST:PORT: where to connect instead of an address of the stack. */
    readonly connectTo: readonly string[];
}

export async function verify(input: AwsVerifyInput, context: CommandContext): Promise<number> {
    const places = new Map(input.connectTo.map(connection));
    const target = async () => (await onAws(context.root, input.stack)).target(places);
    return verifyTarget(input, target, context);
}

/** A deployed stack, and how to look at it by these places to connect to. */
export async function onAws(root: string, stack: string) {
    const { aws, outputs } = await deployed(root, stack);
    const { ElasticLoadBalancingV2Client } = await import("@aws-sdk/client-elastic-load-balancing-v2");
    const clients = { ...aws, elb: new ElasticLoadBalancingV2Client(await clientOptions(aws.region)) };
    const file = readStackFile(root, stack);
    return {
        aws,
        outputs,
        target: (places: ReadonlyMap<string, Place>) => new AwsTarget(clients, outputs, file, places),
    };
}

/** `internal-admin.elb.amazonaws.com:8021=127.0.0.1:9021` */
export function connection(text: string): [string, { host: string; port: number }] {
    const [from, to, ...more] = text.split("=");
    const at = /^([^:]+|\[[^\]]+\]):(\d+)$/;
    const [, host, port] = at.exec(to ?? "") ?? [];
    if (!at.test(from!) || host === undefined || more.length > 0) {
        throw new UsageError(
            `--connect-to ${text}: HOST:PORT=HOST:PORT, e.g. internal-admin.elb.amazonaws.com:8021=127.0.0.1:8021`,
        );
    }
    return [from!, { host: host.replace(/^\[|\]$/g, ""), port: Number(port) }];
}
