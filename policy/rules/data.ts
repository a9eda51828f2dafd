/** Policies for resources that store data: buckets, keys, parameters, log groups. */
import { secretByName } from "../secrets/names";
import type { Policy, PolicyResourceInStack, PolicyStack } from "../policy";
import { findingUnless } from "../policy";
import { listOf, type Statement, statements } from "./documents";

const BUCKETS = ["aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2"];
const ACCESS_BLOCKS = ["aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"];
const ENCRYPTIONS = [
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2",
];
const BUCKET_POLICIES = ["aws:s3/bucketPolicy:BucketPolicy"];

const BLOCKS = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"];

const ofBucket = (types: readonly string[], bucket: PolicyResourceInStack, stack: PolicyStack) =>
    stack
        .ofType(types)
        .filter((policyResourceInStack) =>
            policyResourceInStack.refersTo("bucket").some(({ urn }) => urn === bucket.urn),
        );

interface Key {
    enableKeyRotation?: boolean;
    customerMasterKeySpec?: string;
    keyUsage?: string;
}

export const DATA_POLICIES: readonly Policy[] = [
    {
        name: "s3-public-access-block",
        asks: "A bucket can be made public by nobody.",
        fix: `a BucketPublicAccessBlock with ${BLOCKS.join(", ")}`,
        dev: "mandatory",
        types: BUCKETS,
        checkInStack: (bucket, stack) => {
            const blocks = ofBucket(ACCESS_BLOCKS, bucket, stack);
            const open = BLOCKS.filter((block) => !blocks.some(({ inputs }) => inputs[block] === true));
            return findingUnless(open.length === 0, `it is without ${open.join(", ")}`);
        },
    },
    {
        name: "s3-encryption",
        asks: "How a bucket is encrypted is said.",
        fix: "a BucketServerSideEncryptionConfiguration, by AES256 or a key",
        dev: "mandatory",
        types: BUCKETS,
        checkInStack: (bucket, stack) =>
            findingUnless(ofBucket(ENCRYPTIONS, bucket, stack).length > 0, "its encryption is left to AWS's default"),
    },
    {
        name: "s3-tls-only",
        asks: "A bucket answers over TLS alone.",
        fix: "a BucketPolicy that denies s3:* to everybody where aws:SecureTransport is false, as AccessLogBucket has it",
        dev: "mandatory",
        types: BUCKETS,
        checkInStack: (bucket, stack) => {
            const policies = ofBucket(BUCKET_POLICIES, bucket, stack);
            const denied = policies.some(({ inputs }) =>
                statements(inputs.policy).some((statement) => deniesPlainText(statement, "s3:*")),
            );
            return findingUnless(denied, "it answers without TLS, too");
        },
    },
    {
        name: "sqs-encryption",
        asks: "A queue is encrypted, and that is said.",
        fix: "sqsManagedSseEnabled: true, or kmsMasterKeyId",
        dev: "mandatory",
        types: ["aws:sqs/queue:Queue"],
        check: ({ inputs: { sqsManagedSseEnabled, kmsMasterKeyId } }) =>
            findingUnless(
                sqsManagedSseEnabled === true || kmsMasterKeyId !== undefined,
                "its encryption is left to AWS's default",
            ),
    },
    {
        name: "redis-encryption",
        asks: "A Redis is encrypted on disk and on its way, and asks for a password.",
        fix: "atRestEncryptionEnabled, transitEncryptionEnabled and authToken, as Redis has them",
        dev: "mandatory",
        types: ["aws:elasticache/replicationGroup:ReplicationGroup"],
        check: ({ inputs }) => {
            const { atRestEncryptionEnabled, transitEncryptionEnabled, transitEncryptionMode, authToken } = inputs;
            const overTls = transitEncryptionEnabled === true && transitEncryptionMode !== "preferred";
            return [
                ...findingUnless(atRestEncryptionEnabled === true, "it is not encrypted on disk"),
                ...findingUnless(overTls, "it answers without TLS, too"),
                ...findingUnless(authToken !== undefined, "it asks for no password"),
            ];
        },
    },
    {
        name: "kms-rotation",
        asks: "A key is rotated every year.",
        fix: "enableKeyRotation: true",
        dev: "mandatory",
        types: ["aws:kms/key:Key"],
        check: ({ inputs }) => {
            const { enableKeyRotation, customerMasterKeySpec: spec, keyUsage: usage } = inputs as Key;
            // KMS rotates only symmetric encryption keys.
            const rotates =
                (spec ?? "SYMMETRIC_DEFAULT") === "SYMMETRIC_DEFAULT" &&
                (usage ?? "ENCRYPT_DECRYPT") === "ENCRYPT_DECRYPT";
            return findingUnless(!rotates || enableKeyRotation === true, "it is never rotated");
        },
    },
    {
        name: "ssm-own-key",
        asks: "A secret in SSM is a SecureString, encrypted by a key of the program.",
        fix: "type: SecureString, and keyId: the key of the stack's SecretStore",
        dev: "mandatory",
        types: ["aws:ssm/parameter:Parameter"],
        check: ({ inputs }) => {
            const { type, keyId, name = "" } = inputs as { type?: string; keyId?: string; name?: string };
            if (type === "SecureString") {
                const own = keyId !== undefined && keyId !== "alias/aws/ssm";
                return findingUnless(own, "it is encrypted by the account's own key, which everybody in it may use");
            }
            // Only a variable's name counts: that of an image or a heritage does not make a value secret.
            const variable = /(?:^|\/)([A-Z][A-Z0-9_]*)$/.exec(name)?.[1];
            return findingUnless(
                !variable || !secretByName(variable),
                `${variable} looks like a secret, and is in the clear`,
            );
        },
    },
    {
        name: "log-retention",
        asks: "A log group keeps its lines for a time that is said.",
        fix: "retentionInDays (`logRetentionDays` of a stack file)",
        dev: "mandatory",
        types: ["aws:cloudwatch/logGroup:LogGroup"],
        check: ({ inputs }) => findingUnless(Number(inputs.retentionInDays ?? 0) > 0, "it keeps everything for ever"),
    },
    {
        name: "log-key",
        asks: "A log group is under a key of the stack's, which closes it.",
        fix: "kmsKeyId: components/log-key.ts makes such a key",
        dev: "off",
        types: ["aws:cloudwatch/logGroup:LogGroup"],
        check: ({ inputs }) => findingUnless(inputs.kmsKeyId !== undefined, "CloudWatch alone has its key"),
    },
];

/** Whether a statement denies everybody all of a service, or everything, without TLS. */
export const deniesPlainText = ({ Effect, Action, Principal, Condition = {} }: Statement, all: string) =>
    Effect === "Deny" &&
    (Principal === "*" || (typeof Principal === "object" && listOf(Principal.AWS).includes("*"))) &&
    listOf(Action).some((action) => action === all || action === "*") &&
    String(Condition.Bool?.["aws:SecureTransport"]) === "false";
