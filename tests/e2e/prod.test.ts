import { CloudWatchClient, SetAlarmStateCommand } from "@aws-sdk/client-cloudwatch";
import * as aws from "@pulumi/aws";
import { LocalWorkspace, type Stack } from "@pulumi/pulumi/automation";
import { expect } from "chai";
import { expectListed, withinBoundary } from "./deploy-role";
import { onRequest, pastProxy } from "./emulator";
import { needsEngine, POLICY_PACK, TestStack } from "./engine";
import { watchDeployment } from "./watched-deployments";

/** `Pulumi.prod.yaml` as it is in the repository: all that it expects of the account is the zone of its domain. */
describe("the prod stack on a real engine", () => {
    let stack: TestStack;
    let account: Stack;

    before(async function () {
        needsEngine(this);
        account = await LocalWorkspace.createOrSelectStack({
            stackName: "account",
            projectName: "account",
            program: async () => new aws.route53.Zone("zone", { name: "example.com" }),
        });
        await account.setConfig("aws:region", { value: "ap-northeast-1" });
        await account.up();
        stack = await TestStack.create("prod", "Pulumi.prod.yaml");
        stack.policyPacks = [POLICY_PACK];
        withinBoundary(stack);
        // The repository's prod has no sample in it; here a host of its own, and paths on it.
        const posts = { build: "images/sample-api", healthCheckPath: "/.healthcheck", host: "hello", database: {} };
        stack.edit(
            [
                ["identity:services"],
                {
                    hello: { build: "images/hello", healthCheckPath: "/service" },
                    posts: { ...posts, paths: ["/posts", "/posts/*"], autoscaling: { max: 6 } },
                },
            ],
            [["identity:heritages"], ["sample-api"]],
        );
    });
    after(async () => {
        await stack?.cleanUp();
        await account?.destroy();
    });

    it("comes up over three zones, over HTTPS", async () => {
        expect(Object.keys(await stack.up())).to.deep.equal(["create"]);
        const outputs = await stack.outputs();
        expect(outputs.didcommUrls!.value).to.deep.equal({ issuer: "https://issuer.id.example.com" });
        expect(outputs.serviceUrls!.value).to.deep.equal({
            hello: "https://hello.id.example.com",
            posts: "https://hello.id.example.com/posts",
            "sample-api-web": "https://sample-api.id.example.com/posts",
        });
        expect(outputs.certificateAuthority?.value ?? null).to.equal(null); // the domain's certificates are ACM's
        expect(outputs.keycloakUrl!.value).to.equal("https://auth.id.example.com");
        expect(outputs.keycloakAdminUrl!.value).to.equal("https://auth.internal.id.example.com");
        expect(outputs.adminUrls!.value).to.deep.equal({ issuer: "https://issuer.internal.id.example.com" });
        const count = async (type: string) => (await stack.resources()).filter((r) => r.type === type).length;
        expect(await count("aws:ec2/natGateway:NatGateway")).to.equal(3);
        expect(await count("aws:acm/certificateValidation:CertificateValidation")).to.equal(2);
    });

    it("keeps every secret out of the state's clear text and of the log", async () => {
        const { clear, passwords } = await stack.secrets();
        expect(passwords).to.have.length(7);
        for (const key of await stack.privateKeys()) expect(clear).not.to.contain(key.split("\n")[2]);
        for (const password of passwords) {
            expect(clear).not.to.contain(password);
            expect(stack.log).not.to.contain(password);
        }
    });

    it("changes nothing when it comes up again", async () => {
        await stack.upUnchanged();
    });

    it("leaves the count to the autoscaler once that is there", async () => {
        stack.edit([["identity:agents", "issuer", "autoscaling", "min"], 4]);
        // The alarm rings below the fewest tasks.
        expect(await stack.preview()).to.deep.equal({
            update: [
                "aws:appautoscaling/target:Target::issuer",
                "aws:cloudwatch/metricAlarm:MetricAlarm::issuer-unhealthy",
            ],
        });
        stack.edit([["identity:agents", "issuer", "autoscaling", "min"], 3]);
    });

    it("goes back from a version that runs and answers 500, and names the alarm; one that rang before is not watched", async () => {
        const cloudWatch = new CloudWatchClient({ region: "ap-northeast-1", endpoint: pastProxy() }); // no request of the stack
        const alarm = (await stack.resources()).find(({ urn }) => urn.endsWith("::issuer-public-errors"))!;
        const ring = (StateValue: "ALARM" | "OK") =>
            cloudWatch.send(
                new SetAlarmStateCommand({ AlarmName: alarm.id!, StateValue, StateReason: "2 of 5 % are too many" }),
            );
        const rollOut = async (note: string | undefined, whenItRuns: (end: () => void) => unknown) => {
            stack.edit([["identity:agents", "issuer", "environment"], note && { NOTE: note }]);
            const { bakes, end } = watchDeployment("issuer");
            const up = stack.up().then(
                () => undefined,
                (e: Error) => e,
            );
            await Promise.race([bakes.then(() => whenItRuns(end)), up]);
            return up;
        };
        /** The bake time is over once the program has asked which alarms ring. */
        const onceAsked = (end: () => void) => {
            const stop = onRequest(({ body }) => {
                if (!body.includes("StateValue")) return;
                stop();
                end();
            });
        };
        expect(await rollOut("it answers 500", () => ring("ALARM"))).to.be.instanceOf(Error);
        expect(stack.log).to.contain("issuer: the new version does not run. ECS went back to identity-prod-issuer:");
        expect(stack.log).to.contain("alarm detected");
        expect(stack.log).to.contain(`alarm ${alarm.id} rings: issuer: more than 1 % of the requests`);
        expect(stack.log).to.contain("2 of 5 % are too many");
        expect(stack.log).to.contain(`#alarmsV2:alarm/${alarm.id}`);
        expect(await rollOut(undefined, onceAsked)).to.equal(undefined);
        expect(stack.log).to.contain(`the alarm ${alarm.id} rings already, so ECS does not go back because of it`);
        await ring("OK");
    });

    it("refuses to go while it is protected, before anything is deleted", async () => {
        const error = await stack.previewDestroy().then(
            () => undefined,
            (e: Error) => e,
        );
        expect(error).to.be.instanceOf(Error);
        expect(stack.log).to.contain("protect");
    });

    it("goes without leaving anything once it is not", async () => {
        stack.edit([["identity:protect"], false]);
        stack.policyPacks = []; // which would refuse it
        await stack.up();
        expect(Object.keys(await stack.destroy())).to.deep.equal(["delete"]);
        expect(await stack.resources()).to.deep.equal([]);
    });

    it("asked nothing of AWS that its deploy role may not do, and changed nothing by an action that is not listed", async () => {
        await expectListed(stack, { region: "ap-northeast-1", domains: ["id.example.com"] });
    });
});
