import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { ecrRepositoryArn } from "./container-image";
import type { Route } from "./endpoint";
import { type ContainerArgs, renderContainers } from "./fargate/container";
import { rolledOut } from "./fargate/rollout";
import { sizeProblem } from "./fargate/sizes";
import { policyDocument, roleFor, type Statement, whereabouts } from "./iam";
import { type Secret, secretStatements } from "./secret-store";
import { type Transform, transformed } from "./transform";

export interface FargateServiceArgs {
    cluster: { arn: pulumi.Input<string>; name: pulumi.Input<string> };
    vpc: { id: pulumi.Input<string>; privateSubnetIds: pulumi.Input<string[]> };
    /** By name. The first port that a route leads to decides which container gets its traffic. */
    containers: Record<string, ContainerArgs>;
    /** CPU units (1024 are one vCPU) and MiB of the whole task; see `fargate/sizes.ts` for what goes together. */
    cpu: number;
    memory: number;
    /** Tasks, spread over the zones; the least where `autoscaling` is on. */
    count: number;
    /** Target tracking up to `max` tasks, by percent of the task's CPU and memory. @default none */
    autoscaling?: { max: number; cpuPercent: number; memoryPercent: number };
    /** The ways in: what load balancers send to the tasks. @default none, a worker */
    routes?: Route[];
    /** Groups that the tasks join beside their own, e.g. a database's clients. AWS takes five for a task in all. */
    securityGroupIds?: pulumi.Input<string>[];
    /** TCP ports that the tasks may connect to, anywhere. @default 443, for ECR, SSM and CloudWatch */
    egressPorts?: { from: number; to: number; description: string };
    /** What the application itself may do in AWS. @default nothing */
    taskRoleStatements?: Statement[];
    /** Seconds after a task's start in which load balancers may find it unhealthy. @default 60 */
    healthCheckGraceSeconds?: number;
    /** Let `aws ecs execute-command` open a shell in a task. @default false */
    exec?: boolean;
    /** @default 30 */
    logRetentionDays?: number;
    /** Seconds that a rollout may take before the `up` fails. @default 1200 */
    rolloutTimeoutSeconds?: number;
    transform?: {
        taskDefinition?: Transform<aws.ecs.TaskDefinitionArgs>;
        service?: Transform<aws.ecs.ServiceArgs>;
    };
}

const ROLLOUT_TIMEOUT_SECONDS = 1200;
/** AWS's default quota of security groups for a network interface. */
const GROUPS_PER_TASK = 5;

/**
 * A service on Fargate: its task definition, its two roles, its log group, its security group, autoscaling.
 *
 * The roles are two since their holders are two: ECS itself starts a task with the execution role (this image, these
 * secrets, this log group and nothing else), the application runs with the task role. A deployment rolls, starting new tasks
 * before it stops old ones; where the new ones do not come up, ECS's circuit breaker goes back to the old version, **and the
 * `up` fails** with the reason (see `fargate/rollout.ts`).
 */
export class FargateService extends pulumi.ComponentResource {
    /** Known once its tasks run the new version: whoever depends on it waits for that. */
    readonly serviceName: pulumi.Output<string>;
    readonly taskDefinitionArn: pulumi.Output<string>;
    readonly logGroupName: pulumi.Output<string>;
    /** The tasks' own security group. */
    readonly securityGroupId: pulumi.Output<string>;

    constructor(name: string, args: FargateServiceArgs, opts?: pulumi.ComponentResourceOptions) {
        super("identity:index:FargateService", name, {}, opts);
        const routes = args.routes ?? [];
        // Two routes of one endpoint are one group to join. What is wrong is said before anything is made.
        const joined = [...new Set([...routes.map((route) => route.targetsGroupId), ...(args.securityGroupIds ?? [])])];
        if (joined.length >= GROUPS_PER_TASK) {
            throw new pulumi.RunError(
                `${name}: ${joined.length + 1} security groups are more than a task takes, ${GROUPS_PER_TASK}: its own, one for each ` +
                    "endpoint that leads to it, and those of securityGroupIds",
            );
        }
        const size = sizeProblem(args.cpu, args.memory);
        if (size) throw new pulumi.RunError(`${name}: ${size.what}; ${size.fix}`);
        const targets = routes.map((route) => ({
            route,
            containerName: containerOf(name, args.containers, route.port),
        }));
        const logGroup = new aws.cloudwatch.LogGroup(
            name,
            {
                name: `/${pulumi.getProject()}/${pulumi.getStack()}/${name}`,
                retentionInDays: args.logRetentionDays ?? 30,
            },
            { parent: this },
        );
        const execution = this.executionRole(name, args, logGroup.arn);
        const task = this.taskRole(name, args);
        const taskDefinition = this.taskDefinition(name, args, logGroup.name, execution.role.arn, task.role.arn);
        const { group, rules } = this.securityGroup(name, args, routes);
        const groups = [group.id, ...joined];
        const service = new aws.ecs.Service(
            ...transformed<aws.ecs.ServiceArgs>(
                args.transform?.service,
                name,
                {
                    cluster: args.cluster.arn,
                    taskDefinition: taskDefinition.arn,
                    desiredCount: args.count,
                    launchType: "FARGATE",
                    platformVersion: "LATEST",
                    networkConfiguration: {
                        subnets: args.vpc.privateSubnetIds,
                        securityGroups: groups,
                        assignPublicIp: false,
                    },
                    loadBalancers: targets.map(({ route, containerName }) => ({
                        targetGroupArn: route.targetGroupArn,
                        containerName,
                        containerPort: route.port,
                    })),
                    healthCheckGracePeriodSeconds: routes.length > 0 ? (args.healthCheckGraceSeconds ?? 60) : undefined,
                    deploymentMinimumHealthyPercent: 100,
                    deploymentMaximumPercent: 200,
                    deploymentCircuitBreaker: { enable: true, rollback: true },
                    availabilityZoneRebalancing: "ENABLED",
                    enableExecuteCommand: args.exec ?? false,
                    enableEcsManagedTags: true,
                    propagateTags: "SERVICE",
                    waitForSteadyState: false, // `rolledOut` waits, and knows a rollback from a success
                },
                {
                    parent: this,
                    dependsOn: [
                        ...routes.map((route) => route.listening),
                        ...rules,
                        ...execution.policies,
                        ...task.policies,
                    ],
                    // What the autoscaler set must not be set back by an `up`.
                    ignoreChanges: args.autoscaling ? ["desiredCount"] : [],
                },
            ),
        );
        if (args.autoscaling) this.scale(name, args.cluster.name, service.name, args.count, args.autoscaling);

        const timeout = args.rolloutTimeoutSeconds ?? ROLLOUT_TIMEOUT_SECONDS;
        this.serviceName = rolledOut(name, service, taskDefinition, timeout);
        this.taskDefinitionArn = taskDefinition.arn;
        this.logGroupName = logGroup.name;
        this.securityGroupId = group.id;
        this.registerOutputs({ serviceName: this.serviceName, taskDefinitionArn: this.taskDefinitionArn });
    }

    private taskDefinition(
        name: string,
        args: FargateServiceArgs,
        logGroup: pulumi.Output<string>,
        executionRoleArn: pulumi.Output<string>,
        taskRoleArn: pulumi.Output<string>,
    ): aws.ecs.TaskDefinition {
        const { region } = whereabouts(this);
        const { definitions, volumes } = renderContainers(args.containers, {
            logGroup,
            region,
            exec: args.exec ?? false,
        });
        return new aws.ecs.TaskDefinition(
            ...transformed<aws.ecs.TaskDefinitionArgs>(
                args.transform?.taskDefinition,
                name,
                {
                    family: `${pulumi.getProject()}-${pulumi.getStack()}-${name}`,
                    requiresCompatibilities: ["FARGATE"],
                    networkMode: "awsvpc",
                    cpu: String(args.cpu),
                    memory: String(args.memory),
                    runtimePlatform: { operatingSystemFamily: "LINUX", cpuArchitecture: "X86_64" },
                    executionRoleArn,
                    taskRoleArn,
                    volumes,
                    containerDefinitions: definitions,
                },
                { parent: this },
            ),
        );
    }

    /** What ECS itself needs to start a task: this image, these secrets, this log group. */
    private executionRole(name: string, args: FargateServiceArgs, logGroupArn: pulumi.Output<string>) {
        const containers = Object.values(args.containers);
        const secrets = uniqueSecrets(containers);
        const role = roleFor(`${name}-execution`, "ecs-tasks.amazonaws.com", { parent: this });
        const repositories = pulumi
            .all(containers.map((container) => container.image))
            .apply((images) => [...new Set(images.flatMap((image) => ecrRepositoryArn(image) ?? []))]);
        const policy = repositories.apply((arns) =>
            policyDocument([
                ...imageStatements(arns),
                {
                    Effect: "Allow",
                    Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
                    Resource: pulumi.interpolate`${logGroupArn}:*`,
                },
                ...secretStatements(secrets, this),
            ]),
        );
        return {
            role,
            policies: [new aws.iam.RolePolicy(`${name}-execution`, { role: role.id, policy }, { parent: this })],
        };
    }

    /** What the application may do. */
    private taskRole(name: string, args: FargateServiceArgs) {
        const role = roleFor(`${name}-task`, "ecs-tasks.amazonaws.com", { parent: this });
        const statements = [...(args.taskRoleStatements ?? []), ...(args.exec ? [EXEC_STATEMENT] : [])];
        if (statements.length === 0) return { role, policies: [] };
        const policy = new aws.iam.RolePolicy(
            `${name}-task`,
            { role: role.id, policy: policyDocument(statements) },
            { parent: this },
        );
        return { role, policies: [policy] };
    }

    private securityGroup(name: string, args: FargateServiceArgs, routes: Route[]) {
        const child = { parent: this };
        const group = new aws.ec2.SecurityGroup(name, { vpcId: args.vpc.id, description: `Tasks of ${name}` }, child);
        // A rule for each load balancer and port, however many routes of an endpoint lead there.
        const balancers = [...new Set(routes.map((route) => route.loadBalancerGroupId))];
        const ingress = balancers.flatMap((balancer, i) => {
            const own = routes.filter((route) => route.loadBalancerGroupId === balancer);
            const ports = new Set(own.flatMap((route) => [route.port, route.healthCheckPort]));
            return [...ports].map(
                (port) =>
                    new aws.vpc.SecurityGroupIngressRule(
                        `${name}-from-lb-${i + 1}-${port}`,
                        {
                            securityGroupId: group.id,
                            referencedSecurityGroupId: balancer,
                            description: own.some((route) => route.port === port)
                                ? "Requests from the load balancer"
                                : "Health checks of the load balancer",
                            ipProtocol: "tcp",
                            fromPort: port,
                            toPort: port,
                        },
                        child,
                    ),
            );
        });
        const egress = args.egressPorts ?? { from: 443, to: 443, description: "AWS and other services, over TLS" };
        const out = new aws.vpc.SecurityGroupEgressRule(
            `${name}-out`,
            {
                securityGroupId: group.id,
                cidrIpv4: "0.0.0.0/0",
                description: egress.description,
                ipProtocol: "tcp",
                fromPort: egress.from,
                toPort: egress.to,
            },
            child,
        );
        return { group, rules: [...ingress, out] };
    }

    private scale(
        name: string,
        cluster: pulumi.Input<string>,
        service: pulumi.Output<string>,
        min: number,
        args: NonNullable<FargateServiceArgs["autoscaling"]>,
    ) {
        const target = new aws.appautoscaling.Target(
            name,
            {
                serviceNamespace: "ecs",
                scalableDimension: "ecs:service:DesiredCount",
                resourceId: pulumi.interpolate`service/${cluster}/${service}`,
                minCapacity: min,
                maxCapacity: args.max,
            },
            { parent: this },
        );
        for (const [metric, type, percent] of [
            ["cpu", "ECSServiceAverageCPUUtilization", args.cpuPercent],
            ["memory", "ECSServiceAverageMemoryUtilization", args.memoryPercent],
        ] as const) {
            new aws.appautoscaling.Policy(
                `${name}-${metric}`,
                {
                    policyType: "TargetTrackingScaling",
                    serviceNamespace: target.serviceNamespace,
                    scalableDimension: target.scalableDimension,
                    resourceId: target.resourceId,
                    targetTrackingScalingPolicyConfiguration: {
                        predefinedMetricSpecification: { predefinedMetricType: type },
                        targetValue: percent,
                        scaleOutCooldown: 60,
                        scaleInCooldown: 300, // out at once, in with care: a load that comes in waves would otherwise make tasks flap
                    },
                },
                { parent: this },
            );
        }
    }
}

function imageStatements(repositories: string[]): Statement[] {
    if (repositories.length === 0) return [];
    return [
        // A log-in is to the registry as a whole: AWS offers no resource for this action.
        { Effect: "Allow", Action: "ecr:GetAuthorizationToken", Resource: "*" },
        {
            Effect: "Allow",
            Action: ["ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage"],
            Resource: repositories,
        },
    ];
}

/** The four channels that ECS Exec speaks over; they have no resource to name (Systems Manager, actions and resources). */
const EXEC_STATEMENT: Statement = {
    Effect: "Allow",
    Action: [
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
    ],
    Resource: "*",
};

const uniqueSecrets = (containers: ContainerArgs[]): Secret[] => [
    ...new Set(containers.flatMap((container) => Object.values(container.secrets ?? {}))),
];

function containerOf(name: string, containers: Record<string, ContainerArgs>, port: number): string {
    const found = Object.keys(containers).find((key) => containers[key]!.ports?.includes(port));
    if (found) return found;
    throw new pulumi.RunError(`${name}: a route leads to port ${port}, which no container of the service has`);
}
