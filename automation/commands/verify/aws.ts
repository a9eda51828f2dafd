/** Checks a stack that is deployed on AWS. */
import { clientOptions } from "../../../components/fargate/aws-clients";
import { readStackFile } from "../../plan/stack-file";
import { deployed } from "../../runner/deployed";
import type { CommandContext } from "../../shared/context";
import { UsageError } from "../../shared/errors";
import { AwsTarget } from "../../verify/aws/target";
import { type VerifyInput, verifyTarget } from "../../verify/command";

export interface AwsVerifyInput extends VerifyInput {
    readonly stack: string;
    /** HOST:PORT=HOST:PORT: where to connect instead of an address of the stack. */
    readonly connectTo: readonly string[];
}

export async function verify(input: AwsVerifyInput, context: CommandContext): Promise<number> {
    const places = new Map(input.connectTo.map(connection));
    const target = async () => {
        const { aws, outputs } = await deployed(context.root, input.stack);
        const { ElasticLoadBalancingV2Client } = await import("@aws-sdk/client-elastic-load-balancing-v2");
        const elb = new ElasticLoadBalancingV2Client(await clientOptions(aws.region));
        return new AwsTarget({ ...aws, elb }, outputs, readStackFile(context.root, input.stack), places);
    };
    return verifyTarget(input, target, context);
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
