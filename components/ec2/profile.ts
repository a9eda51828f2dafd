import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { accountAndRegion, policyDocument, roleFor, SESSION_CHANNELS, type Statement } from "../iam";

/**
 * What SSM's agent needs to take sessions and commands, and nothing else. AWS's own AmazonSSMManagedInstanceCore reads any
 * parameter of the account, too. An instance has no ARN before its role is there.
 */
function managedBySsm(parent: pulumi.Resource): Statement[] {
    const { account, region, partition } = accountAndRegion(parent);
    return [
        {
            Effect: "Allow",
            Action: "ssm:UpdateInstanceInformation",
            Resource: pulumi.interpolate`arn:${partition}:ec2:${region}:${account}:instance/*`,
        },
        SESSION_CHANNELS,
    ];
}

/** The role that the instance has. */
export function managedInstanceProfile(name: string, parent: pulumi.Resource) {
    const role = roleFor(name, "ec2.amazonaws.com", { parent });
    const policy = new aws.iam.RolePolicy(
        name,
        { role: role.id, policy: policyDocument(managedBySsm(parent)) },
        { parent },
    );
    const profile = new aws.iam.InstanceProfile(name, { role: role.name }, { parent });
    return { profile, policy };
}
