import { X509Certificate } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { type Prepared, prepare } from "../../../automation/local/prepare";
import { network, projectWith, service, stackFile } from "./support";

const DIGEST = `example.com/shop@sha256:${"a".repeat(64)}`;
const HERITAGES = {
    shop: [
        `image: ${DIGEST}`,
        "uses:",
        "    cache: { redis: {} }",
        "    files: { bucket: {} }",
        "    archive: { bucket: { existing: acme-archive } }",
        "    jobs: { queue: { visibility_seconds: 60 } }",
        "    bills: { queue: { existing: acme-bills.fifo } }",
        "services: { worker: { count: 1, command: [work] } }",
    ],
    blog: [`image: ${DIGEST}`, "services: { worker: { count: 1, command: [work] } }"],
};

describe("Redis, S3 and SQS on this machine", () => {
    let stack: Prepared;
    before(async () => {
        const root = projectWith(
            stackFile("identity:publicEndpoint: { plainHttp: true }", "identity:heritages: [shop, blog]"),
        );
        mkdirSync(path.join(root, "heritages"));
        for (const [name, lines] of Object.entries(HERITAGES)) {
            writeFileSync(path.join(root, `heritages/${name}.yml`), lines.join("\n"));
        }
        stack = await prepare({ root, stack: "trial", portOffset: 100, files: root });
    });

    const variables = (name: string) => service(stack, name).environment as Record<string, string>;
    const json = (name: string, variable: string) => JSON.parse(variables(name)[variable]!);

    it("has a Valkey with the password of the URL, and a certificate for the URL's host by whom the task trusts", () => {
        const url = new URL(variables("shop-worker-1").CACHE_URL!);
        const redis = service(stack, "shop-cache");
        expect(redis.network_mode).to.equal("service:shop-cache-network");
        expect(network(stack, "shop-cache").networks).to.deep.equal({
            default: { aliases: [url.hostname, "shop-cache"] },
        });
        expect(variables("shop-cache").PASSWORD).to.equal(url.password);
        expect([url.protocol, url.port]).to.deep.equal(["rediss:", "6379"]);
        const certificate = new X509Certificate(variables("shop-cache").TLS_CERTIFICATE!);
        expect(certificate.checkHost(url.hostname)).to.equal(url.hostname);
        expect(
            certificate.verify(
                new X509Certificate(stack.ca.split(/(?<=-----END CERTIFICATE-----\n)/).at(-1)!).publicKey,
            ),
        ).to.equal(true);
        expect(JSON.stringify(stack.file)).not.to.contain(url.password);
    });

    it("tells only the clients of a Redis whom to trust besides", () => {
        const trust = "/run/identity-local/trust.pem";
        expect(variables("shop-worker-1")).to.include({ SSL_CERT_FILE: trust, NODE_EXTRA_CA_CERTS: trust });
        expect(service(stack, "shop-worker-1").volumes).to.deep.include({
            type: "bind",
            source: "./trust.pem",
            target: trust,
            read_only: true,
        });
        expect(variables("blog-worker-1")).not.to.have.any.keys("SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS");
        expect(JSON.stringify(service(stack, "blog-worker-1").volumes)).not.to.contain(trust);
    });

    it("makes the buckets and queues that a role names, those that exist on AWS too, and no other", () => {
        const own = variables("shop-worker-1").FILES_NAME!;
        expect(Object.keys(json("s3", "NAMES"))).to.deep.equal(["acme-archive", own].sort());
        expect(network(stack, "s3").networks).to.deep.equal({
            default: { aliases: [...["acme-archive.s3", `${own}.s3`].sort(), "s3"] },
        });
        const queues = json("sqs", "NAMES");
        const jobs = variables("shop-worker-1").JOBS_NAME!;
        expect(Object.keys(queues)).to.have.members(["acme-bills.fifo", jobs, `${jobs}-dlq`]);
        expect(queues["acme-bills.fifo"]).to.deep.equal({ FifoQueue: "true" });
        expect(queues[jobs]).to.include({ VisibilityTimeout: "60" });
        expect(JSON.parse(queues[jobs].RedrivePolicy)).to.deep.equal({
            deadLetterTargetArn: `arn:aws:sqs:eu-central-1:123456789012:${jobs}-dlq`,
            maxReceiveCount: 5,
        });
    });

    it("tells a task where they are, and lets each task do what its role may", () => {
        const worker = variables("shop-worker-1");
        expect(worker).to.include({
            AWS_REGION: "eu-central-1",
            AWS_DEFAULT_REGION: "eu-central-1",
            AWS_ENDPOINT_URL_S3: "http://s3:8433",
            AWS_ENDPOINT_URL_SQS: "http://sqs:9424",
            JOBS_URL: `http://sqs:9424/123456789012/${worker.JOBS_NAME}`,
            BILLS_URL: "http://sqs:9424/123456789012/acme-bills.fifo",
        });
        expect(variables("blog-worker-1")).not.to.have.any.keys("AWS_ENDPOINT_URL_S3", "AWS_ACCESS_KEY_ID");
        const roles = json("s3", "ROLES");
        expect(Object.keys(roles)).to.include(worker.AWS_ACCESS_KEY_ID).and.not.to.include("trial-blog-worker");
        const resources = roles[worker.AWS_ACCESS_KEY_ID!].flatMap(({ Resource }: { Resource: string }) => Resource);
        expect(resources).to.include("arn:aws:s3:::acme-archive/*");
        expect(resources.every((arn: string) => arn.startsWith("arn:aws:s3:"))).to.equal(true);
    });

    it("keeps their data in volumes, and counts them among what has to be there first", () => {
        expect(Object.keys(stack.file.volumes).sort()).to.deep.equal(["s3", "shop-cache", "sqs"]);
        for (const name of ["s3", "sqs", "shop-cache"]) {
            expect(service(stack, "blog-worker-1").depends_on).to.have.property(name);
            expect(service(stack, name)).to.include({ read_only: true, init: true });
        }
        expect(JSON.parse(JSON.stringify(stack.state.standIns))).to.deep.equal({
            "shop-cache": { of: "Redis" },
            s3: { of: "S3", published: 8433 },
            sqs: { of: "SQS", published: 9424 },
        });
    });
});
