import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { accountAndRegion, policyDocument, SESSION_CHANNELS, type Statement } from "../iam";

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

/**
 * The role that the instance has. Its trust has no SourceAccount: EC2 sends none, and a role gets to an instance by iam:PassRole
 * in its own account alone.
 */
export function managedInstanceProfile(name: string, parent: pulumi.Resource) {
    const role = new aws.iam.Role(
        name,
        {
            assumeRolePolicy: pulumi.jsonStringify({
                Version: "2012-10-17",
                Statement: [{ Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }],
            }),
        },
        { parent },
    );
    const policy = new aws.iam.RolePolicy(
        name,
        { role: role.id, policy: policyDocument(managedBySsm(parent)) },
        { parent },
    );
    const profile = new aws.iam.InstanceProfile(name, { role: role.name }, { parent });
    return { profile, policy };
}
