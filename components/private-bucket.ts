import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { deniedWithoutTls } from "./tls-only";

interface PrivateBucketSettings {
    /** What is deleted, and when. */
    rules: aws.types.input.s3.BucketLifecycleConfigurationRule[];
    /** Whom the bucket's policy allows something. @default nobody: roles' policies do */
    allowed?: object[];
}

/**
 * What every bucket of the program has: nobody can make it public, it is encrypted by S3's own key (the one encryption that log delivery
 * of load balancers can write to, ELB user guide), and it answers over TLS alone. Returns its name, known once the policy is in force.
 */
export function keepPrivate(
    name: string,
    bucket: aws.s3.Bucket,
    { rules, allowed = [] }: PrivateBucketSettings,
    parent: pulumi.Resource,
): pulumi.Output<string> {
    const child = { parent };
    new aws.s3.BucketPublicAccessBlock(
        name,
        {
            bucket: bucket.id,
            blockPublicAcls: true,
            blockPublicPolicy: true,
            ignorePublicAcls: true,
            restrictPublicBuckets: true,
        },
        child,
    );
    new aws.s3.BucketServerSideEncryptionConfiguration(
        name,
        { bucket: bucket.id, rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }] },
        child,
    );
    new aws.s3.BucketLifecycleConfiguration(name, { bucket: bucket.id, rules }, child);
    const everything = [bucket.arn, pulumi.interpolate`${bucket.arn}/*`];
    const policy = new aws.s3.BucketPolicy(
        name,
        {
            bucket: bucket.id,
            policy: pulumi.jsonStringify({
                Version: "2012-10-17",
                Statement: [...allowed, deniedWithoutTls("s3:*", everything)],
            }),
        },
        child,
    );
    return pulumi.all([bucket.bucket, policy.id]).apply(([id]) => id);
}
