import {
    CloudWatchClient,
    DeleteAlarmsCommand,
    PutMetricAlarmCommand,
    SetAlarmStateCommand,
} from "@aws-sdk/client-cloudwatch";
import {
    CreateSecurityGroupCommand,
    CreateSubnetCommand,
    CreateVpcCommand,
    DescribeImagesCommand,
} from "@aws-sdk/client-ec2";
import { DescribeInstancesCommand, EC2Client, type Instance, RunInstancesCommand } from "@aws-sdk/client-ec2";
import { CreateClusterCommand, CreateServiceCommand, DescribeServicesCommand, ECSClient } from "@aws-sdk/client-ecs";
import { DescribeClustersCommand, RegisterTaskDefinitionCommand, UpdateServiceCommand } from "@aws-sdk/client-ecs";
import { ListCommandsCommand, SendCommandCommand, SSMClient } from "@aws-sdk/client-ssm";
import {
    CreateIPSetCommand,
    DeleteIPSetCommand,
    GetIPSetCommand,
    WAFNonexistentItemException,
    WAFV2Client,
} from "@aws-sdk/client-wafv2";
import { expect } from "chai";
import { type EmulatorRequest, onRequest } from "./emulator";
import { needsEngine } from "./engine";
import { execute, stepFunctions } from "./state-machine";
import { watchDeployment } from "./watched-deployments";

/** What the proxy in front of the emulator mends (emulator.ts). */
describe("the emulator behind its proxy", () => {
    const ecs = new ECSClient({ region: "eu-west-1" });
    const tags = [{ key: "Project", value: "identity" }];
    const cluster = "proxy";

    before(async function () {
        needsEngine(this);
        await ecs.send(new CreateClusterCommand({ clusterName: cluster, tags }));
        const containerDefinitions = [{ name: "app", image: "example.com/app", memory: 128 }];
        await ecs.send(new RegisterTaskDefinitionCommand({ family: "proxy", containerDefinitions }));
        const service = { cluster, serviceName: "app", taskDefinition: "proxy", desiredCount: 1, tags };
        await ecs.send(new CreateServiceCommand(service));
    });

    it("tells how a service is deployed that was made so", async () => {
        const deploymentConfiguration = { alarms: { enable: true, rollback: true, alarmNames: ["errors"] } };
        const service = { cluster, serviceName: "watched", taskDefinition: "proxy", desiredCount: 1 };
        await ecs.send(new CreateServiceCommand({ ...service, deploymentConfiguration }));
        const { services } = await ecs.send(new DescribeServicesCommand({ cluster, services: ["watched"] }));
        expect(services![0]!.deploymentConfiguration).to.deep.equal(deploymentConfiguration);
    });

    it("watches the alarms of a deployment as ECS does, but for those that rang before", async () => {
        const cloudWatch = new CloudWatchClient({ region: "eu-west-1" });
        const AlarmName = "proxy-errors";
        const alarm = {
            AlarmName,
            EvaluationPeriods: 1,
            ComparisonOperator: "GreaterThanThreshold",
            Threshold: 1,
        } as const;
        await cloudWatch.send(
            new PutMetricAlarmCommand({ ...alarm, Namespace: "proxy", MetricName: "errors", Period: 60 }),
        );
        const ring = (StateValue: "ALARM" | "OK") =>
            cloudWatch.send(new SetAlarmStateCommand({ AlarmName, StateValue, StateReason: "as it was told" }));
        const deploymentConfiguration = { alarms: { enable: true, rollback: true, alarmNames: [AlarmName] } };
        const created = { cluster, serviceName: "rolling-1", desiredCount: 1, deploymentConfiguration };
        await ecs.send(new CreateServiceCommand({ ...created, taskDefinition: "proxy:1" }));
        const containerDefinitions = [{ name: "app", image: "example.com/app:2", memory: 128 }];
        await ecs.send(new RegisterTaskDefinitionCommand({ family: "proxy", containerDefinitions }));
        const roll = async () => {
            const watched = watchDeployment("rolling");
            await ecs.send(new UpdateServiceCommand({ cluster, service: "rolling-1", taskDefinition: "proxy:2" }));
            return watched;
        };
        const state = async () => {
            const { services } = await ecs.send(new DescribeServicesCommand({ cluster, services: ["rolling-1"] }));
            const { taskDefinition, rolloutState, rolloutStateReason } = services![0]!.deployments![0]!;
            return [taskDefinition!.split("/").pop(), rolloutState, rolloutStateReason!.includes("alarm detected")];
        };

        const { bakes } = await roll();
        expect(await state()).to.deep.equal(["proxy:2", "IN_PROGRESS", false]);
        await bakes;
        await ring("ALARM");
        for (let times = 0; times < 2; times++) expect(await state()).to.deep.equal(["proxy:1", "COMPLETED", true]);

        const { end } = await roll(); // it rings still
        expect(await state()).to.deep.equal(["proxy:2", "IN_PROGRESS", false]);
        end();
        expect(await state()).to.deep.equal(["proxy:2", "COMPLETED", false]);
        await cloudWatch.send(new DeleteAlarmsCommand({ AlarmNames: [AlarmName] }));
    });

    it("tells tags to who asks for them, whatever others ask for at the same time", async () => {
        const asked = { cluster, services: ["app"] };
        const withTags = new DescribeServicesCommand({ ...asked, include: ["TAGS"] });
        const without = new DescribeServicesCommand(asked);
        const answers = await Promise.all(
            Array.from({ length: 40 }, (_, i) => (i % 2 ? ecs.send(without) : ecs.send(withTags))),
        );
        for (const { services } of answers) expect(services![0]!.tags).to.deep.equal(tags);
        const { clusters } = await ecs.send(
            new DescribeClustersCommand({ clusters: [cluster], include: ["SETTINGS"] }),
        );
        expect(clusters![0]!.tags).to.deep.equal(tags);
    });

    it("knows the operations of Step Functions that the provider needs", async () => {
        const definition = JSON.stringify({ StartAt: "End", States: { End: { Type: "Succeed" } } });
        expect(await stepFunctions("ValidateStateMachineDefinition", { definition })).to.include({ result: "OK" });
        const stateMachineArn = "arn:aws:states:eu-west-1:123456789012:stateMachine:app";
        expect(await stepFunctions("ListStateMachineVersions", { stateMachineArn })).to.deep.equal({
            stateMachineVersions: [],
        });
    });

    it("gives a new database AWS's default authority, unless it names one", async () => {
        const rds = async (input: Record<string, string>) => {
            const authorization = `AWS4-HMAC-SHA256 Credential=test/20260101/eu-west-1/rds/aws4_request, SignedHeaders=host, Signature=0`;
            const body = new URLSearchParams({ Version: "2014-10-31", ...input });
            const response = await fetch(process.env.AWS_ENDPOINT_URL!, {
                method: "POST",
                headers: { authorization, "content-type": "application/x-www-form-urlencoded; charset=utf-8" },
                body,
            });
            return response.text();
        };
        const size = { Engine: "postgres", DBInstanceClass: "db.t4g.micro", AllocatedStorage: "20" };
        const user = { MasterUsername: "agents", MasterUserPassword: "hush-hush" };
        for (const [DBInstanceIdentifier, given, authority] of [
            ["one", {}, "rds-ca-rsa2048-g1"],
            ["two", { CACertificateIdentifier: "rds-ca-ecc384-g1" }, "rds-ca-ecc384-g1"],
        ] as const) {
            await rds({ Action: "CreateDBInstance", DBInstanceIdentifier, ...size, ...user, ...given });
            const described = await rds({ Action: "DescribeDBInstances", DBInstanceIdentifier });
            expect(described).to.contain(`<CACertificateIdentifier>${authority}</CACertificateIdentifier>`);
            await rds({ Action: "DeleteDBInstance", DBInstanceIdentifier, SkipFinalSnapshot: "true" });
        }
    });

    it("tells a queue's redrive policy without spaces, as SQS does", async () => {
        const sqs = async (operation: string, input: object) => {
            const response = await fetch(process.env.AWS_ENDPOINT_URL!, {
                method: "POST",
                headers: {
                    authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/eu-west-1/sqs/aws4_request, SignedHeaders=host, Signature=0`,
                    "content-type": "application/x-amz-json-1.0",
                    "x-amz-target": `AmazonSQS.${operation}`,
                },
                body: JSON.stringify(input),
            });
            return (await response.json()) as { QueueUrl: string; Attributes: Record<string, string> };
        };
        const attributesOf = async (QueueUrl: string) =>
            (await sqs("GetQueueAttributes", { QueueUrl, AttributeNames: ["All"] })).Attributes;
        const dead = await sqs("CreateQueue", { QueueName: "spaces-dlq" });
        const { QueueArn } = await attributesOf(dead.QueueUrl);
        const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: QueueArn, maxReceiveCount: 5 });
        const queue = await sqs("CreateQueue", { QueueName: "spaces", Attributes: { RedrivePolicy } });
        expect((await attributesOf(queue.QueueUrl)).RedrivePolicy).to.equal(RedrivePolicy);
        for (const { QueueUrl } of [queue, dead]) await sqs("DeleteQueue", { QueueUrl });
    });

    it("sends a command to the instances that it names, and to no other", async () => {
        const [ec2, ssm] = [new EC2Client({ region: "eu-west-1" }), new SSMClient({ region: "eu-west-1" })];
        const run = new RunInstancesCommand({ ImageId: "ami-12c6146b", MinCount: 2, MaxCount: 2 });
        const [asked, other] = (await ec2.send(run)).Instances!.map(({ InstanceId }) => InstanceId!);
        const Parameters = { commands: ["true"] };
        const command = { DocumentName: "AWS-RunShellScript", InstanceIds: [asked!], Parameters };
        await ssm.send(new SendCommandCommand(command));
        const sentTo = async (InstanceId: string) =>
            (await ssm.send(new ListCommandsCommand({ InstanceId }))).Commands!.map(({ InstanceIds }) => InstanceIds);
        expect(await sentTo(asked!)).to.deep.equal([[asked]]);
        expect(await sentTo(other!)).to.deep.equal([]);
    });

    it("lets an IP set be deleted", async () => {
        const waf = new WAFV2Client({ region: "eu-west-1" });
        const Scope = "REGIONAL" as const;
        const { Summary } = await waf.send(
            new CreateIPSetCommand({ Name: "offices", Scope, IPAddressVersion: "IPV4", Addresses: ["192.0.2.1/32"] }),
        );
        const named = { Name: "offices", Scope, Id: Summary!.Id! };
        const { IPSet, LockToken } = await waf.send(new GetIPSetCommand(named));
        expect(IPSet!.Addresses).to.deep.equal(["192.0.2.1/32"]);
        await waf.send(new DeleteIPSetCommand({ ...named, LockToken }));
        const after = await waf.send(new GetIPSetCommand(named)).catch((error: unknown) => error);
        expect(after).to.be.instanceOf(WAFNonexistentItemException);
    });

    it("starts a machine's execution while another's is under way, and keeps what each has said", async () => {
        const roleArn = "arn:aws:iam::123456789012:role/proxy";
        const ended = async (name: string) => {
            const definition = JSON.stringify({
                StartAt: "Wait",
                States: {
                    Wait: { Type: "Wait", Seconds: 1, Next: "Name" },
                    Name: { Type: "Pass", Result: { name }, End: true },
                },
            });
            const create = { name: `proxy-${name}`, definition, roleArn };
            const { stateMachineArn } = await stepFunctions<{ stateMachineArn: string }>("CreateStateMachine", create);
            const outputs = [];
            for (let i = 0; i < 2; i++) {
                const { output } = (await execute(stateMachineArn, {})) as { output?: string };
                outputs.push(JSON.parse(output!));
            }
            await stepFunctions("DeleteStateMachine", { stateMachineArn });
            return outputs;
        };
        expect(await Promise.all(["a", "b", "c"].map(ended))).to.deep.equal([
            [{ name: "a" }, { name: "a" }],
            [{ name: "b" }, { name: "b" }],
            [{ name: "c" }, { name: "c" }],
        ]);
    });

    it("gives an instance no public address that is told to have none", async () => {
        const ec2 = new EC2Client({ region: "eu-west-1" });
        const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: "10.77.0.0/16" }));
        const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId: Vpc!.VpcId, CidrBlock: "10.77.1.0/24" }));
        const group = { GroupName: "proxy", Description: "proxy", VpcId: Vpc!.VpcId };
        const { GroupId } = await ec2.send(new CreateSecurityGroupCommand(group));
        const [image] = (await ec2.send(new DescribeImagesCommand({}))).Images!;
        const { Instances } = await ec2.send(
            new RunInstancesCommand({
                ...{ ImageId: image!.ImageId, InstanceType: "t4g.nano", MinCount: 1, MaxCount: 1 },
                NetworkInterfaces: [
                    {
                        DeviceIndex: 0,
                        AssociatePublicIpAddress: false,
                        SubnetId: Subnet!.SubnetId,
                        Groups: [GroupId!],
                    },
                ],
            }),
        );
        const { Reservations } = await ec2.send(
            new DescribeInstancesCommand({ InstanceIds: [Instances![0]!.InstanceId!] }),
        );
        const [{ PublicIpAddress, SubnetId, SecurityGroups, NetworkInterfaces }] = Reservations![0]!
            .Instances! as never as [Instance];
        expect([PublicIpAddress, SubnetId, SecurityGroups![0]!.GroupId]).to.deep.equal([
            undefined,
            Subnet!.SubnetId,
            GroupId,
        ]);
        expect(NetworkInterfaces!.map(({ Association }) => Association)).to.deep.equal([undefined]);
    });

    it("shows every request with its body", async () => {
        const requests: EmulatorRequest[] = [];
        const stop = onRequest((request) => void requests.push(request));
        await ecs.send(new DescribeClustersCommand({ clusters: [cluster] }));
        stop();
        await ecs.send(new DescribeClustersCommand({ clusters: [cluster] }));
        expect(requests.map(({ headers }) => headers["x-amz-target"])).to.deep.equal([
            "AmazonEC2ContainerServiceV20141113.DescribeClusters",
        ]);
        expect(JSON.parse(requests[0]!.body.toString())).to.deep.equal({ clusters: [cluster] });
    });
});
