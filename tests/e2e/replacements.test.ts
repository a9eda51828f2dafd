import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { LocalWorkspace, type Stack } from "@pulumi/pulumi/automation";
import { expect } from "chai";
import { REPLACED_BY } from "../../automation/plan/replacements";
import { needsEngine } from "./engine";

type Values = Record<string, unknown>;

/** A resource of whatever type. */
class Any extends pulumi.CustomResource {}

const ARN = "arn:aws:x:ap-northeast-1:123456789012:thing/one";
const policy = JSON.stringify({ Version: "2012-10-17", Statement: [] });
const containers = (image: string) => JSON.stringify([{ name: "app", image, essential: true }]);

/** Of each type in the table: how it is, each of the table's properties as another one, and one that changes in place. */
const CASES: Record<string, { is: Values; replaced: Values; inPlace?: Values }> = {
    "aws:acm/certificate:Certificate": {
        is: { domainName: "a.example.com", validationMethod: "DNS" },
        replaced: { domainName: "b.example.com", validationMethod: "EMAIL" },
    },
    "aws:appautoscaling/target:Target": {
        is: {
            resourceId: "service/a/b",
            scalableDimension: "ecs:service:DesiredCount",
            serviceNamespace: "ecs",
            minCapacity: 1,
            maxCapacity: 2,
        },
        replaced: {
            resourceId: "service/a/c",
            scalableDimension: "rds:cluster:ReadReplicaCount",
            serviceNamespace: "rds",
        },
        inPlace: { maxCapacity: 3 },
    },
    "aws:cloudwatch/eventRule:EventRule": {
        is: { name: "a", eventPattern: '{"source":["a"]}' },
        replaced: { name: "b" },
        inPlace: { description: "b" },
    },
    "aws:cloudwatch/logGroup:LogGroup": {
        is: { name: "/a", retentionInDays: 14 },
        replaced: { name: "/b" },
        inPlace: { retentionInDays: 30 },
    },
    "aws:cloudwatch/metricAlarm:MetricAlarm": {
        is: {
            name: "a",
            comparisonOperator: "GreaterThanThreshold",
            evaluationPeriods: 1,
            metricName: "m",
            namespace: "n",
            period: 60,
            statistic: "Sum",
            threshold: 1,
        },
        replaced: { name: "b" },
        inPlace: { threshold: 2 },
    },
    "aws:ec2/flowLog:FlowLog": {
        is: {
            logDestination: "arn:aws:logs:ap-northeast-1:123456789012:log-group:a",
            trafficType: "ALL",
            vpcId: "vpc-1",
            iamRoleArn: ARN,
        },
        replaced: {
            logDestination: "arn:aws:logs:ap-northeast-1:123456789012:log-group:b",
            trafficType: "REJECT",
            vpcId: "vpc-2",
        },
    },
    "aws:ec2/natGateway:NatGateway": {
        is: { allocationId: "eipalloc-1", subnetId: "subnet-1" },
        replaced: { allocationId: "eipalloc-2", subnetId: "subnet-2" },
    },
    "aws:ec2/securityGroup:SecurityGroup": {
        is: { description: "a", name: "a", vpcId: "vpc-1" },
        replaced: { description: "b", name: "b", vpcId: "vpc-2" },
    },
    "aws:ec2/subnet:Subnet": {
        is: { availabilityZone: "ap-northeast-1a", cidrBlock: "10.0.0.0/20", vpcId: "vpc-1" },
        replaced: { availabilityZone: "ap-northeast-1c", cidrBlock: "10.0.16.0/20", vpcId: "vpc-2" },
        inPlace: { mapPublicIpOnLaunch: true },
    },
    "aws:ec2/vpc:Vpc": {
        is: { cidrBlock: "10.0.0.0/16" },
        replaced: { cidrBlock: "10.1.0.0/16" },
        inPlace: { enableDnsHostnames: true },
    },
    "aws:ec2/vpcEndpoint:VpcEndpoint": {
        is: { serviceName: "com.amazonaws.ap-northeast-1.ssm", vpcEndpointType: "Interface", vpcId: "vpc-1" },
        replaced: { serviceName: "com.amazonaws.ap-northeast-1.kms", vpcEndpointType: "Gateway", vpcId: "vpc-2" },
    },
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": {
        is: { policy: '{"rules":[]}', repository: "a" },
        replaced: {
            policy: '{"rules":[{"rulePriority":1,"selection":{"tagStatus":"any","countType":"imageCountMoreThan","countNumber":1},"action":{"type":"expire"}}]}',
            repository: "b",
        },
    },
    "aws:ecr/repository:Repository": {
        is: { name: "a" },
        replaced: { name: "b" },
        inPlace: { imageTagMutability: "IMMUTABLE" },
    },
    "aws:ecs/cluster:Cluster": { is: { name: "a" }, replaced: { name: "b" } },
    "aws:ecs/service:Service": {
        is: {
            cluster: "arn:aws:ecs:ap-northeast-1:123456789012:cluster/a",
            launchType: "FARGATE",
            name: "a",
            schedulingStrategy: "REPLICA",
            taskDefinition: "a:1",
            desiredCount: 1,
        },
        replaced: {
            cluster: "arn:aws:ecs:ap-northeast-1:123456789012:cluster/b",
            launchType: "EC2",
            name: "b",
            schedulingStrategy: "DAEMON",
        },
        inPlace: { desiredCount: 2 },
    },
    "aws:ecs/taskDefinition:TaskDefinition": {
        is: {
            ...{
                containerDefinitions: containers("a"),
                cpu: "256",
                executionRoleArn: `${ARN}-a`,
                family: "a",
                memory: "512",
            },
            ...{ networkMode: "awsvpc", requiresCompatibilities: ["FARGATE"], taskRoleArn: `${ARN}-a` },
        },
        replaced: {
            ...{
                containerDefinitions: containers("b"),
                cpu: "512",
                executionRoleArn: `${ARN}-b`,
                family: "b",
                memory: "1024",
            },
            ...{ networkMode: "bridge", requiresCompatibilities: ["EC2"], taskRoleArn: `${ARN}-b` },
            ...{
                runtimePlatform: { cpuArchitecture: "ARM64", operatingSystemFamily: "LINUX" },
            },
        },
    },
    "aws:iam/role:Role": {
        is: { name: "a", path: "/", assumeRolePolicy: policy },
        replaced: { name: "b", path: "/b/" },
        inPlace: { description: "b" },
    },
    "aws:iam/rolePolicy:RolePolicy": { is: { name: "a", role: "a", policy }, replaced: { name: "b", role: "b" } },
    "aws:kms/alias:Alias": {
        is: { name: "alias/a", targetKeyId: "a" },
        replaced: { name: "alias/b" },
        inPlace: { targetKeyId: "b" },
    },
    "aws:kms/key:Key": {
        is: { customerMasterKeySpec: "SYMMETRIC_DEFAULT", keyUsage: "ENCRYPT_DECRYPT", multiRegion: false },
        replaced: { customerMasterKeySpec: "RSA_2048", keyUsage: "SIGN_VERIFY", multiRegion: true },
        inPlace: { enableKeyRotation: true },
    },
    "aws:lb/listener:Listener": {
        is: {
            loadBalancerArn: `${ARN}-a`,
            port: 80,
            protocol: "HTTP",
            defaultActions: [{ type: "forward", targetGroupArn: ARN }],
        },
        replaced: { loadBalancerArn: `${ARN}-b` },
        inPlace: { port: 81 },
    },
    "aws:lb/listenerRule:ListenerRule": {
        is: {
            listenerArn: `${ARN}-a`,
            priority: 1,
            actions: [{ type: "forward", targetGroupArn: ARN }],
            conditions: [{ pathPattern: { values: ["/"] } }],
        },
        replaced: { listenerArn: `${ARN}-b` },
        inPlace: { priority: 2 },
    },
    "aws:lb/loadBalancer:LoadBalancer": {
        is: { internal: false, loadBalancerType: "application", name: "a", subnets: ["subnet-1", "subnet-2"] },
        replaced: { internal: true, loadBalancerType: "network", name: "b" },
        inPlace: { idleTimeout: 90 },
    },
    "aws:lb/targetGroup:TargetGroup": {
        is: { name: "a", port: 80, protocol: "HTTP", protocolVersion: "HTTP1", targetType: "ip", vpcId: "vpc-1" },
        replaced: {
            name: "b",
            port: 81,
            protocol: "HTTPS",
            protocolVersion: "HTTP2",
            targetType: "instance",
            vpcId: "vpc-2",
        },
        inPlace: { deregistrationDelay: 10 },
    },
    "aws:rds/instance:Instance": {
        is: {
            dbName: "a",
            engine: "postgres",
            kmsKeyId: `${ARN}-a`,
            storageEncrypted: true,
            username: "a",
            instanceClass: "db.t4g.micro",
            allocatedStorage: 20,
            identifier: "a",
        },
        replaced: { dbName: "b", engine: "mysql", kmsKeyId: `${ARN}-b`, storageEncrypted: false, username: "b" },
        inPlace: { instanceClass: "db.t4g.small", identifier: "b" },
    },
    "aws:rds/parameterGroup:ParameterGroup": {
        is: { description: "a", family: "postgres16", name: "a" },
        replaced: { description: "b", family: "postgres17", name: "b" },
    },
    "aws:rds/subnetGroup:SubnetGroup": {
        is: { name: "a", subnetIds: ["subnet-1", "subnet-2"] },
        replaced: { name: "b" },
        inPlace: { subnetIds: ["subnet-1", "subnet-3"] },
    },
    "aws:route53/record:Record": {
        is: { name: "a.example.com", type: "A", zoneId: "Z1", ttl: 60, records: ["10.0.0.1"] },
        replaced: { name: "b.example.com", zoneId: "Z2" },
        inPlace: { ttl: 90 },
    },
    "aws:route53/zone:Zone": { is: { name: "a.example.com" }, replaced: { name: "b.example.com" } },
    "aws:s3/bucket:Bucket": { is: { bucket: "bucket-a" }, replaced: { bucket: "bucket-b" } },
    "aws:scheduler/schedule:Schedule": {
        is: {
            name: "a",
            scheduleExpression: "rate(1 day)",
            flexibleTimeWindow: { mode: "OFF" },
            target: { arn: ARN, roleArn: "arn:aws:iam::123456789012:role/a" },
        },
        replaced: { groupName: "other", name: "b" },
        inPlace: { scheduleExpression: "rate(2 days)" },
    },
    "aws:scheduler/scheduleGroup:ScheduleGroup": { is: { name: "a" }, replaced: { name: "b" } },
    "aws:sqs/queue:Queue": { is: { name: "a" }, replaced: { name: "b" }, inPlace: { delaySeconds: 1 } },
    "aws:ssm/parameter:Parameter": {
        is: { name: "/a", type: "String", value: "a" },
        replaced: { name: "/b" },
        inPlace: { value: "b" },
    },
};

/** A resource for each property: in the state as it is, in the program with that property as another one. */
const CHANGES = Object.entries(CASES).flatMap(([type, { is, replaced, inPlace = {} }]) =>
    Object.entries({ ...replaced, ...inPlace }).map(([property, value]) => ({
        ...{ type, property, is, becomes: { ...is, [property]: value }, name: `${type.split(":").pop()}-${property}` },
        replaces: property in replaced,
    })),
);

describe("the table of what is replaced, by the provider's own plans", () => {
    const dir = mkdtempSync(path.join(os.tmpdir(), "identity-e2e-"));
    const name = "replacements";
    let stack: Stack;
    let only: "provider" | "all" = "provider";

    const program = async () => {
        const provider = new aws.Provider("aws", { region: "ap-northeast-1" });
        if (only === "provider") return;
        for (const { type, name, becomes } of CHANGES) {
            new Any(type, name, becomes, { provider, version: "7.48.0" });
        }
    };

    before(async function () {
        needsEngine(this);
        writeFileSync(path.join(dir, "Pulumi.yaml"), "name: identity\nruntime: nodejs\n");
        stack = await LocalWorkspace.createOrSelectStack(
            { stackName: name, projectName: "identity", program },
            { workDir: dir },
        );
    });
    after(async () => {
        await stack?.workspace.removeStack(name, { force: true });
        rmSync(dir, { recursive: true, force: true });
    });

    it("names every type and property of the table", () => {
        const tested = CHANGES.filter(({ replaces }) => replaces).map(({ type, property }) => `${type} ${property}`);
        const said = Object.entries(REPLACED_BY).flatMap(([type, all]) => all.map((property) => `${type} ${property}`));
        expect(tested).to.have.members(said.filter((each) => each.startsWith("aws:")));
    });

    it("is right", async () => {
        await stack.up();
        const state = await stack.exportStack();
        const provider = state.deployment.resources.find((r: { type: string }) => r.type === "pulumi:providers:aws");
        const parent = state.deployment.resources[0].urn;
        for (const { type, name: own, is } of CHANGES) {
            state.deployment.resources.push({
                ...{ urn: `urn:pulumi:${name}::identity::${type}::${own}`, custom: true, id: own, type, parent },
                ...{ inputs: is, outputs: { ...is, id: own }, provider: `${provider.urn}::${provider.id}` },
            });
        }
        await stack.importStack(state);
        only = "all";
        // By name: the properties for whose sake the provider would make it anew. Others may be among them, which a state written by hand lacks.
        const planned = new Map<string, readonly string[]>();
        await stack.preview({
            onEvent: ({ resourcePreEvent }) => {
                const step = resourcePreEvent?.metadata;
                if (!step) return;
                const own = step.urn.split("::").pop()!; // a replacement is several steps
                planned.set(own, [...(planned.get(own) ?? []), ...(step.keys ?? [])]);
            },
            onOutput: (text) => void (process.env.E2E_LOG && process.stderr.write(text)),
        });
        expect(CHANGES.filter(({ name: own }) => !planned.has(own))).to.deep.equal([]);
        const wrong = CHANGES.filter(
            ({ name: own, property, replaces }) => planned.get(own)!.includes(property) !== replaces,
        );
        expect(
            wrong.map(({ name: own, replaces }) => `${own}: ${replaces ? "changes in place" : "is replaced"}`),
        ).to.deep.equal([]);
    });
});
