import { expect } from "chai";
import { AccessLogBucket, type AccessLogBucketArgs } from "../../components/access-log-bucket";
import { Endpoint } from "../../components/endpoint";
import { ACCOUNT, make, PROJECT, STACK, statementsOf, VPC } from "./support";

const bucket = (args?: AccessLogBucketArgs) => make(() => ({ bucket: new AccessLogBucket("logs", args).bucket }));

describe("AccessLogBucket", () => {
    it("is a bucket with everything that a bucket needs", async () => {
        const made = await bucket();
        expect(made.childrenOf("identity.AccessLogBucket")).to.deep.equal([
            "aws.s3.Bucket logs",
            "aws.s3.BucketLifecycleConfiguration logs",
            "aws.s3.BucketPolicy logs",
            "aws.s3.BucketPublicAccessBlock logs",
            "aws.s3.BucketServerSideEncryptionConfiguration logs",
        ]);
        const { id } = made.one("aws.s3.Bucket");
        for (const { kind, inputs } of made.resources.filter(({ kind }) => /^aws\.s3\.Bucket./.test(kind))) {
            expect(inputs.bucket, kind).to.equal(id);
        }
    });

    it("is open to nobody, and encrypted", async () => {
        const made = await bucket();
        expect(made.inputs("aws.s3.BucketPublicAccessBlock")).to.include({
            blockPublicAcls: true,
            blockPublicPolicy: true,
            ignorePublicAcls: true,
            restrictPublicBuckets: true,
        });
        expect(made.inputs("aws.s3.BucketServerSideEncryptionConfiguration").rules).to.deep.equal([
            { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } },
        ]);
    });

    it("takes logs of this account, by the policy that AWS documents, and nothing without TLS", async () => {
        const made = await bucket();
        const { arn } = made.one("aws.s3.Bucket").outputs;
        expect(statementsOf(made.one("aws.s3.BucketPolicy"))).to.deep.equal([
            {
                Effect: "Allow",
                Principal: { Service: "logdelivery.elasticloadbalancing.amazonaws.com" },
                Action: "s3:PutObject",
                Resource: `${arn}/*/AWSLogs/${ACCOUNT}/*`,
            },
            {
                Effect: "Deny",
                Principal: "*",
                Action: "s3:*",
                Resource: [arn, `${arn}/*`],
                Condition: { Bool: { "aws:SecureTransport": "false" } },
            },
        ]);
    });

    for (const [days, expiration] of [
        [undefined, 90],
        [7, 7],
    ]) {
        it(`deletes a log after ${expiration} days where it is told ${days}`, async () => {
            const made = await bucket({ days });
            expect(made.inputs("aws.s3.BucketLifecycleConfiguration").rules).to.deep.equal([
                {
                    ...{ id: "expire", status: "Enabled", filter: { prefix: "" }, expiration: { days: expiration } },
                    abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
                },
            ]);
        });
    }

    for (const protect of [undefined, false, true]) {
        it(`is ${protect ? "kept" : "deleted with its logs"} where protect is ${protect}`, async () => {
            const made = await bucket({ protect });
            expect(made.inputs("aws.s3.Bucket")).to.include({ forceDestroy: !protect });
        });
    }

    it("is handed on once it may be written to", async () => {
        const made = await make(() => {
            const { bucket } = new AccessLogBucket("logs");
            new Endpoint("public", { vpc: VPC, allowedCidrs: [], accessLogBucket: bucket });
        });
        const loadBalancer = made.one("aws.lb.LoadBalancer");
        expect(loadBalancer.inputs.accessLogs).to.include({ bucket: made.one("aws.s3.Bucket").id });
        expect(made.waitsFor(loadBalancer)).to.include("aws.s3.BucketPolicy logs");
    });

    it("says in its name whose it is, and keeps the name that it has", async () => {
        const made = await make(() => void new AccessLogBucket("logs"));
        const bucket = made.one("aws.s3.Bucket");
        expect(bucket.inputs.bucket).to.equal(`${PROJECT}-${STACK}-logs-${ACCOUNT}`);
        expect(bucket.ignoreChanges).to.deep.equal(["bucket"]);
    });
});
