/** The bucket of the stacks' state, and the key that encrypts the bucket and the secrets in the state. */
import type { KMS } from "@aws-sdk/client-kms";
import type { BucketLocationConstraint, LifecycleRule, S3 } from "@aws-sdk/client-s3";
import { UsageError } from "../shared/errors";
import { sameDocument } from "./document";
import { type Account, bucketName, keyAlias, tags } from "./names";
import { bucketPolicy, keyPolicy } from "./policies";
import { type Difference, unlessMissing, type AccountSetting } from "./account-setting";

/** Days that S3 keeps older versions of a state, to undo mistakes. */
const OLD_VERSION_DAYS = 90;

/** Filled in once the key exists. */
export interface Known {
    keyArn?: string;
}

export function stateKey(client: KMS, account: Account, known: Known): AccountSetting {
    const alias = keyAlias(account);
    const name = (TargetKeyId: string) => client.createAlias({ AliasName: alias, TargetKeyId });
    const make = async () => {
        const { KeyMetadata } = await client.createKey({
            Description: `State of the stacks of ${account.project}, and the secrets in it`,
            Policy: keyPolicy(account),
            Tags: Object.entries(tags(account)).map(([TagKey, TagValue]) => ({ TagKey, TagValue })),
        });
        await name(KeyMetadata!.KeyId!);
    };
    const look = async () => {
        const found = await unlessMissing(client.describeKey({ KeyId: alias }), "NotFoundException");
        if (!found) {
            const nameless = await withoutAlias(client, account);
            known.keyArn = nameless;
            return nameless
                ? [{ what: "name the key that an earlier run left without a name", put: () => name(nameless) }]
                : [{ what: "make it: rotated yearly", put: make }];
        }
        const { Arn, KeyId, KeyState } = found.KeyMetadata!;
        known.keyArn = Arn;
        if (KeyState === "PendingDeletion") {
            const put = () => client.cancelKeyDeletion({ KeyId });
            return [{ what: "cancel its deletion: without it no state can be read", put }];
        }
        if (KeyState === "Disabled") return [{ what: "enable it", put: () => client.enableKey({ KeyId }) }];
        const differences: Difference[] = [];
        if (!(await client.getKeyRotationStatus({ KeyId })).KeyRotationEnabled) {
            differences.push({
                what: "turn its yearly rotation on",
                put: () => client.enableKeyRotation({ KeyId }),
            });
        }
        const ofKey = { KeyId, PolicyName: "default" };
        const policy = keyPolicy(account);
        if (!sameDocument((await client.getKeyPolicy(ofKey)).Policy, policy)) {
            const put = () => client.putKeyPolicy({ ...ofKey, Policy: policy });
            differences.push({ what: "set its policy: IAM decides who uses it", put });
        }
        return differences;
    };
    return { what: "KMS key", name: alias, look };
}

/** A key with our tags and without an alias: a run was interrupted between creating the key and the alias. */
async function withoutAlias(client: KMS, account: Account): Promise<string | undefined> {
    const { paginateListKeys } = await import("@aws-sdk/client-kms");
    for await (const { Keys = [] } of paginateListKeys({ client }, {})) {
        for (const { KeyId, KeyArn } of Keys) {
            const answer = await unlessMissing(
                client.listResourceTags({ KeyId }),
                "AccessDeniedException", // AWS's own keys, and those of others
                "NotFoundException",
            );
            const found = Object.fromEntries((answer?.Tags ?? []).map(({ TagKey, TagValue }) => [TagKey, TagValue]));
            if (!Object.entries(tags(account)).every(([key, value]) => found[key] === value)) continue;
            if ((await client.describeKey({ KeyId })).KeyMetadata?.KeyState === "Enabled") return KeyArn;
        }
    }
    return undefined;
}

export function stateBucket(client: S3, account: Account, known: Known): AccountSetting {
    const Bucket = bucketName(account);
    // Fails for a bucket of this name in another account, which would otherwise get the state.
    const its = { Bucket, ExpectedBucketOwner: account.id };
    const LocationConstraint = account.region as BucketLocationConstraint;
    const make = () =>
        client.createBucket({
            Bucket,
            ObjectOwnership: "BucketOwnerEnforced",
            // S3 takes no location constraint in us-east-1.
            ...(account.region !== "us-east-1" && { CreateBucketConfiguration: { LocationConstraint } }),
        });
    const look = async (): Promise<Difference[]> => {
        if (!(await exists(client, its)))
            return [{ what: "make it: versioned, encrypted by the key, private, TLS only", put: make }];
        const found = settings(client, its, account, known).map(async (setting) =>
            (await setting.isRight()) ? [] : [setting],
        );
        return (await Promise.all(found)).flat();
    };
    return { what: "S3 bucket", name: Bucket, look };
}

interface Its {
    Bucket: string;
    ExpectedBucketOwner: string;
}

async function exists(client: S3, its: Its): Promise<boolean> {
    try {
        await client.headBucket(its);
        return true;
    } catch (error) {
        const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
        if (status === 404) return false;
        if (status !== 403 && status !== 301) throw error;
        throw new UsageError(
            `the bucket ${its.Bucket} exists, but AWS refuses it to the account ${its.ExpectedBucketOwner} (${status}): it is ` +
                "somebody else's, is in another region, or these credentials may not see it (s3:ListBucket)",
        );
    }
}

/** What is set of the bucket. */
const settings = (client: S3, its: Its, account: Account, { keyArn }: Known): (Difference & IsRight)[] => [
    {
        what: "turn versioning on",
        isRight: async () => (await client.getBucketVersioning(its)).Status === "Enabled",
        put: () => client.putBucketVersioning({ ...its, VersioningConfiguration: { Status: "Enabled" } }),
    },
    {
        what: "encrypt it by the key",
        isRight: async () => {
            const call = client.getBucketEncryption(its);
            const answer = await unlessMissing(call, "ServerSideEncryptionConfigurationNotFoundError");
            const [rule, ...more] = answer?.ServerSideEncryptionConfiguration?.Rules ?? [];
            const { SSEAlgorithm, KMSMasterKeyID } = rule?.ApplyServerSideEncryptionByDefault ?? {};
            const byKey = SSEAlgorithm === "aws:kms" && KMSMasterKeyID === keyArn && rule?.BucketKeyEnabled === true;
            return byKey && more.length === 0;
        },
        put: () => {
            const byKey = { SSEAlgorithm: "aws:kms", KMSMasterKeyID: keyArn } as const;
            // With a bucket key the encryption context is the bucket's ARN, which the roles' policies name, and KMS is called less.
            const Rules = [{ ApplyServerSideEncryptionByDefault: byKey, BucketKeyEnabled: true }];
            return client.putBucketEncryption({ ...its, ServerSideEncryptionConfiguration: { Rules } });
        },
    },
    {
        what: "block public access",
        isRight: async () => {
            const call = client.getPublicAccessBlock(its);
            const answer = await unlessMissing(call, "NoSuchPublicAccessBlockConfiguration");
            const found: Partial<typeof PRIVATE> = answer?.PublicAccessBlockConfiguration ?? {};
            return Object.keys(PRIVATE).every((key) => found[key as keyof typeof PRIVATE] === true);
        },
        put: () => client.putPublicAccessBlock({ ...its, PublicAccessBlockConfiguration: PRIVATE }),
    },
    {
        what: "turn access lists (ACLs) off",
        isRight: async () => {
            const call = client.getBucketOwnershipControls(its);
            const answer = await unlessMissing(call, "OwnershipControlsNotFoundError");
            return answer?.OwnershipControls?.Rules?.[0]?.ObjectOwnership === "BucketOwnerEnforced";
        },
        put: () => {
            const OwnershipControls = { Rules: [{ ObjectOwnership: "BucketOwnerEnforced" as const }] };
            return client.putBucketOwnershipControls({ ...its, OwnershipControls });
        },
    },
    {
        what: "set its policy: TLS only",
        isRight: async () => {
            const answer = await unlessMissing(client.getBucketPolicy(its), "NoSuchBucketPolicy");
            return sameDocument(answer?.Policy, bucketPolicy(account));
        },
        put: () => client.putBucketPolicy({ ...its, Policy: bucketPolicy(account) }),
    },
    {
        what: `delete old versions after ${OLD_VERSION_DAYS} days`,
        isRight: async () => {
            const call = client.getBucketLifecycleConfiguration(its);
            const [rule, ...more] = (await unlessMissing(call, "NoSuchLifecycleConfiguration"))?.Rules ?? [];
            const { NoncurrentVersionExpiration: old, Expiration: expiration } = rule ?? {};
            const oldGo = old?.NoncurrentDays === OLD_VERSION_DAYS && old.NewerNoncurrentVersions === undefined;
            const othersStay = expiration?.ExpiredObjectDeleteMarker === true && expiration.Days === undefined;
            return rule?.Status === "Enabled" && oldGo && othersStay && more.length === 0;
        },
        put: () => client.putBucketLifecycleConfiguration({ ...its, LifecycleConfiguration: { Rules: [OLD_GO] } }),
    },
];

interface IsRight {
    isRight(): Promise<boolean>;
}

const PRIVATE = {
    BlockPublicAcls: true,
    BlockPublicPolicy: true,
    IgnorePublicAcls: true,
    RestrictPublicBuckets: true,
};

const OLD_GO: LifecycleRule = {
    ID: "old-versions",
    Status: "Enabled",
    Filter: { Prefix: "" },
    NoncurrentVersionExpiration: { NoncurrentDays: OLD_VERSION_DAYS },
    Expiration: { ExpiredObjectDeleteMarker: true }, // each run leaves a delete marker of its lock
    AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
};
