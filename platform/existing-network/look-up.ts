/** Finds the network that the stack file names, and everything that is wrong with it. */
import type { EC2Client } from "@aws-sdk/client-ec2";
import type { Problem } from "../../components/aws-error";
import type { ExistingNetworkConfig } from "../../config/defaults";
import { factsOf, vpcsOf } from "./facts";
import type { FoundNetwork } from "./found";
import { judge, type Subject } from "./judge";

export async function lookUpNetwork(
    ec2: Pick<EC2Client, "send">,
    subject: Subject,
): Promise<{ problems: Problem[]; network?: FoundNetwork }> {
    const { existing, config, project, stack } = subject;
    const [vpc, ...others] = await vpcsOf(ec2, existing);
    if (vpc === undefined || others.length > 0) {
        const ids = [vpc, ...others].flatMap((candidate) => candidate?.VpcId ?? []).join(", ");
        const what = vpc
            ? `${others.length + 1} VPCs have the tags of network.existing.vpc: ${ids}`
            : `there is no VPC ${text(existing)} in ${config.region}, of this account`;
        return { problems: [{ what, fix: "network.existing.vpc: the id of the one that is meant" }] };
    }
    const named = Object.values(existing.subnets).flatMap((choice) => (Array.isArray(choice) ? choice : []));
    return judge(await factsOf(ec2, vpc, [...new Set(named)], { project, stack }), subject);
}

const text = ({ vpc }: ExistingNetworkConfig) =>
    typeof vpc === "string"
        ? vpc
        : `with the tags { ${Object.entries(vpc.tags)
              .map(([key, value]) => `${key}: ${value}`)
              .join(", ")} }`;
