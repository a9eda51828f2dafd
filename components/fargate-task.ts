import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { makeTask, type TaskArgs } from "./fargate/task";

/**
 * @example
 * const task = new FargateTask("migrate", {
 *     cluster,
 *     vpc,
 *     cpu: 256,
 *     memory: 512,
 *     containers: { app: { image: image.reference, user: "1000", command: ["node", "migrate.js"] } },
 * });
 * // a FargateService with before: beforeDeploy("migrate", task, 900) waits for it
 */
export interface FargateTaskArgs extends TaskArgs {
    cluster: { arn: pulumi.Input<string>; name: pulumi.Input<string> };
}

/** Where and how a task is run: what `RunTask`, by whomever, has to be told. */
export interface RunnableTask {
    readonly clusterArn: pulumi.Output<string>;
    readonly taskDefinitionArn: pulumi.Output<string>;
    readonly subnetIds: pulumi.Output<string[]>;
    readonly securityGroupIds: pulumi.Output<string[]>;
}

/**
 * A task that is run to its end, by a schedule or before a deployment: a task definition, its two roles, its log group and its
 * security group. By itself nothing starts it.
 */
export class FargateTask extends pulumi.ComponentResource implements RunnableTask {
    readonly clusterArn: pulumi.Output<string>;
    readonly taskDefinitionArn: pulumi.Output<string>;
    readonly taskDefinition: aws.ecs.TaskDefinition;
    readonly subnetIds: pulumi.Output<string[]>;
    readonly securityGroupIds: pulumi.Output<string[]>;
    /** Both roles: whoever starts the task has to be allowed to pass them on. */
    readonly roleArns: pulumi.Output<string>[];
    readonly logGroupName: pulumi.Output<string>;
    /** Known once the task can start and do its work: rules and policies are there. */
    readonly ready: pulumi.Resource[];

    constructor(name: string, args: FargateTaskArgs, opts?: pulumi.ComponentResourceOptions) {
        super("identity:index:FargateTask", name, {}, opts);
        const task = makeTask(name, args, this);
        this.clusterArn = pulumi.output(args.cluster.arn);
        this.taskDefinitionArn = task.definition.arn;
        this.taskDefinition = task.definition;
        this.subnetIds = pulumi.output(args.vpc.privateSubnetIds);
        this.securityGroupIds = pulumi.all([task.group.id, ...(args.securityGroupIds ?? [])]);
        this.roleArns = [task.executionRole.arn, task.taskRole.arn];
        this.logGroupName = task.logGroup.name;
        this.ready = [task.definition, ...task.needed];
        const { clusterArn, taskDefinitionArn, subnetIds, securityGroupIds } = this;
        this.registerOutputs({ clusterArn, taskDefinitionArn, subnetIds, securityGroupIds });
    }
}
