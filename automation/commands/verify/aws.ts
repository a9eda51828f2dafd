/** Checks a stack that is deployed on AWS. */
import { clientOptions } from "../../../components/fargate/aws-clients";
import { readStackFile } from "../../plan/stack-file";
import { deployed } from "../../runner/deployed";
import type { CommandContext } from "../../shared/context";
import { AwsTarget } from "../../verify/aws";
import type { Place } from "../../verify/target";
import { verifyTarget } from "../../verify/command";
import type { VerifyInput } from "../verify";

export async function verify(input: VerifyInput, context: CommandContext): Promise<number> {
    const target = async () => (await onAws(context.root, input.stack)).target(new Map(input.connectTo));
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
