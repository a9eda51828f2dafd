/** Whether a stack would leave the network that it is in: neither databases nor load balancers move to another VPC. */
import type { EC2Client, SecurityGroup, Vpc } from "@aws-sdk/client-ec2";
import type { Problem } from "../../components/aws-error";
import { type Owner, ownTags } from "../existing/owner";

type Ec2 = Pick<EC2Client, "send">;

export const MOVED_NEEDS = "ec2:DescribeSecurityGroups and ec2:DescribeVpcs";

export const tagFilters = (tags: Readonly<Record<string, string>>) =>
    Object.entries(tags).map(([key, value]) => ({ Name: `tag:${key}`, Values: [value] }));

/** The security groups that an earlier `up` of this stack made, in any VPC. */
export async function ownGroups(ec2: Ec2, owner: Owner): Promise<SecurityGroup[]> {
    const { DescribeSecurityGroupsCommand } = await import("@aws-sdk/client-ec2");
    const Filters = tagFilters(ownTags(owner));
    return (await ec2.send(new DescribeSecurityGroupsCommand({ Filters }))).SecurityGroups ?? [];
}

/** Whether the VPC was made by this stack. */
const isOwn = ({ Tags = [] }: Vpc, owner: Owner) =>
    Object.entries(ownTags(owner)).every(([key, value]) => Tags.some((tag) => tag.Key === key && tag.Value === value));

/** `existing` names a VPC, and the stack is in another one, or it is the stack's own. */
export function otherVpcProblems(vpc: Vpc, groups: readonly SecurityGroup[], owner: Owner): Problem[] {
    if (isOwn(vpc, owner)) {
        const what = `${vpc.VpcId} is the VPC that this stack made itself: named as one that exists, the \`up\` would delete it`;
        return [{ what, fix: "leave network.existing out" }];
    }
    const other = groups.find(({ VpcId }) => VpcId !== vpc.VpcId);
    if (!other) return [];
    const what = `this stack is in ${other.VpcId} (security group ${other.GroupId}), and network.existing names ${vpc.VpcId}`;
    return [
        { what, fix: `network.existing as it was before, or without it where the stack has its own; ${ELSEWHERE}` },
    ];
}

/** The stack file has no `existing`, and the stack is in a VPC that it did not make. */
export async function leftVpcProblems(ec2: Ec2, owner: Owner): Promise<Problem[]> {
    const groups = await ownGroups(ec2, owner);
    const ids = [...new Set(groups.flatMap(({ VpcId }) => VpcId ?? []))];
    if (ids.length === 0) return [];
    const { DescribeVpcsCommand } = await import("@aws-sdk/client-ec2");
    const Filters = [{ Name: "vpc-id", Values: ids }];
    const { Vpcs = [] } = await ec2.send(new DescribeVpcsCommand({ Filters }));
    return Vpcs.filter((vpc) => !isOwn(vpc, owner)).map(({ VpcId }) => {
        const group = groups.find((securityGroup) => securityGroup.VpcId === VpcId)!;
        const what = `this stack is in ${VpcId}, which it did not make (security group ${group.GroupId}), and the stack file has no network.existing`;
        return { what, fix: `network.existing as it was before; ${ELSEWHERE}` };
    });
}

const ELSEWHERE =
    "to be in another VPC, another stack, for neither databases nor load balancers move; or, where nothing is to be kept, " +
    "`npx identity destroy` with the stack file of before";
