/** The bucket of the stacks' state, and the key that encrypts the bucket and the secrets in the state. */
import * as kms from "@aws-sdk/client-kms";
import * as s3 from "@aws-sdk/client-s3";
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

export function stateKey(client: Pick<kms.KMSClient, "send">, account: Account, known: Known): AccountSetting {
    const alias = keyAlias(account);
    const make = async () => {
        const { KeyMetadata } = await client.send(
            new kms.CreateKeyCommand({
                Description: `State of the stacks of ${account.project}, and the secrets in it`,
                Policy: keyPolicy(account),
                Tags: Object.entries(tags(account)).map(([TagKey, TagValue]) => ({ TagKey, TagValue })),
            }),
        );
        await name(KeyMetadata!.KeyId!);
    };
    const name = (TargetKeyId: string) => client.send(new kms.CreateAliasCommand({ AliasName: alias, TargetKeyId }));
    const look = async () => {
        const found = await unlessMissing(
            client.send(new kms.DescribeKeyCommand({ KeyId: alias })),
            "NotFoundException",
        );
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
            const put = () => client.send(new kms.CancelKeyDeletionCommand({ KeyId }));
            return [{ what: "cancel its deletion: without it no state can be read", put }];
        }
        const differences: Difference[] = [];
        if (KeyState === "Disabled") {
            const put = () => client.send(new kms.EnableKeyCommand({ KeyId }));
            return [{ what: "enable it", put }];
        }
        if (!(await client.send(new kms.GetKeyRotationStatusCommand({ KeyId }))).KeyRotationEnabled) {
            const put = () => client.send(new kms.EnableKeyRotationCommand({ KeyId }));
            differences.push({ what: "turn its yearly rotation on", put });
        }
        const { Policy } = await client.send(new kms.GetKeyPolicyCommand({ KeyId, PolicyName: "default" }));
        const policy = keyPolicy(account);
        if (!sameDocument(Policy, policy)) {
            const put = () =>
                client.send(new kms.PutKeyPolicyCommand({ KeyId, PolicyName: "default", Policy: policy }));
            differences.push({ what: "set its policy: IAM decides who uses it", put });
        }
        return differences;
    };
    return { what: "KMS key", name: alias, look };
}

/** A key with our tags and without an alias: a run was interrupted between creating the key and the alias. */
async function withoutAlias(client: Pick<kms.KMSClient, "send">, account: Account): Promise<string | undefined> {
    for (let Marker: string | undefined; ;) {
        const page: kms.ListKeysCommandOutput = await client.send(new kms.ListKeysCommand({ Marker }));
        for (const { KeyId, KeyArn } of page.Keys ?? []) {
            const answer = await unlessMissing(
                client.send(new kms.ListResourceTagsCommand({ KeyId })),
                "AccessDeniedException", // AWS's own keys, and those of others
                "NotFoundException",
            );
            const found = Object.fromEntries((answer?.Tags ?? []).map(({ TagKey, TagValue }) => [TagKey, TagValue]));
            if (!Object.entries(tags(account)).every(([key, value]) => found[key] === value)) continue;
            const { KeyMetadata } = await client.send(new kms.DescribeKeyCommand({ KeyId }));
            if (KeyMetadata?.KeyState === "Enabled") return KeyArn;
        }
        if (!page.Truncated) return undefined;
        Marker = page.NextMarker;
    }
}

type Client = Pick<s3.S3Client, "send">;

export function stateBucket(client: Client, account: Account, known: Known): AccountSetting {
    const Bucket = bucketName(account);
    // Fails for a bucket of this name in another account, which would otherwise get the state.
    const its = { Bucket, ExpectedBucketOwner: account.id };
    const make = () =>
        client.send(
            new s3.CreateBucketCommand({
                Bucket,
                ObjectOwnership: "BucketOwnerEnforced",
                ...(account.region === "us-east-1"
                    ? {} // S3 takes no location constraint there
                    : {
                          CreateBucketConfiguration: {
                              LocationConstraint: account.region as s3.BucketLocationConstraint,
                          },
                      }),
            }),
        );
    const look = async (): Promise<Difference[]> => {
        if (!(await exists(client, its)))
            return [{ what: "make it: versioned, encrypted by the key, private, TLS only", put: make }];
        const settings = [versioning, encryption, privacy, ownership, tlsOnly, lifecycle];
        const differences = await Promise.all(settings.map((setting) => setting(client, its, account, known)));
        return differences.filter((difference) => difference !== undefined);
    };
    return { what: "S3 bucket", name: Bucket, look };
}

async function exists(client: Client, its: Its): Promise<boolean> {
    try {
        await client.send(new s3.HeadBucketCommand(its));
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

interface Its {
    Bucket: string;
    ExpectedBucketOwner: string;
}
type Setting = (client: Client, its: Its, account: Account, known: Known) => Promise<Difference | undefined>;

const versioning: Setting = async (client, its) => {
    const { Status } = await client.send(new s3.GetBucketVersioningCommand(its));
    if (Status === "Enabled") return undefined;
    const put = () =>
        client.send(new s3.PutBucketVersioningCommand({ ...its, VersioningConfiguration: { Status: "Enabled" } }));
    return { what: "turn versioning on", put };
};

const encryption: Setting = async (client, its, _account, known) => {
    const answer = await unlessMissing(
        client.send(new s3.GetBucketEncryptionCommand(its)),
        "ServerSideEncryptionConfigurationNotFoundError",
    );
    const [rule, ...more] = answer?.ServerSideEncryptionConfiguration?.Rules ?? [];
    const { SSEAlgorithm, KMSMasterKeyID } = rule?.ApplyServerSideEncryptionByDefault ?? {};
    const right = SSEAlgorithm === "aws:kms" && KMSMasterKeyID === known.keyArn && rule?.BucketKeyEnabled === true;
    if (right && more.length === 0) return undefined;
    const put = () =>
        client.send(
            new s3.PutBucketEncryptionCommand({
                ...its,
                ServerSideEncryptionConfiguration: {
                    Rules: [
                        {
                            ApplyServerSideEncryptionByDefault: {
                                SSEAlgorithm: "aws:kms",
                                KMSMasterKeyID: known.keyArn,
                            },
                            // With a bucket key the encryption context is the bucket's ARN, which the roles' policies name, and KMS is called less.
                            BucketKeyEnabled: true,
                        },
                    ],
                },
            }),
        );
    return { what: "encrypt it by the key", put };
};

const PRIVATE = {
    BlockPublicAcls: true,
    BlockPublicPolicy: true,
    IgnorePublicAcls: true,
    RestrictPublicBuckets: true,
};

const privacy: Setting = async (client, its) => {
    const answer = await unlessMissing(
        client.send(new s3.GetPublicAccessBlockCommand(its)),
        "NoSuchPublicAccessBlockConfiguration",
    );
    const found: Partial<typeof PRIVATE> = answer?.PublicAccessBlockConfiguration ?? {};
    if (Object.keys(PRIVATE).every((key) => found[key as keyof typeof PRIVATE] === true)) return undefined;
    const put = () =>
        client.send(new s3.PutPublicAccessBlockCommand({ ...its, PublicAccessBlockConfiguration: PRIVATE }));
    return { what: "block public access", put };
};

const ownership: Setting = async (client, its) => {
    const answer = await unlessMissing(
        client.send(new s3.GetBucketOwnershipControlsCommand(its)),
        "OwnershipControlsNotFoundError",
    );
    if (answer?.OwnershipControls?.Rules?.[0]?.ObjectOwnership === "BucketOwnerEnforced") return undefined;
    const OwnershipControls = { Rules: [{ ObjectOwnership: "BucketOwnerEnforced" as const }] };
    const put = () => client.send(new s3.PutBucketOwnershipControlsCommand({ ...its, OwnershipControls }));
    return { what: "turn access lists (ACLs) off", put };
};

const tlsOnly: Setting = async (client, its, account) => {
    const answer = await unlessMissing(client.send(new s3.GetBucketPolicyCommand(its)), "NoSuchBucketPolicy");
    const Policy = bucketPolicy(account);
    if (sameDocument(answer?.Policy, Policy)) return undefined;
    const put = () => client.send(new s3.PutBucketPolicyCommand({ ...its, Policy }));
    return { what: "set its policy: TLS only", put };
};

const lifecycle: Setting = async (client, its) => {
    const answer = await unlessMissing(
        client.send(new s3.GetBucketLifecycleConfigurationCommand(its)),
        "NoSuchLifecycleConfiguration",
    );
    const [rule, ...more] = answer?.Rules ?? [];
    const right =
        rule?.Status === "Enabled" &&
        rule.NoncurrentVersionExpiration?.NoncurrentDays === OLD_VERSION_DAYS &&
        rule.NoncurrentVersionExpiration.NewerNoncurrentVersions === undefined &&
        rule.Expiration?.ExpiredObjectDeleteMarker === true &&
        rule.Expiration.Days === undefined;
    if (right && more.length === 0) return undefined;
    const rules: s3.LifecycleRule[] = [
        {
            ID: "old-versions",
            Status: "Enabled",
            Filter: { Prefix: "" },
            NoncurrentVersionExpiration: { NoncurrentDays: OLD_VERSION_DAYS },
            Expiration: { ExpiredObjectDeleteMarker: true }, // each run leaves a delete marker of its lock
            AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
        },
    ];
    const put = () =>
        client.send(
            new s3.PutBucketLifecycleConfigurationCommand({ ...its, LifecycleConfiguration: { Rules: rules } }),
        );
    return { what: `delete old versions after ${OLD_VERSION_DAYS} days`, put };
};
