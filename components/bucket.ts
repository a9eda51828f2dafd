import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { accountAndRegion, type Statement } from "./iam";
import { keepPrivate } from "./private-bucket";

/**
 * @example
 * const files = new Bucket("blog-files");
 * // a FargateService with taskRoleStatements: bucketStatements(files.arn)
 */
export interface BucketArgs {
    /** Keep the bucket while there are objects in it. @default false */
    protect?: boolean;
}

/**
 * Two dashes behind the stack: of the stacks dev and dev-2 neither's buckets are a pattern of the other's. A policy tells a stack's
 * buckets by their names, since it sees nothing of their tags.
 */
export const bucketName = (name: string, project: string, stack: string, account: string) =>
    `${project}-${stack}--${name}-${account}`;

/** Days after which an upload in parts that nobody ended is thrown away: its parts cost, and nobody sees them. */
const UNFINISHED_DAYS = 7;

/** A bucket of an application: nobody can make it public, and it answers over TLS alone. */
export class Bucket extends pulumi.ComponentResource {
    readonly bucket: pulumi.Output<string>;
    readonly arn: pulumi.Output<string>;

    constructor(name: string, args: BucketArgs = {}, opts?: pulumi.ComponentResourceOptions) {
        super("identity:index:Bucket", name, {}, opts);
        const { account } = accountAndRegion(this);
        const bucket = new aws.s3.Bucket(
            name,
            {
                bucket: account.apply((id) => bucketName(name, pulumi.getProject(), pulumi.getStack(), id)),
                forceDestroy: !args.protect,
            },
            { parent: this, protect: args.protect },
        );
        const unfinished = {
            id: "unfinished-uploads",
            status: "Enabled",
            filter: { prefix: "" },
            abortIncompleteMultipartUpload: { daysAfterInitiation: UNFINISHED_DAYS },
        };
        this.bucket = keepPrivate(name, bucket, { rules: [unfinished] }, this);
        this.arn = bucket.arn;
        this.registerOutputs({ bucket: this.bucket, arn: this.arn });
    }
}

/** What an application needs to keep files in a bucket. */
export const bucketStatements = (arn: pulumi.Input<string>): Statement[] => [
    { Effect: "Allow", Action: [...BUCKET_ACTIONS], Resource: arn },
    { Effect: "Allow", Action: [...OBJECT_ACTIONS], Resource: pulumi.interpolate`${arn}/*` },
];

export const BUCKET_ACTIONS = ["s3:ListBucket", "s3:GetBucketLocation", "s3:ListBucketMultipartUploads"] as const;
export const OBJECT_ACTIONS = [
    "s3:GetObject",
    "s3:PutObject",
    "s3:DeleteObject",
    "s3:AbortMultipartUpload",
    "s3:ListMultipartUploadParts",
] as const;
