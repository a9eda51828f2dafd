/** Buckets of access logs of earlier versions. Pulumi chose their names, which do not have the stack in them, so the policies list each. */
import type { S3 } from "@aws-sdk/client-s3";
import type { Account, StackName } from "./names";
import { unlessMissing } from "./account-setting";

const OLD_NAME = /^access-logs-[0-9a-f]{7}$/;

export async function withOldBuckets(client: S3, account: Account, stack: StackName): Promise<StackName> {
    const { Buckets = [] } = await client.listBuckets({});
    const buckets: string[] = [];
    for (const Bucket of Buckets.flatMap(({ Name }) => Name ?? []).filter((name) => OLD_NAME.test(name))) {
        const tagging = client.getBucketTagging({ Bucket, ExpectedBucketOwner: account.id });
        const answer = await unlessMissing(tagging, "NoSuchTagSet", "NoSuchBucket");
        const tags = Object.fromEntries((answer?.TagSet ?? []).map(({ Key, Value }) => [Key, Value]));
        if (tags.Project === account.project && tags.Stack === stack.name) buckets.push(Bucket);
    }
    return { ...stack, buckets: buckets.sort() };
}
