import { expect } from "chai";
import { Endpoint } from "../../components/endpoint";
import { FargateService, type FargateServiceArgs } from "../../components/fargate-service";
import type { Spot } from "../../components/fargate/spot";
import { SecretStore } from "../../components/secret-store";
import {
    ACCOUNT,
    CLUSTER,
    type Made,
    make,
    PROJECT,
    REGION,
    refusal,
    STACK,
    secretAt,
    statementsOf,
    trustOf,
    VPC,
} from "./support";

const IMAGE = `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/app@sha256:${"0".repeat(64)}`;
const ARGS: FargateServiceArgs = {
    cluster: CLUSTER,
    vpc: VPC,
    containers: { app: { image: IMAGE, user: "1000", ports: [8080] } },
    cpu: 512,
    memory: 1024,
    count: 2,
};
const LOGS = `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/${PROJECT}/${STACK}/app:*`;

/** A service of its own, or, with `routed`, behind a load balancer. */
const service = (args: Partial<FargateServiceArgs> = {}) =>
    make(() => new FargateService("app", { ...ARGS, ...args }) && undefined);
const routed = (args: Partial<FargateServiceArgs> = {}, healthCheckPort?: number) =>
    make(() => {
        const endpoint = new Endpoint("public", { vpc: VPC, allowedCidrs: [] });
        const healthCheck = { path: "/", port: healthCheckPort };
        const routes = [endpoint.route("app", { host: "app", port: 8080, healthCheck })];
        new FargateService("app", { ...ARGS, ...args, routes });
    });
const policy = (made: Made, name: string) => statementsOf(made.one("aws.iam.RolePolicy", name));
const definitions = (made: Made) =>
    JSON.parse(made.inputs("aws.ecs.TaskDefinition").containerDefinitions as string) as Record<string, unknown>[];

describe("FargateService", () => {
    it("is a service with a task definition, two roles, a log group and a security group", async () => {
        const made = await service();
        expect(made.childrenOf("identity.FargateService")).to.deep.equal([
            "aws.cloudwatch.LogGroup app",
            "aws.ec2.SecurityGroup app",
            "aws.ecs.Service app",
            "aws.ecs.TaskDefinition app",
            "aws.iam.Role app-execution",
            "aws.iam.Role app-task",
            "aws.iam.RolePolicy app-execution",
            "aws.vpc.SecurityGroupEgressRule app-out",
        ]);
    });

    it("runs in private subnets without a public address, and goes back where a deployment fails", async () => {
        const made = await service();
        expect(made.inputs("aws.ecs.Service")).to.deep.equal({
            cluster: CLUSTER.arn,
            taskDefinition: made.one("aws.ecs.TaskDefinition").outputs.arn,
            desiredCount: 2,
            launchType: "FARGATE",
            platformVersion: "LATEST",
            networkConfiguration: {
                subnets: VPC.privateSubnetIds,
                securityGroups: [made.one("aws.ec2.SecurityGroup").id],
                assignPublicIp: false,
            },
            loadBalancers: [],
            deploymentMinimumHealthyPercent: 100,
            deploymentMaximumPercent: 200,
            deploymentCircuitBreaker: { enable: true, rollback: true },
            availabilityZoneRebalancing: "ENABLED",
            enableExecuteCommand: false,
            enableEcsManagedTags: true,
            propagateTags: "SERVICE",
            waitForSteadyState: false,
        });
    });

    it("stops every task first, and does not go back, where two versions may not run side by side", async () => {
        const made = await service({ deployment: "replace" });
        expect(made.inputs("aws.ecs.Service")).to.deep.include({
            deploymentMinimumHealthyPercent: 0,
            deploymentMaximumPercent: 100,
            deploymentCircuitBreaker: { enable: true, rollback: false },
            availabilityZoneRebalancing: "DISABLED",
        });
    });

    it("stops every task first in every deployment, and goes back, where that is asked for", async () => {
        const made = await service({ deployment: "stop-first", count: 0 });
        expect(made.inputs("aws.ecs.Service")).to.deep.include({
            desiredCount: 0,
            deploymentMinimumHealthyPercent: 0,
            deploymentMaximumPercent: 100,
            deploymentCircuitBreaker: { enable: true, rollback: true },
            availabilityZoneRebalancing: "DISABLED",
        });
    });

    it("lets its tasks reach one another on the ports that are for that, and nobody else there", async () => {
        const made = await service({ peerPorts: { "Cluster data": 7800 } });
        expect(made.rules()).to.deep.equal([
            "app: in tcp 7800-7800 app",
            "app: out tcp 443-443 0.0.0.0/0",
            "app: out tcp 7800-7800 app",
        ]);
    });

    it("hands on its name, its task definition, its logs and its group", async () => {
        const made = await make(() => {
            const { serviceName, taskDefinitionArn, logGroupName, securityGroupId } = new FargateService("app", ARGS);
            return { serviceName, taskDefinitionArn, logGroupName, securityGroupId };
        });
        expect(made.outputs).to.deep.equal({
            serviceName: made.one("aws.ecs.Service").outputs.name,
            taskDefinitionArn: made.one("aws.ecs.TaskDefinition").outputs.arn,
            logGroupName: `/${PROJECT}/${STACK}/app`,
            securityGroupId: made.one("aws.ec2.SecurityGroup").id,
        });
    });

    describe("its task definition", () => {
        it("is for Fargate on Linux and x86, with the two roles", async () => {
            const made = await service({ containers: { app: { ...ARGS.containers.app!, writable: ["/tmp"] } } });
            const { containerDefinitions, ...rest } = made.inputs("aws.ecs.TaskDefinition");
            expect(containerDefinitions).to.be.a("string");
            expect(rest).to.deep.equal({
                family: `${PROJECT}-${STACK}-app`,
                requiresCompatibilities: ["FARGATE"],
                networkMode: "awsvpc",
                cpu: "512",
                memory: "1024",
                runtimePlatform: { operatingSystemFamily: "LINUX", cpuArchitecture: "X86_64" },
                executionRoleArn: made.one("aws.iam.Role", "app-execution").outputs.arn,
                taskRoleArn: made.one("aws.iam.Role", "app-task").outputs.arn,
                volumes: [{ name: "app-tmp" }],
            });
        });

        it("logs to the service's own group, kept as long as is said", async () => {
            const made = await service({ logRetentionDays: 7 });
            expect(made.inputs("aws.cloudwatch.LogGroup")).to.deep.include({
                name: `/${PROJECT}/${STACK}/app`,
                retentionInDays: 7,
            });
            expect(definitions(made)[0]!.logConfiguration).to.deep.nested.include({
                "options.awslogs-group": `/${PROJECT}/${STACK}/app`,
                "options.awslogs-region": REGION,
            });
            expect((await service()).inputs("aws.cloudwatch.LogGroup").retentionInDays).to.equal(30);
        });

        it("is the same to the letter in whatever order the containers are given", async () => {
            const [a, b] = [ARGS.containers.app!, { image: "example.com/proxy@sha256:11", user: "101" }];
            const text = async (containers: FargateServiceArgs["containers"]) =>
                (await service({ containers })).inputs("aws.ecs.TaskDefinition").containerDefinitions;
            expect(await text({ app: a, proxy: b })).to.equal(await text({ proxy: b, app: a }));
        });

        it("names secrets and holds no value of any", async () => {
            const made = await make(() => {
                const secrets = new SecretStore("s", { prefix: "/p" });
                const [given, generated] = [secrets.put("app", "GIVEN", "hunter2"), secrets.generate("app", "MADE")];
                const app = { ...ARGS.containers.app!, secrets: { GIVEN: given, MADE: generated } };
                new FargateService("app", { ...ARGS, containers: { app } });
            });
            const text = JSON.stringify(made.resources);
            expect(definitions(made)[0]!.secrets).to.deep.equal([
                { name: "GIVEN", valueFrom: `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/p/app/GIVEN` },
                { name: "MADE", valueFrom: `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/p/app/MADE` },
            ]);
            expect(definitions(made)[0]!.dockerLabels).to.deep.equal({ "secret-versions": "GIVEN=1 MADE=1" });
            expect(text).not.to.include("hunter2");
            expect(text).not.to.include("simulated-");
        });
    });

    describe("its roles", () => {
        it("are ECS's to assume, for tasks of this account and region only", async () => {
            const made = await service();
            for (const role of made.all("aws.iam.Role")) {
                expect(statementsOf(role, "assumeRolePolicy")).to.deep.equal(trustOf("ecs-tasks.amazonaws.com", "ecs"));
                expect(Object.keys(role.inputs)).to.deep.equal(["assumeRolePolicy"]);
            }
        });

        it("let ECS have this image, this log group, these secrets and nothing else", async () => {
            const secrets = {
                A: secretAt("/x/A", { keyArn: "arn:key" }),
                B: secretAt("/x/B"),
            };
            const made = await service({ containers: { app: { ...ARGS.containers.app!, secrets } } });
            expect(made.inputs("aws.iam.RolePolicy", "app-execution").role).to.equal(
                made.one("aws.iam.Role", "app-execution").id,
            );
            const parameter = (name: string) => `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/x/${name}`;
            expect(policy(made, "app-execution")).to.deep.equal([
                { Effect: "Allow", Action: "ecr:GetAuthorizationToken", Resource: "*" },
                {
                    Effect: "Allow",
                    Action: ["ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage"],
                    Resource: [`arn:aws:ecr:${REGION}:${ACCOUNT}:repository/app`],
                },
                { Effect: "Allow", Action: ["logs:CreateLogStream", "logs:PutLogEvents"], Resource: LOGS },
                { Effect: "Allow", Action: "ssm:GetParameters", Resource: [parameter("A"), parameter("B")] },
                {
                    Effect: "Allow",
                    Action: "kms:Decrypt",
                    Resource: "arn:key",
                    Condition: {
                        StringEquals: {
                            "kms:ViaService": `ssm.${REGION}.amazonaws.com`,
                            "kms:EncryptionContext:PARAMETER_ARN": [parameter("A")],
                        },
                    },
                },
            ]);
        });

        it("need no registry of AWS for an image of another, and name what two containers share once", async () => {
            const other = await service({ containers: { app: { image: "example.com/app@sha256:00", user: "1" } } });
            expect(policy(other, "app-execution")).to.deep.equal([
                { Effect: "Allow", Action: ["logs:CreateLogStream", "logs:PutLogEvents"], Resource: LOGS },
            ]);
            const secrets = { A: secretAt("/x/A") };
            const shared = await service({
                containers: { a: { image: IMAGE, user: "1", secrets }, b: { image: IMAGE, user: "1", secrets } },
            });
            const resources = policy(shared, "app-execution").map(({ Resource }) => Resource);
            expect(resources).to.deep.equal([
                "*",
                [`arn:aws:ecr:${REGION}:${ACCOUNT}:repository/app`],
                LOGS,
                [`arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/x/A`],
            ]);
        });

        it("let the application do what it is given, and nothing where nothing is", async () => {
            const statement = { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::b/*" } as const;
            const made = await service({ taskRoleStatements: [statement] });
            expect(policy(made, "app-task")).to.deep.equal([statement]);
            expect(made.inputs("aws.iam.RolePolicy", "app-task").role).to.equal(
                made.one("aws.iam.Role", "app-task").id,
            );
            const names = (await service()).all("aws.iam.RolePolicy").map(({ name }) => name);
            expect(names).to.deep.equal(["app-execution"]);
        });

        it("let a shell in where exec is on, by the task role alone, and keep what it says in the tasks' log", async () => {
            const made = await service({ exec: true });
            expect(made.inputs("aws.ecs.Service").enableExecuteCommand).to.equal(true);
            const logGroup = String(made.one("aws.cloudwatch.LogGroup").outputs.arn);
            expect(policy(made, "app-task")).to.deep.equal([
                {
                    Effect: "Allow",
                    Action: [
                        "ssmmessages:CreateControlChannel",
                        "ssmmessages:CreateDataChannel",
                        "ssmmessages:OpenControlChannel",
                        "ssmmessages:OpenDataChannel",
                    ],
                    Resource: "*",
                },
                {
                    Effect: "Allow",
                    Action: "logs:DescribeLogGroups",
                    Resource: `${logGroup.replace(/:log-group:.*/, "")}:log-group:*`,
                },
                {
                    Effect: "Allow",
                    Action: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
                    Resource: `${logGroup}:*`,
                },
            ]);
            expect(JSON.stringify(policy(made, "app-execution"))).not.to.include("ssmmessages");
            expect(definitions(made)[0]!.mountPoints).to.have.length(2);
        });
    });

    describe("its network", () => {
        it("lets nobody in without a route, and out to 443 only", async () => {
            const made = await service();
            expect(made.rules()).to.deep.equal(["app: out tcp 443-443 0.0.0.0/0"]);
            expect(made.inputs("aws.ec2.SecurityGroup")).to.deep.include({
                vpcId: VPC.id,
                description: "Tasks of app",
            });
            expect(made.inputs("aws.ec2.SecurityGroup")).not.to.have.any.keys("ingress", "egress");
        });

        it("lets out where it is told", async () => {
            const made = await service({ egressPorts: { from: 9701, to: 9799, description: "The ledger" } });
            expect(made.rules()).to.deep.equal(["app: out tcp 9701-9799 0.0.0.0/0"]);
        });

        it("is let into an endpoint that it is a client of, and may connect to it, before the service starts", async () => {
            const made = await make(() => {
                const endpoint = new Endpoint("admin", { vpc: VPC, allowedCidrs: [] });
                endpoint.route("issuer", { host: "issuer", port: 8021, healthCheck: { path: "/" } });
                new FargateService("app", { ...ARGS, clientOf: [endpoint] });
                new FargateService("other", ARGS);
            });
            expect(made.rules()).to.deep.equal([
                "admin: in tcp 8021-8021 app",
                "admin: out tcp 1-65535 admin-targets",
                "app: out tcp 1-65535 admin",
                "app: out tcp 443-443 0.0.0.0/0",
                "other: out tcp 443-443 0.0.0.0/0",
            ]);
            const waits = made.waitsFor(made.one("aws.ecs.Service", "app"));
            expect(waits).to.include("aws.vpc.SecurityGroupIngressRule admin-8021-from-app");
            expect(waits).to.include("aws.vpc.SecurityGroupEgressRule app-to-admin");
        });

        it("lets in the load balancer of a route, on the port and on that of its health check", async () => {
            const made = await routed({}, 9000);
            expect(made.rules().filter((rule) => rule.startsWith("app:"))).to.deep.equal([
                "app: in tcp 8080-8080 public",
                "app: in tcp 9000-9000 public",
                "app: out tcp 443-443 0.0.0.0/0",
            ]);
            expect(made.all("aws.vpc.SecurityGroupIngressRule").map(({ name }) => name)).to.deep.equal([
                "app-from-lb-1-8080",
                "app-from-lb-1-9000",
            ]);
            expect((await routed({}, 8080)).all("aws.vpc.SecurityGroupIngressRule")).to.have.length(1);
        });

        it("registers its tasks with the route, once that is listened to", async () => {
            const made = await routed({ healthCheckGraceSeconds: 180 });
            const { inputs } = made.one("aws.ecs.Service");
            expect(inputs.loadBalancers).to.deep.equal([
                {
                    targetGroupArn: made.one("aws.lb.TargetGroup").outputs.arn,
                    containerName: "app",
                    containerPort: 8080,
                },
            ]);
            expect(inputs.healthCheckGracePeriodSeconds).to.equal(180);
            expect((await routed()).inputs("aws.ecs.Service").healthCheckGracePeriodSeconds).to.equal(60);
            expect(made.waitsFor(made.one("aws.ecs.Service"))).to.include("aws.lb.Listener public-8080");
        });

        it("starts when its tasks may do and reach all that they need", async () => {
            const made = await routed({ exec: true }, 9000);
            expect(made.waitsFor(made.one("aws.ecs.Service"))).to.include.members([
                "aws.iam.RolePolicy app-execution",
                "aws.iam.RolePolicy app-task",
                "aws.vpc.SecurityGroupEgressRule app-out",
                "aws.vpc.SecurityGroupIngressRule app-from-lb-1-8080",
                "aws.vpc.SecurityGroupIngressRule app-from-lb-1-9000",
            ]);
        });

        it("joins the groups of its load balancers' targets and those that it is given", async () => {
            const made = await routed({ securityGroupIds: ["sg-db", "sg-cache"] });
            const { securityGroups } = made.inputs("aws.ecs.Service").networkConfiguration as Record<string, unknown>;
            expect(securityGroups).to.deep.equal([
                made.one("aws.ec2.SecurityGroup", "app").id,
                made.one("aws.ec2.SecurityGroup", "public-targets").id,
                "sg-db",
                "sg-cache",
            ]);
        });

        it("takes five groups", async () => {
            await service({ securityGroupIds: ["sg-1", "sg-2", "sg-3", "sg-4"] });
        });

        it("refuses six, and says which they are", async () => {
            const securityGroupIds = ["sg-1", "sg-2", "sg-3", "sg-4", "sg-5"];
            expect(await refusal(() => new FargateService("app", { ...ARGS, securityGroupIds }))).to.equal(
                "app: 6 security groups are more than a task takes, 5: its own, one for each endpoint that leads to it, " +
                    "and those of securityGroupIds",
            );
        });

        it("refuses a size that Fargate has not", async () => {
            const error = await refusal(() => new FargateService("app", { ...ARGS, cpu: 256, memory: 300 }));
            expect(error).to.equal("app: Fargate has no task of 256 CPU units with 300 MiB; one of 512, 1024, 2048");
        });

        it("refuses before it makes anything", async () => {
            const seen: string[] = [];
            const transformations = [({ name }: { name: string }) => void seen.push(name)];
            const securityGroupIds = ["sg-1", "sg-2", "sg-3", "sg-4", "sg-5"];
            await refusal(() => new FargateService("app", { ...ARGS, securityGroupIds }, { transformations }));
            expect(seen).to.deep.equal(["app"]);
        });

        it("takes two routes of one endpoint: one group to join, and no rule twice", async () => {
            const made = await make(() => {
                const endpoint = new Endpoint("public", { vpc: VPC, allowedCidrs: [] });
                const healthCheck = { path: "/", port: 9000 };
                const routes = [
                    endpoint.route("http", { host: "http", port: 8080, healthCheck }),
                    endpoint.route("ws", { host: "ws", port: 8081, healthCheck }),
                ];
                const app = { ...ARGS.containers.app!, ports: [8080, 8081] };
                new FargateService("app", { ...ARGS, containers: { app }, routes });
            });
            expect(made.rules().filter((rule) => rule.startsWith("app:"))).to.deep.equal([
                "app: in tcp 8080-8080 public",
                "app: in tcp 8081-8081 public",
                "app: in tcp 9000-9000 public",
                "app: out tcp 443-443 0.0.0.0/0",
            ]);
            const { securityGroups } = made.inputs("aws.ecs.Service").networkConfiguration as Record<string, unknown>;
            expect(securityGroups).to.deep.equal([
                made.one("aws.ec2.SecurityGroup", "app").id,
                made.one("aws.ec2.SecurityGroup", "public-targets").id,
            ]);
        });

        it("refuses a route to a port that no container has", async () => {
            const program = () => {
                const endpoint = new Endpoint("public", { vpc: VPC, allowedCidrs: [] });
                const route = endpoint.route("app", { host: "app", port: 9999, healthCheck: { path: "/" } });
                new FargateService("app", { ...ARGS, routes: [route] });
            };
            expect(await refusal(program)).to.equal(
                "app: a route leads to port 9999, which no container of the service has",
            );
        });
    });

    describe("with autoscaling", () => {
        const autoscaling = { max: 6, cpuPercent: 70, memoryPercent: 75 };

        it("follows CPU and memory between the count and the most", async () => {
            const made = await service({ autoscaling });
            const where = {
                serviceNamespace: "ecs",
                scalableDimension: "ecs:service:DesiredCount",
                resourceId: `service/cluster/${made.one("aws.ecs.Service").outputs.name}`,
            };
            expect(made.inputs("aws.appautoscaling.Target", "app")).to.deep.equal({
                ...where,
                minCapacity: 2,
                maxCapacity: 6,
            });
            for (const [name, predefinedMetricType, targetValue] of [
                ["app-cpu", "ECSServiceAverageCPUUtilization", 70],
                ["app-memory", "ECSServiceAverageMemoryUtilization", 75],
            ] as const) {
                expect(made.inputs("aws.appautoscaling.Policy", name)).to.deep.equal({
                    ...where,
                    policyType: "TargetTrackingScaling",
                    targetTrackingScalingPolicyConfiguration: {
                        predefinedMetricSpecification: { predefinedMetricType },
                        targetValue,
                        scaleOutCooldown: 60,
                        scaleInCooldown: 300,
                    },
                });
            }
            expect(made.all("aws.appautoscaling.Policy")).to.have.length(2);
        });

        it("goes down to `min`, where that is said", async () => {
            const made = await service({ count: 3, autoscaling: { min: 2, ...autoscaling } });
            expect(made.inputs("aws.appautoscaling.Target")).to.include({ minCapacity: 2, maxCapacity: 6 });
            expect(made.inputs("aws.ecs.Service").desiredCount).to.equal(3);
        });

        for (const [count, min, max] of [
            [2, 3, 6],
            [7, 2, 6],
        ] as const) {
            it(`refuses ${count} tasks between ${min} and ${max}`, async () => {
                const program = () =>
                    new FargateService("app", { ...ARGS, count, autoscaling: { min, max, cpuPercent: 70 } });
                expect(await refusal(program)).to.equal(
                    `app: count, ${count}, is not between autoscaling's min, ${min}, and max, ${max}`,
                );
            });
        }

        it("is not set back to the count, and without autoscaling is", async () => {
            expect((await service({ autoscaling })).one("aws.ecs.Service").ignoreChanges).to.deep.equal([
                "desiredCount",
            ]);
            const made = await service();
            expect(made.one("aws.ecs.Service").ignoreChanges).to.deep.equal([]);
            expect(made.all("aws.appautoscaling.Target")).to.deep.equal([]);
        });
    });

    it("is made anew, without a word of the provider, where its tasks move to Spot or away from it", async () => {
        const trigger = async (spot: Spot) => (await service({ spot })).one("aws.ecs.Service").replacementTrigger;
        expect(await trigger(false)).to.deep.equal({ launchType: "FARGATE" });
        const onSpot = { capacityProvider: "FARGATE_SPOT", weight: 1 };
        expect(await trigger(true)).to.deep.equal({ capacityProviderStrategies: [onSpot] });
        expect(await trigger({ base: 1 })).to.deep.equal({
            capacityProviderStrategies: [{ capacityProvider: "FARGATE", base: 1, weight: 0 }, onSpot],
        });
    });

    it("lets what it gives to its task definition and its service be changed", async () => {
        const made = await service({
            transform: {
                taskDefinition: { ephemeralStorage: { sizeInGib: 50 } },
                service: (args, opts, name) => {
                    args.tags = { name };
                    opts.protect = true;
                    opts.ignoreChanges = [...(opts.ignoreChanges as string[]), "tags"];
                },
            },
        });
        expect(made.inputs("aws.ecs.TaskDefinition")).to.deep.include({
            ephemeralStorage: { sizeInGib: 50 },
            networkMode: "awsvpc",
        });
        const { inputs, protect, ignoreChanges } = made.one("aws.ecs.Service");
        expect({ tags: inputs.tags, protect, ignoreChanges }).to.deep.equal({
            tags: { name: "app" },
            protect: true,
            ignoreChanges: ["tags"],
        });
    });
});
