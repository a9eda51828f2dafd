import { expect } from "chai";
import { Bucket, bucketStatements } from "../../components/bucket";
import { Queue, queueStatements } from "../../components/queue";
import { Redis } from "../../components/redis";
import { make, VPC } from "./support";

describe("Redis", () => {
    const redis = (args: object = {}) =>
        make(() => {
            const made = new Redis("cache", { vpc: VPC, password: "p".repeat(48), kmsKeyArn: "arn:key", ...args });
            return { host: made.host };
        });

    it("is in isolated subnets, encrypted, over TLS alone and with a password", async () => {
        const made = await redis();
        expect(made.inputs("aws.elasticache.SubnetGroup").subnetIds).to.deep.equal(VPC.isolatedSubnetIds);
        expect(made.inputs("aws.elasticache.ReplicationGroup")).to.include({
            engine: "valkey",
            engineVersion: "8.0",
            nodeType: "cache.t4g.micro",
            numCacheClusters: 1,
            automaticFailoverEnabled: false,
            multiAzEnabled: false,
            atRestEncryptionEnabled: true,
            kmsKeyId: "arn:key",
            transitEncryptionEnabled: true,
            transitEncryptionMode: "required",
        });
        expect(made.all("aws.vpc.SecurityGroupIngressRule")).to.deep.equal([]); // nobody may connect by the way
        expect(made.outputs.host).to.match(/^master\.cache-/);
    });

    it("has a second node in another zone, where that is wanted, and refuses to go where it is protected", async () => {
        const made = await redis({ multiAz: true, protect: true, version: "7.2" });
        const group = made.one("aws.elasticache.ReplicationGroup");
        expect(group.inputs).to.include({
            numCacheClusters: 2,
            automaticFailoverEnabled: true,
            multiAzEnabled: true,
            engineVersion: "7.2",
        });
        expect(group.protect).to.equal(true);
    });
});

describe("Bucket", () => {
    it("is named after its stack, closed to the public, encrypted, and answers over TLS alone", async () => {
        const made = await make(() => ({ bucket: new Bucket("blog-files").bucket }));
        expect(made.outputs.bucket).to.equal("acme-test--blog-files-123456789012");
        const blocks = made.inputs("aws.s3.BucketPublicAccessBlock");
        expect(Object.values(blocks).filter((value) => value === true)).to.have.length(4);
        expect(made.all("aws.s3.BucketServerSideEncryptionConfiguration")).to.have.length(1);
        const { Statement } = JSON.parse(String(made.inputs("aws.s3.BucketPolicy").policy));
        expect(Statement).to.have.length(1);
        expect(Statement[0]).to.deep.include({
            Effect: "Deny",
            Action: "s3:*",
            Condition: { Bool: { "aws:SecureTransport": "false" } },
        });
    });

    for (const protect of [true, false]) {
        it(`${protect ? "keeps" : "deletes"} what is in it where protect is ${protect}`, async () => {
            const made = await make(() => ({ bucket: new Bucket("blog-files", { protect }).bucket }));
            const bucket = made.one("aws.s3.Bucket");
            expect([bucket.inputs.forceDestroy, bucket.protect === true]).to.deep.equal([!protect, protect]);
        });
    }

    it("may be read and written by whom its statements are for, and nothing else of S3", () => {
        const actions = bucketStatements("arn:aws:s3:::x").flatMap(({ Action }) => Action as string[]);
        expect(actions).to.include.members(["s3:ListBucket", "s3:GetObject", "s3:PutObject", "s3:DeleteObject"]);
        expect(actions.filter((action) => /\*|Policy|Acl|DeleteBucket/.test(action))).to.deep.equal([]);
    });
});

describe("Queue", () => {
    const queue = (args: object = {}) => make(() => ({ url: new Queue("blog-jobs", args).url }));
    const names = async (args: object) =>
        Object.fromEntries((await queue(args)).all("aws.sqs.Queue").map(({ name, inputs }) => [name, inputs]));

    it("puts what was taken five times among the dead letters, which it keeps for two weeks", async () => {
        const made = await names({ visibilitySeconds: 60 });
        expect(made["blog-jobs"]).to.include({ name: "acme-test-blog-jobs", visibilityTimeoutSeconds: 60 });
        const { deadLetterTargetArn, maxReceiveCount } = JSON.parse(String(made["blog-jobs"]!.redrivePolicy));
        expect(deadLetterTargetArn).to.match(/blog-jobs-dlq/);
        expect(maxReceiveCount).to.equal(5);
        expect(made["blog-jobs-dlq"]).to.include({ messageRetentionSeconds: 1209600 });
        for (const inputs of Object.values(made)) expect(inputs).to.include({ sqsManagedSseEnabled: true });
    });

    it("is in order with its dead letters, and both names say so", async () => {
        const made = await names({ fifo: true });
        for (const inputs of Object.values(made)) {
            expect(inputs).to.include({ fifoQueue: true });
            expect(inputs.name).to.match(/^acme-test-blog-jobs(-dlq)?\.fifo$/);
        }
    });

    it("takes TLS alone, and so do its dead letters", async () => {
        const policies = (await queue())
            .all("aws.sqs.QueuePolicy")
            .map(({ inputs }) => JSON.parse(String(inputs.policy)));
        expect(policies).to.have.length(2);
        for (const { Statement } of policies) {
            expect(Statement[0]).to.deep.include({
                Effect: "Deny",
                Action: "sqs:*",
                Condition: { Bool: { "aws:SecureTransport": "false" } },
            });
        }
    });

    it("may be filled and worked off by whom its statement is for, and not emptied or changed", () => {
        const [{ Action }] = queueStatements("arn:q") as unknown as [{ Action: string[] }];
        expect(Action).to.include.members(["sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage"]);
        expect(Action).not.to.include.members(["sqs:PurgeQueue"]);
        expect(Action.filter((action) => /Purge|Set|\*/.test(action))).to.deep.equal([]);
    });
});
