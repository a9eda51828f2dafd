import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { ecrRepositoryArn } from "./container-image";
import { definition, type DeployPlan } from "./deploy/definition";
import { registerParameters } from "./deploy/task-definition";
import type { FargateService } from "./fargate-service";
import type { FargateTask } from "./fargate-task";
import { anyRevision, tasksOf } from "./fargate/task";
import { passToTasks, policyDocument, roleFor, type Statement } from "./iam";
import { parseArn } from "./arn";

/**
 * @example
 * new DeployMachine("blog-deployment", {
 *     cluster,
 *     image: image.reference,
 *     services: { web: service },
 *     oneOff: { name: "migrate", task },
 *     beforeDeploySeconds: 900,
 *     scheduledTasks: {},
 * });
 */
export interface DeployMachineArgs {
    cluster: { arn: pulumi.Input<string> };
    /** What the tasks run now. A deployment takes another digest of this repository. */
    image: pulumi.Input<string>;
    /** By name: letters, digits and dashes. */
    services: Record<string, FargateService>;
    /** What runs once: before a deployment, or by hand. */
    oneOff: { name: string; task: FargateTask };
    /** Whether `oneOff` runs to its end before any service changes, and for how many seconds at most. @default it does not */
    beforeDeploySeconds?: number;
    /** What runs by a schedule, by name. */
    scheduledTasks: Record<string, FargateTask>;
}

/**
 * A Step Functions state machine that deploys an application's image, given its digest and nothing else. It registers a revision of each task
 * definition, as the program wrote it but for the image, runs the task before the deployment, gives the revisions to the services, and waits
 * until ECS is done. It fails, with the reason, where the task fails or ECS goes back to the version before.
 *
 * An application's CI starts it, and calls nothing of ECS: `ecs:UpdateService` takes target groups, subnets and security groups, and
 * IAM has no condition key for the first and the last of these (service authorization reference, Amazon ECS). Whoever may call it on one
 * service can put that service behind any load balancer of the account.
 *
 * A deployment of the program changes the machine where it changes a task definition. An execution costs some thirty state transitions.
 */
export class DeployMachine extends pulumi.ComponentResource {
    readonly arn: pulumi.Output<string>;

    constructor(name: string, args: DeployMachineArgs, opts?: pulumi.ComponentResourceOptions) {
        super("identity:index:DeployMachine", name, {}, opts);
        const role = roleFor(name, "states.amazonaws.com", { parent: this });
        const policy = pulumi
            .output(args.image)
            .apply((image) => policyDocument(statements(args, ecrRepositoryArn(image))));
        const allowed = new aws.iam.RolePolicy(name, { role: role.id, policy }, { parent: this });
        const machine = new aws.sfn.StateMachine(
            name,
            { type: "STANDARD", roleArn: role.arn, definition: plan(args).apply(definition) },
            { parent: this, dependsOn: [allowed] },
        );
        this.arn = machine.arn;
        this.registerOutputs({ arn: this.arn });
    }
}

function plan(args: DeployMachineArgs): pulumi.Output<DeployPlan> {
    const { image, services, oneOff, scheduledTasks, beforeDeploySeconds } = args;
    const definitionsOf = (all: Record<string, FargateService | FargateTask>) =>
        Object.fromEntries(
            Object.entries(all).map(([name, workload]) => [name, registerParameters(workload.taskDefinition, image)]),
        );
    const before = beforeDeploySeconds !== undefined && {
        cluster: oneOff.task.clusterArn,
        task: oneOff.name,
        timeoutSeconds: beforeDeploySeconds,
        subnets: oneOff.task.subnetIds,
        securityGroups: oneOff.task.securityGroupIds,
    };
    return pulumi.output({
        repository: pulumi.output(image).apply(repositoryInEcr),
        definitions: definitionsOf({ ...services, [oneOff.name]: oneOff.task }),
        scheduled: definitionsOf(scheduledTasks),
        before: before || undefined,
        services: Object.fromEntries(
            Object.entries(services).map(([name, { arn }]) => [name, { cluster: args.cluster.arn, service: arn }]),
        ),
    });
}

function repositoryInEcr(image: string) {
    const arn = ecrRepositoryArn(image);
    if (arn === undefined) return undefined;
    const { accountId, resource } = parseArn(arn);
    return { registryId: accountId, name: resource.replace(/^repository\//, "") };
}

function statements(args: DeployMachineArgs, repository: string | undefined): Statement[] {
    const { services, oneOff, scheduledTasks } = args;
    const all = [...Object.values(services), oneOff.task, ...Object.values(scheduledTasks)];
    const families = all.map((task) => anyRevision(task.taskDefinitionArn));
    const { arn: cluster } = args.cluster;
    const inCluster = { ArnEquals: { "ecs:cluster": cluster } };
    const ofServices: Statement = {
        Effect: "Allow",
        Action: ["ecs:UpdateService", "ecs:DescribeServices"],
        Resource: Object.values(services).map(({ arn }) => arn),
    };
    const before: Statement[] = [
        {
            Effect: "Allow",
            Action: "ecs:RunTask",
            Resource: anyRevision(oneOff.task.taskDefinitionArn),
            Condition: inCluster,
        },
        // A task's ARN does not say what it is a task of.
        {
            Effect: "Allow",
            Action: ["ecs:DescribeTasks", "ecs:StopTask"],
            Resource: tasksOf(cluster),
            Condition: inCluster,
        },
        tagging(tasksOf(cluster), "RunTask"),
    ];
    return [
        ...(repository ? [{ Effect: "Allow" as const, Action: "ecr:DescribeImages", Resource: repository }] : []),
        { Effect: "Allow", Action: "ecs:RegisterTaskDefinition", Resource: families },
        tagging(families, "RegisterTaskDefinition"),
        ...(Object.keys(services).length > 0 ? [ofServices] : []),
        ...(args.beforeDeploySeconds === undefined ? [] : before),
        passToTasks(all.flatMap((task) => task.roleArns)),
    ];
}

/** Tags come with the making of something, and with nothing else. */
const tagging = (Resource: Statement["Resource"], action: string): Statement => ({
    Effect: "Allow",
    Action: "ecs:TagResource",
    Resource,
    Condition: { StringEquals: { "ecs:CreateAction": action } },
});
