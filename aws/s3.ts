/** Buckets. The deploy policy lists S3's actions in statements of its own, which are limited to the stack's buckets. */
import { PART, type ResourceType, type ResourceTypes } from "./resource-type";
import { named, PLAIN } from "./simulated";
import { shown } from "./state";
import { filled } from "./texts";

const READS = [
    "s3:GetAccelerateConfiguration",
    "s3:GetBucket*",
    "s3:GetEncryptionConfiguration",
    "s3:GetLifecycleConfiguration",
    "s3:GetReplicationConfiguration",
    "s3:ListBucket",
];

/** A setting of a bucket that is a resource of its own in Pulumi. */
const SETTING = {
    ...PART,
    simulated: PLAIN,
    texts: {},
    laptop: "left out",
    reads: READS,
    writes: [],
} satisfies ResourceType;

export const S3 = {
    "aws:s3/bucket:Bucket": {
        ...PART,
        simulated: { id: named, outputs: ({ id }) => ({ bucket: id, arn: `arn:aws:s3:::${id}` }) },
        cost: { use: () => "what buckets hold" },
        picture: { line: { title: "Access logs", one: "S3 bucket" } },
        ifLost: "a bucket, with what is in it",
        stays: ({ forceDestroy }, { bucket }) =>
            forceDestroy === true ? [] : [`AWS deletes a bucket only when it is empty; empty ${shown(bucket)} first`],
        texts: {
            bucket: filled({
                takes: /^[a-z0-9][a-z0-9.-]+[a-z0-9]$/,
                most: 63,
                words: "small letters, digits, . and -",
            }),
        },
        laptop: "rendered", // where a task role names it
        reads: READS,
        writes: [],
    },
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": SETTING,
    "aws:s3/bucketPolicy:BucketPolicy": SETTING,
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": SETTING,
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": SETTING,
} satisfies ResourceTypes;
