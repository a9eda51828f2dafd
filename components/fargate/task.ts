/** What every task has, of a service or run by itself: a task definition, two roles, a log group, a security group. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { repositoryOf } from "../container-image";
import { ECR_LOG_IN, policyDocument, roleFor, SESSION_CHANNELS, type Statement, accountAndRegion } from "../iam";
import { type Plugins, withPlugins } from "../plugins";
import { pathStatements, type Secret, secretStatements } from "../secret-store";
import { type Transform, transformed } from "../transform";
import type { Endpoint } from "../endpoint";
import { type Architecture, runtimePlatform } from "./architecture";
import { type ContainerArgs, renderContainers } from "./container";
import { efsStatements, type EfsVolume } from "./efs-volume";
import { allowEgress, connect, type Connection, type Egress } from "./egress";
import { sizeProblem } from "./sizes";
import { UserError } from "../user-error";

export interface TaskArgs {
    vpc: {
        id: pulumi.Input<string>;
        privateSubnetIds: pulumi.Input<string[]>;
        /** What has to be there before a task finds its way to its image and its secrets (`Vpc.wayOut`). @default nothing */
        wayOut?: readonly pulumi.Resource[];
    };
    /** By name. The first port that a route leads to decides which container gets its traffic. */
    containers: Record<string, ContainerArgs>;
    /** Agents beside the containers. @default none */
    plugins?: Plugins;
    /** CPU units (1024 are one vCPU) and MiB of the whole task; see `fargate/sizes.ts` for what goes together. */
    cpu: number;
    memory: number;
    /**
     * The processors that the task runs on. Every image has to be built for them: a task whose image has none for `arm64` does not start
     * ("exec format error", or CannotPullContainerError). arm64 costs a fifth less, on Fargate Spot as well.
     * @default "x86_64"
     */
    architecture?: Architecture;
    /** Groups that the tasks join beside their own, e.g. a database's clients. AWS takes five for a task in all. */
    securityGroupIds?: pulumi.Input<string>[];
    /** Endpoints that let the tasks in, by their own group. @default none but those that are open to everybody */
    clientOf?: readonly Endpoint[];
    /** TCP ports that the tasks may connect to, anywhere. @default 443, for ECR, SSM and CloudWatch */
    egressPorts?: { from: number; to: number; description: string };
    /** More that the tasks may connect to, beside `egressPorts`. @default nothing */
    egress?: readonly Egress[];
    /** What of the stack the tasks may connect to by its own security group, e.g. a `Redis`. @default nothing */
    connections?: readonly Connection[];
    /** Which of the volumes in its containers' `mounts` are file systems (see `FileSystem`), by name. @default none */
    efsVolumes?: Readonly<Record<string, EfsVolume>>;
    /** What the application itself may do in AWS, beside reading its containers' parameter paths. @default nothing */
    taskRoleStatements?: Statement[];
    /** Let `aws ecs execute-command` open a shell in a task. @default false */
    exec?: boolean;
    /** @default 30 */
    logRetentionDays?: number;
    transform?: { taskDefinition?: Transform<aws.ecs.TaskDefinitionArgs> };
}

/**
 * The roles are two since their holders are two: ECS itself starts a task with the execution role (this image, these
 * secrets, this log group and nothing else), the application runs with the task role.
 */
export interface Task {
    readonly definition: aws.ecs.TaskDefinition;
    readonly logGroup: aws.cloudwatch.LogGroup;
    readonly executionRole: aws.iam.Role;
    readonly taskRole: aws.iam.Role;
    /** The tasks' own security group. */
    readonly group: aws.ec2.SecurityGroup;
    /** What has to be there before a task can start and do its work. */
    readonly needed: pulumi.Resource[];
}

const LOG_RETENTION_DAYS = 30;

export function makeTask(name: string, given: TaskArgs, parent: pulumi.Resource): Task {
    const args = { ...given, containers: withPlugins(name, given.containers, given.plugins) };
    const size = sizeProblem(args.cpu, args.memory);
    if (size) throw new UserError(`${name}: ${size.what}; ${size.fix}`);
    const logGroup = new aws.cloudwatch.LogGroup(
        name,
        {
            name: `/${pulumi.getProject()}/${pulumi.getStack()}/${name}`,
            retentionInDays: args.logRetentionDays ?? LOG_RETENTION_DAYS,
        },
        { parent },
    );
    const execution = executionRole(name, args, logGroup.arn, parent);
    const task = taskRole(name, args, logGroup.arn, parent);
    const definition = taskDefinition(name, args, logGroup.name, execution.role.arn, task.role.arn, parent);
    const { group, rules } = securityGroup(name, args, parent);
    const mounted = Object.values(args.efsVolumes ?? {}).flatMap((volume) => volume.needed);
    const needed = [...rules, ...execution.policies, ...task.policies, ...mounted, ...(args.vpc.wayOut ?? [])];
    return { definition, logGroup, executionRole: execution.role, taskRole: task.role, group, needed };
}

function taskDefinition(
    name: string,
    args: TaskArgs,
    logGroup: pulumi.Output<string>,
    executionRoleArn: pulumi.Output<string>,
    taskRoleArn: pulumi.Output<string>,
    parent: pulumi.Resource,
): aws.ecs.TaskDefinition {
    const { region } = accountAndRegion(parent);
    const { definitions, volumes } = renderContainers(args.containers, {
        logGroup,
        region,
        exec: args.exec ?? false,
        efsVolumes: args.efsVolumes,
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
                runtimePlatform: runtimePlatform(args.architecture),
                executionRoleArn,
                taskRoleArn,
                volumes,
                containerDefinitions: definitions,
            },
            { parent },
        ),
    );
}

/** For a policy: the task definition in whichever revision. */
export const anyRevision = (arn: pulumi.Input<string>): pulumi.Output<string> =>
    pulumi.interpolate`${arn}`.apply((revision) => revision.replace(/:\d+$/, ":*"));

/** For a policy: the tasks of a cluster. */
export const tasksOf = (clusterArn: pulumi.Input<string>): pulumi.Output<string> =>
    pulumi.interpolate`${clusterArn}`.apply((arn) => `${arn.replace(":cluster/", ":task/")}/*`);

/** What ECS itself needs to start a task: this image, these secrets, this log group. */
function executionRole(name: string, args: TaskArgs, logGroupArn: pulumi.Output<string>, parent: pulumi.Resource) {
    const containers = Object.values(args.containers);
    const secrets = uniqueSecrets(containers);
    const role = roleFor(`${name}-execution`, "ecs-tasks.amazonaws.com", { parent });
    const repositories = pulumi
        .all(containers.map((container) => repositoryOf(container.image)))
        .apply((arns) => [...new Set(arns.flatMap((arn) => arn ?? []))]);
    const policy = repositories.apply((arns) =>
        policyDocument([
            ...imageStatements(arns),
            {
                Effect: "Allow",
                Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
                Resource: pulumi.interpolate`${logGroupArn}:*`,
            },
            ...secretStatements(secrets, parent),
            ...credentialStatements(containers),
        ]),
    );
    return {
        role,
        policies: [new aws.iam.RolePolicy(`${name}-execution`, { role: role.id, policy }, { parent })],
    };
}

/** What the application may do. */
function taskRole(name: string, args: TaskArgs, logGroupArn: pulumi.Output<string>, parent: pulumi.Resource) {
    const role = roleFor(`${name}-task`, "ecs-tasks.amazonaws.com", { parent });
    const paths = Object.values(args.containers).flatMap(({ parameterPath }) => parameterPath ?? []);
    const statements = [
        ...(args.taskRoleStatements ?? []),
        ...paths.flatMap((path) => pathStatements(path, parent)),
        ...efsStatements(args.efsVolumes ?? {}),
        ...(args.exec ? [SESSION_CHANNELS, ...sessionLog(logGroupArn, parent)] : []),
    ];
    if (statements.length === 0) return { role, policies: [] };
    const policy = new aws.iam.RolePolicy(
        `${name}-task`,
        { role: role.id, policy: policyDocument(statements) },
        { parent },
    );
    return { role, policies: [policy] };
}

/**
 * What a session types and sees goes into the task's own log group, unless the cluster says another one (ECS API reference,
 * ExecuteCommandConfiguration: DEFAULT). It is written with the task role (ECS developer guide, "ECS Exec", logging).
 */
function sessionLog(logGroupArn: pulumi.Output<string>, parent: pulumi.Resource): Statement[] {
    const { account, partition, region } = accountAndRegion(parent);
    return [
        {
            Effect: "Allow",
            Action: "logs:DescribeLogGroups",
            Resource: pulumi.interpolate`arn:${partition}:logs:${region}:${account}:log-group:*`,
        },
        {
            Effect: "Allow",
            Action: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
            Resource: pulumi.interpolate`${logGroupArn}:*`,
        },
    ];
}

function securityGroup(name: string, args: TaskArgs, parent: pulumi.Resource) {
    const group = new aws.ec2.SecurityGroup(name, { vpcId: args.vpc.id, description: `Tasks of ${name}` }, { parent });
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
        { parent },
    );
    const ofEfs = Object.values(args.efsVolumes ?? {}).map(({ connection }) => connection);
    return {
        group,
        rules: [
            out,
            ...(args.clientOf ?? []).flatMap((endpoint) => asClient(name, group, endpoint, parent)),
            ...allowEgress(name, group.id, args.egress ?? [], parent),
            ...connect(name, group.id, [...(args.connections ?? []), ...ofEfs], parent),
        ],
    };
}

/** Both sides of a way to an endpoint, which may listen on other ports than the tasks may connect to anywhere. */
function asClient(name: string, group: aws.ec2.SecurityGroup, endpoint: Endpoint, parent: pulumi.Resource) {
    const out = new aws.vpc.SecurityGroupEgressRule(
        `${name}-to-${endpoint.name}`,
        {
            securityGroupId: group.id,
            referencedSecurityGroupId: endpoint.groupId,
            description: `The load balancer ${endpoint.name}`,
            ipProtocol: "tcp",
            fromPort: 1,
            toPort: 65535,
        },
        { parent },
    );
    return [out, ...endpoint.allow(name, group.id)];
}

function imageStatements(repositories: string[]): Statement[] {
    if (repositories.length === 0) return [];
    return [
        ECR_LOG_IN,
        {
            Effect: "Allow",
            Action: ["ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage"],
            Resource: repositories,
        },
    ];
}

function credentialStatements(containers: ContainerArgs[]): Statement[] {
    const all = [...new Set(containers.flatMap(({ imageCredentials }) => imageCredentials ?? []))];
    return all.length > 0 ? [{ Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: all }] : [];
}

const uniqueSecrets = (containers: ContainerArgs[]): Secret[] => [
    ...new Set(
        containers.flatMap(({ secrets, log }) => [
            ...Object.values(secrets ?? {}),
            ...Object.values(log?.secretOptions ?? {}),
        ]),
    ),
];
