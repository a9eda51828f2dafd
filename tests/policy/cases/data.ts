import type { Cases, Given } from "../support";

type Beside = NonNullable<Given["beside"]>[number];
const bucket = (...beside: Beside[]): Given => ({ type: "aws:s3/bucket:Bucket", name: "logs", inputs: {}, beside });
const block = (inputs: object): Beside => ({
    type: "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    name: "block",
    inputs: { bucket: "logs", ...inputs },
});
const ALL = { blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true };
const encryption = (of: string): Beside => ({
    type: "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    name: "encryption",
    inputs: { bucket: of },
});
const policy = (...statements: object[]): Beside => ({
    type: "aws:s3/bucketPolicy:BucketPolicy",
    name: "policy",
    inputs: { bucket: "logs", policy: JSON.stringify({ Statement: statements }) },
});
const withoutTls = { Bool: { "aws:SecureTransport": "false" } };
const key = (inputs: Record<string, unknown>): Given => ({ type: "aws:kms/key:Key", inputs });
const parameter = (inputs: Record<string, unknown>): Given => ({ type: "aws:ssm/parameter:Parameter", inputs });
const logGroup = (inputs: Record<string, unknown>): Given => ({ type: "aws:cloudwatch/logGroup:LogGroup", inputs });
const queue = (inputs: Record<string, unknown>): Given => ({ type: "aws:sqs/queue:Queue", inputs });
const redis = (changes: Record<string, unknown>): Given => ({
    type: "aws:elasticache/replicationGroup:ReplicationGroup",
    inputs: { atRestEncryptionEnabled: true, transitEncryptionEnabled: true, authToken: "…", ...changes },
});

export const DATA: Record<string, Cases> = {
    "s3-public-access-block": {
        passes: [bucket(block(ALL))],
        fails: [
            [bucket(), "it is without blockPublicAcls, blockPublicPolicy, ignorePublicAcls, restrictPublicBuckets"],
            [bucket(block({ ...ALL, ignorePublicAcls: false })), "it is without ignorePublicAcls"],
            [
                bucket(block({ ...ALL, bucket: "another" })),
                "it is without blockPublicAcls, blockPublicPolicy, ignorePublicAcls, restrictPublicBuckets",
            ],
        ],
    },
    "s3-encryption": {
        passes: [bucket(encryption("logs"))],
        fails: [
            [bucket(), "its encryption is left to AWS's default"],
            [bucket(encryption("another")), "its encryption is left to AWS's default"],
        ],
    },
    "s3-tls-only": {
        passes: [
            bucket(policy({ Effect: "Deny", Principal: "*", Action: "s3:*", Condition: withoutTls })),
            bucket(
                policy(
                    { Effect: "Allow", Principal: { AWS: "arn:aws:iam::123456789012:root" }, Action: "s3:GetObject" },
                    {
                        ...{ Effect: "Deny", Principal: { AWS: "*" }, Condition: withoutTls },
                        Action: ["s3:GetObject", "s3:*"],
                    },
                ),
            ),
        ],
        fails: [
            [bucket(), "it answers without TLS, too"],
            [
                bucket(policy({ Effect: "Deny", Principal: "*", Action: "s3:GetObject", Condition: withoutTls })),
                "it answers without TLS, too",
            ],
            [bucket(policy({ Effect: "Deny", Principal: "*", Action: "s3:*" })), "it answers without TLS, too"],
        ],
    },
    "sqs-encryption": {
        passes: [queue({ sqsManagedSseEnabled: true }), queue({ kmsMasterKeyId: "alias/jobs" })],
        fails: [
            [queue({}), "its encryption is left to AWS's default"],
            [queue({ sqsManagedSseEnabled: false }), "its encryption is left to AWS's default"],
        ],
    },
    "redis-encryption": {
        passes: [redis({})],
        fails: [
            [redis({ atRestEncryptionEnabled: undefined }), "it is not encrypted on disk"],
            [redis({ transitEncryptionEnabled: false }), "it answers without TLS, too"],
            [redis({ transitEncryptionMode: "preferred" }), "it answers without TLS, too"],
            [redis({ authToken: undefined }), "it asks for no password"],
        ],
    },
    "kms-rotation": {
        passes: [
            key({ enableKeyRotation: true }),
            key({ customerMasterKeySpec: "RSA_2048", keyUsage: "SIGN_VERIFY" }),
            key({ keyUsage: "GENERATE_VERIFY_MAC" }),
        ],
        fails: [
            [key({}), "it is never rotated"],
            [key({ enableKeyRotation: false, customerMasterKeySpec: "SYMMETRIC_DEFAULT" }), "it is never rotated"],
        ],
    },
    "ssm-own-key": {
        passes: [
            parameter({ type: "SecureString", keyId: "arn:aws:kms:eu-west-1:123456789012:key/1", name: "/p/s/a/KEY" }),
            parameter({ type: "String", name: "/p/s/versions/keycloak/running" }),
            parameter({ type: "String", name: "/p/s/images/passport" }),
        ],
        fails: [
            [
                parameter({ type: "SecureString", name: "/p/s/a/KEY" }),
                "it is encrypted by the account's own key, which everybody in it may use",
            ],
            [
                parameter({ type: "SecureString", keyId: "alias/aws/ssm" }),
                "it is encrypted by the account's own key, which everybody in it may use",
            ],
            [
                parameter({ type: "String", name: "/p/s/a/DB_PASSWORD" }),
                "DB_PASSWORD looks like a secret, and is in the clear",
            ],
        ],
    },
    "log-retention": {
        passes: [logGroup({ retentionInDays: 14 })],
        fails: [
            [logGroup({}), "it keeps everything for ever"],
            [logGroup({ retentionInDays: 0 }), "it keeps everything for ever"],
        ],
    },
    "log-key": {
        passes: [logGroup({ kmsKeyId: "arn:aws:kms:eu-west-1:123456789012:key/logs" })],
        fails: [[logGroup({}), "CloudWatch alone has its key"]],
    },
};
