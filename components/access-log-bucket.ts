import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { accountAndRegion } from "./iam";
import { keepPrivate } from "./private-bucket";

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

/** A bucket that load balancers of this account may write their access logs and connection logs into, and nobody may read without TLS. */
export class AccessLogBucket extends pulumi.ComponentResource {
    /** Known once the load balancers may write: they try it when they are told the bucket's name. */
    readonly bucket: pulumi.Output<string>;

    constructor(name: string, args: AccessLogBucketArgs = {}, opts?: pulumi.ComponentResourceOptions) {
        super("identity:index:AccessLogBucket", name, {}, opts);
        const { account } = accountAndRegion(this);
        const bucket = new aws.s3.Bucket(
            name,
            {
                bucket: account.apply((id) => accessLogBucketName(name, pulumi.getProject(), pulumi.getStack(), id)),
                forceDestroy: !args.protect,
            },
            // One that was made when names were Pulumi's keeps its name: another name is another bucket.
            { parent: this, ignoreChanges: ["bucket"] },
        );
        const expire = {
            id: "expire",
            status: "Enabled",
            filter: { prefix: "" },
            expiration: { days: args.days ?? 90 },
            abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
        };
        const delivery = {
            Effect: "Allow",
            Principal: { Service: "logdelivery.elasticloadbalancing.amazonaws.com" },
            Action: "s3:PutObject",
            // As AWS's own policy has it, without a condition: the account in the path is what keeps other accounts' load balancers
            // out (ELB user guide, "Enable access logs for your Application Load Balancer").
            Resource: pulumi.interpolate`${bucket.arn}/*/AWSLogs/${account}/*`,
        };
        this.bucket = keepPrivate(name, bucket, { rules: [expire], allowed: [delivery] }, this);
        this.registerOutputs({ bucket: this.bucket });
    }
}
