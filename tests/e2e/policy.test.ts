import { stripVTControlCharacters } from "node:util";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { awsProvider } from "../../components/aws-provider";
import { needsEngine, POLICY_PACK, TestStack } from "./engine";

const DIGEST = `sha256:${"0123456789abcdef".repeat(4)}`;

/** Policies as Pulumi runs them: on what the engine knows, when it knows it. The program is small, and wrong in three places. */
describe("the policy pack on a real engine", () => {
    let stack: TestStack;
    let image = "example.com/app:latest";

    const program = async () => {
        const opts = { provider: awsProvider("aws", {}) };
        new aws.cloudwatch.LogGroup("for-ever", {}, opts);
        const logs = new aws.cloudwatch.LogGroup("app", { retentionInDays: 7 }, opts);
        const vpc = new aws.ec2.Vpc("vpc", { cidrBlock: "10.0.0.0/24" }, opts);
        const group = new aws.ec2.SecurityGroup("shell", { vpcId: vpc.id, description: "shell" }, opts);
        const port = { ipProtocol: "tcp", fromPort: 22, toPort: 22 };
        const rule = { securityGroupId: group.id, cidrIpv4: "0.0.0.0/0", ...port };
        new aws.vpc.SecurityGroupIngressRule("shell", rule, opts);
        const containerDefinitions = pulumi.jsonStringify([
            {
                name: "app",
                image,
                user: "1000",
                readonlyRootFilesystem: true,
                dockerLabels: { logs: logs.arn },
                logConfiguration: {
                    logDriver: "awslogs",
                    options: { "awslogs-group": logs.name, "awslogs-region": "ap-northeast-1" },
                },
            },
        ]);
        const size = { cpu: "256", memory: "512", networkMode: "awsvpc", requiresCompatibilities: ["FARGATE"] };
        new aws.ecs.TaskDefinition("app", { family: "app", containerDefinitions, ...size }, opts);
    };

    const failure = (operation: Promise<unknown>) =>
        operation.then(
            () => expect.fail("it was not stopped"),
            () => stack.log,
        );
    const resourceNames = async () => (await stack.resources()).map(({ urn }) => urn.split("::").slice(2).join("::"));
    const except = (...exceptions: [policy: string, resource: string, reason: string][]) =>
        stack.edit([
            ["identity:policyExceptions"],
            exceptions.map(([policy, resource, reason]) => ({ policy, resource, reason })),
        ]);
    /** What policies said, without the engine's own layout. */
    const said = () => stripVTControlCharacters(stack.log).replaceAll(/\s+/g, " ");

    before(async function () {
        needsEngine(this);
        stack = await TestStack.create("policies", "Pulumi.dev.yaml", program);
        stack.policyPacks = [POLICY_PACK];
    });
    after(async () => {
        await stack?.cleanUp();
    });

    it("stops a preview, with what is wrong and how to put it right, before anything is made", async () => {
        await failure(stack.preview());
        expect(said()).to.include("[mandatory] log-retention (aws:cloudwatch/logGroup:LogGroup: for-ever)");
        expect(said()).to.include("it keeps everything for ever → retentionInDays");
        expect(await resourceNames()).to.eql([]);
    });

    it("knows what else there is in the stack", async () => {
        except(["log-retention", "for-ever", "its lines are evidence"]);
        await failure(stack.preview());
        expect(said()).to.include(
            "[mandatory] sg-open-ingress (aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule: shell)",
        );
        expect(said()).to.include("port 22 is open to 0.0.0.0/0");
        expect(await resourceNames()).to.eql([]);
    });

    it("neither fails nor complains on what nobody knows yet, and says why exceptions are made", async () => {
        except(
            ["log-retention", "for-ever", "its lines are evidence"],
            ["sg-open-ingress", "shell", "a honeypot"],
            ["ecs-image-by-digest", "app/app", "waits for the registry"],
            ["lb-https", "gone", "left over"],
        );
        await stack.preview();
        expect(said()).to.include("log-retention: it keeps everything for ever may be so: its lines are evidence");
        expect(said()).to.include("sg-open-ingress: port 22 is open to 0.0.0.0/0 may be so: a honeypot");
        expect(said()).to.include("lb-https has no exception to make for gone");
        expect(said()).not.to.match(/ecs-image-by-digest|can't be known|\[mandatory\]/);
    });

    it("stops an `up` at what it knows by then, before that is made", async () => {
        except(["log-retention", "for-ever", "its lines are evidence"], ["sg-open-ingress", "shell", "a honeypot"]);
        await failure(stack.up());
        expect(said()).to.include("[mandatory] ecs-image-by-digest (aws:ecs/taskDefinition:TaskDefinition: app)");
        expect(said()).to.include("container app: example.com/app:latest can come to mean another image");
        expect((await resourceNames()).join()).not.to.include("taskDefinition");
    });

    it("lets an `up` pass that is as it asks, or excepted", async () => {
        image = `example.com/app@${DIGEST}`;
        await stack.up();
        expect(said()).to.include("may be so: a honeypot").and.not.to.include("[mandatory]");
        expect((await resourceNames()).join()).to.include("aws:ecs/taskDefinition:TaskDefinition::app");
        await stack.destroy();
    });
});
