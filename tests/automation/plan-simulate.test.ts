import { execFileSync } from "node:child_process";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { SECRET } from "../../automation/plan/redact";
import { simulate } from "../../automation/plan/simulate";

const options = { project: "p", stack: "s", config: { "aws:region": "eu-west-1" } };
const failure = (program: () => unknown) =>
    simulate(program, options).then(
        () => expect.fail("it did not fail"),
        (error: Error) => error,
    );

describe("a simulation", () => {
    it("keeps what each resource was given, where it is and what it was made of", async () => {
        const { resources } = await simulate(() => {
            const parent = new pulumi.ComponentResource("own:index:Thing", "thing");
            const bucket = new aws.s3.Bucket("logs", { forceDestroy: true }, { parent, protect: true });
            new aws.s3.BucketPolicy("logs", { bucket: bucket.id, policy: "{}" }, { parent });
        }, options);
        const [, thing, bucket, policy] = resources;
        expect(thing).to.include({ urn: "urn:pulumi:s::p::own:index:Thing::thing", component: true });
        expect(bucket).to.deep.include({ parent: thing!.urn, inputs: { forceDestroy: true }, protect: true });
        expect(bucket!.urn).to.equal("urn:pulumi:s::p::own:index:Thing$aws:s3/bucket:Bucket::logs");
        expect(policy!.dependencies).to.include(bucket!.urn);
        expect(policy!.inputs.bucket).to.equal(bucket!.id);
    });

    it("loads neither TypeScript's compiler nor npm's Arborist, until a function is turned into text", () => {
        const program = `
            require("./automation/plan/plan-stack.ts");
            const loaded = () => Object.keys(require.cache).filter((file) => /node_modules.(typescript|@npmcli)./.test(file)).length;
            const before = loaded();
            const { serializeFunction } = require("@pulumi/pulumi").runtime;
            serializeFunction(() => 1).then(({ text }) => console.log(JSON.stringify([before, loaded() > 0, text.includes("() => 1")])));`;
        const args = ["--no-warnings", "--require", "sucrase/register/ts", "--eval", program];
        expect(execFileSync(process.execPath, args, { encoding: "utf8" }).trim()).to.equal("[0,true,true]");
    }).timeout(60_000);

    it("makes an output when the program reads it, before and after its resource is made", async () => {
        let later: pulumi.Output<string> | undefined;
        const { outputs } = await simulate(async () => {
            const bucket = new aws.s3.Bucket("logs", { bucket: "b" });
            expect(Object.getOwnPropertyDescriptor(bucket, "region")!.get).to.be.a("function");
            const early = bucket.bucket;
            expect(bucket.bucket).to.equal(early);
            await new Promise((resolve) => bucket.urn.apply(resolve));
            later = bucket.arn;
            return { early, later };
        }, options);
        expect(outputs).to.include({ early: "b", later: "arn:aws:s3:::b" });
    });

    it("is the same twice", async () => {
        const program = () => ({ arn: new aws.s3.Bucket("logs").arn });
        expect(await simulate(program, options)).to.eql(await simulate(program, options));
    });

    it("refuses one name for two resources, as the engine does", async () => {
        const error = await failure(() => [new aws.s3.Bucket("logs"), new aws.s3.Bucket("logs")]);
        expect(error.message).to.include("aws:s3/bucket:Bucket::logs");
    });

    it("blots secrets out of inputs, outputs and what the program exports", async () => {
        const simulation = await simulate(() => {
            const value = pulumi.secret("hunter2");
            const { name } = new aws.ssm.Parameter("key", { name: "/key", type: "SecureString", value });
            return { name, value, nested: { value } };
        }, options);
        expect(simulation.outputs).to.eql({ name: "/key", value: SECRET, nested: { value: SECRET } });
        expect(simulation.resources[1]!.inputs.value).to.equal(SECRET);
        expect(JSON.stringify(simulation)).not.to.include("hunter2");
    });

    it("rejects with what the program throws, and with what an output meets", async () => {
        expect((await failure(() => Promise.reject(new pulumi.RunError("no such thing")))).message).to.equal(
            "no such thing",
        );
        const inOutput = await failure(() => {
            const { arn } = new aws.s3.Bucket("logs");
            const bad = arn.apply((): string => {
                throw new pulumi.RunError("not like that");
            });
            new aws.s3.BucketPolicy("after", { bucket: bad, policy: "{}" });
        });
        expect(inOutput.message).to.match(/not like that$/);
        expect(pulumi.RunError.isInstance(inOutput)).to.equal(true);
    });

    it("rejects a question that nobody taught the simulated AWS to answer, and says where to", async () => {
        const error = await failure(() => ({ zones: aws.getBillingServiceAccountOutput().id }));
        expect(error.message).to.include("simulated-aws.ts").and.to.include("getBillingServiceAccount");
    });

    it("rejects a second resource of one URN", async () => {
        const error = await failure(() => [new aws.s3.Bucket("logs"), new aws.s3.Bucket("logs")]);
        expect(error.message).to.include("urn:pulumi:s::p::aws:s3/bucket:Bucket::logs");
    });

    it("leaves the console and errors' stacks as they were, after a failure too", async () => {
        const { log } = console;
        const { stackTraceLimit, prepareStackTrace } = Error;
        const error = await failure(() => {
            throw new Error("in the program");
        });
        expect(error.stack).to.include("plan-simulate.test.ts");
        expect([console.log, Error.stackTraceLimit, Error.prepareStackTrace]).to.eql([
            log,
            stackTraceLimit,
            prepareStackTrace,
        ]);
    });
});
