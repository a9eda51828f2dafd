import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { accountAndRegion } from "./iam";

/**
 * @example
 * const logs = new AccessLogBucket("logs", { days: 30 });
 * new Endpoint("public", { vpc, allowedCidrs: ["0.0.0.0/0"], https: { authority }, accessLogBucket: logs.bucket });
 */
export interface AccessLogBucketArgs {
    /** Days after which a log is deleted. @default 90 */
    days?: number;
    /** Keep the bucket while there are logs in it. @default false */
    protect?: boolean;
}

/** Says whose it is, so that a policy can tell it from another stack's: of a bucket's tags policies see nothing. */
export const accessLogBucketName = (name: string, project: string, stack: string, account: string) =>
    `${project}-${stack}-${name}-${account}`;

/** A bucket that load balancers of this account may write their access logs into, and nobody may read without TLS. */
export class AccessLogBucket extends pulumi.ComponentResource {
    /** Known once the load balancers may write: they try it when they are told the bucket's name. */
    readonly bucket: pulumi.Output<string>;

    constructor(name: string, args: AccessLogBucketArgs = {}, opts?: pulumi.ComponentResourceOptions) {
        super("identity:index:AccessLogBucket", name, {}, opts);
        const child = { parent: this };
        const { account } = accountAndRegion(this);
        const bucket = new aws.s3.Bucket(
            name,
            {
                bucket: account.apply((id) => accessLogBucketName(name, pulumi.getProject(), pulumi.getStack(), id)),
                forceDestroy: !args.protect,
            },
            // One that was made when names were Pulumi's keeps its name: another name is another bucket.
            { ...child, ignoreChanges: ["bucket"] },
        );
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
            {
                bucket: bucket.id,
                // The one encryption that log delivery of load balancers can write to (ELB user guide).
                rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }],
            },
            child,
        );
        new aws.s3.BucketLifecycleConfiguration(
            name,
            {
                bucket: bucket.id,
                rules: [
                    { id: "expire", status: "Enabled", filter: { prefix: "" }, expiration: { days: args.days ?? 90 } },
                ],
            },
            child,
        );
        const policy = new aws.s3.BucketPolicy(
            name,
            {
                bucket: bucket.id,
                policy: pulumi.jsonStringify({
                    Version: "2012-10-17",
                    Statement: [
                        {
                            Effect: "Allow",
                            Principal: { Service: "logdelivery.elasticloadbalancing.amazonaws.com" },
                            Action: "s3:PutObject",
                            // As AWS's own policy has it, without a condition: the account in the path is what keeps other
                            // accounts' load balancers out (ELB user guide, "Enable access logs for your Application Load Balancer").
                            Resource: pulumi.interpolate`${bucket.arn}/*/AWSLogs/${account}/*`,
                        },
                        {
                            Effect: "Deny",
                            Principal: "*", // everybody: what is denied is only to come without TLS
                            Action: "s3:*",
                            Resource: [bucket.arn, pulumi.interpolate`${bucket.arn}/*`],
                            Condition: { Bool: { "aws:SecureTransport": "false" } },
                        },
                    ],
                }),
            },
            child,
        );
        this.bucket = pulumi.all([bucket.bucket, policy.id]).apply(([id]) => id);
        this.registerOutputs({ bucket: this.bucket });
    }
}
