import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { accountAndRegion } from "./iam";

interface ServiceKeyArgs {
    description: string;
    /** Days between the deletion of the key and its end. */
    deletionWindowInDays: number;
    /** What lets the service in, which AWS's default policy does not. */
    statement: object;
}

/** A key that a service of AWS uses by itself: it has to be let in by the key's policy, which cannot be changed later. */
export function serviceKey(name: string, args: ServiceKeyArgs, parent: pulumi.Resource): aws.kms.Key {
    const { description, deletionWindowInDays, statement } = args;
    const { account, partition } = accountAndRegion(parent);
    return new aws.kms.Key(
        name,
        {
            description,
            enableKeyRotation: true,
            deletionWindowInDays,
            // KMS would refuse the policy where who deploys may not change it later (KMS API reference, CreateKey). Nobody has to.
            bypassPolicyLockoutSafetyCheck: true,
            policy: pulumi.jsonStringify({
                Version: "2012-10-17",
                Statement: [
                    {
                        Sid: "Account", // its IAM policies decide, as for a key without a policy
                        Effect: "Allow",
                        Principal: { AWS: pulumi.interpolate`arn:${partition}:iam::${account}:root` },
                        Action: "kms:*",
                        Resource: "*",
                    },
                    statement,
                ],
            }),
        },
        { parent },
    );
}
