/** Security groups of what bindings lead to (`uses: { db: { host: { security_group: sg-… } } }`): whether they are there, and where. */
import type { EC2Client } from "@aws-sdk/client-ec2";
import type { Problem } from "../../components/aws-error";
import type { PlatformConfig } from "../../config/defaults";

export const GROUPS_NEED = "ec2:DescribeSecurityGroups";

/** The groups that bindings name, each with the first place that names it. */
export function namedGroups({ heritages }: PlatformConfig): Map<string, string> {
    const all = Object.entries(heritages).flatMap(([heritage, { uses }]) =>
        Object.entries(uses).flatMap(([name, { host }]): [string, string][] =>
            host?.securityGroup === undefined
                ? []
                : [[host.securityGroup, `uses.${name} of heritages/${heritage}.yml`]],
        ),
    );
    return new Map(all.reverse());
}

export async function groupProblems(
    ec2: Pick<EC2Client, "send">,
    groups: ReadonlyMap<string, string>,
    vpcId: string,
): Promise<Problem[]> {
    const { DescribeSecurityGroupsCommand } = await import("@aws-sdk/client-ec2");
    // A filter: an id in `GroupIds` that is nobody's is an error, and not an empty answer.
    const Filters = [{ Name: "group-id", Values: [...groups.keys()] }];
    const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand({ Filters }));
    return [...groups].flatMap(([id, by]): Problem[] => {
        const found = SecurityGroups.find(({ GroupId }) => GroupId === id);
        const fix = "security_group: the group that the database, or whatever it is, has in the stack's VPC";
        if (!found) return [{ what: `there is no security group ${id} in this account and region (${by})`, fix }];
        if (found.VpcId === vpcId) return [];
        return [{ what: `the security group ${id} is in ${found.VpcId}, and the stack in ${vpcId} (${by})`, fix }];
    });
}
