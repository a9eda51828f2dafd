import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { repositoryOf } from "./container-image";
import { anyRevision, tasksOf } from "./fargate/task";
import { ECR_LOG_IN, passToTasks, policyDocument, type Statement, whereabouts } from "./iam";

export interface DeployRoleArgs {
    /** On GitHub: `owner/name`, or, as the tokens of a newer repository have it, `owner@1234/name@5678`. */
    repository: string;
    /** Its workflows may assume the role on this branch alone, not on a pull request and not on another branch. @default "main" */
    branch?: string;
    cluster: { arn: pulumi.Input<string> };
    /** What its tasks run; where that is in ECR, the role may push there. */
    image: pulumi.Input<string>;
    /** ARNs of the task definitions, of any revision: new revisions of these families may be registered. */
    taskDefinitionArns: pulumi.Input<string>[];
    /** The services that may be given another revision. */
    serviceArns: pulumi.Input<string>[];
    /** The task that may be run. */
    oneOffTaskDefinitionArn: pulumi.Input<string>;
    /** The roles of those task definitions: it may hand them to ECS's tasks, and to nothing else. */
    roleArns: pulumi.Input<string>[];
}

/** GitHub's, which has to exist in the account: one for all roles (`npm run bootstrap`). */
const PROVIDER = "token.actions.githubusercontent.com";

/**
 * The role with which an application's own CI deploys it, and nothing else: push an image to its repository, register revisions of its
 * task definitions, give them to its services, run its one-off task. Nobody keeps a key: GitHub says who asks (OIDC), and the role's
 * trust names repository and branch.
 */
export class DeployRole extends pulumi.ComponentResource {
    readonly arn: pulumi.Output<string>;

    constructor(name: string, args: DeployRoleArgs, opts?: pulumi.ComponentResourceOptions) {
        super("identity:index:DeployRole", name, {}, opts);
        const { account, partition } = whereabouts(this);
        const role = new aws.iam.Role(
            name,
            {
                description: `Deploys from ${args.repository}, ${args.branch ?? "main"}`.slice(0, 1000),
                assumeRolePolicy: pulumi.jsonStringify({
                    Version: "2012-10-17",
                    Statement: [
                        {
                            Effect: "Allow",
                            Principal: {
                                Federated: pulumi.interpolate`arn:${partition}:iam::${account}:oidc-provider/${PROVIDER}`,
                            },
                            Action: "sts:AssumeRoleWithWebIdentity",
                            Condition: {
                                StringEquals: {
                                    [`${PROVIDER}:aud`]: "sts.amazonaws.com",
                                    [`${PROVIDER}:sub`]: `repo:${args.repository}:ref:refs/heads/${args.branch ?? "main"}`,
                                },
                            },
                        },
                    ],
                }),
            },
            { parent: this },
        );
        const policy = repositoryOf(args.image).apply((repository) =>
            policyDocument([...pushTo(repository), ...deploy(args)]),
        );
        new aws.iam.RolePolicy(name, { role: role.id, policy }, { parent: this });
        this.arn = role.arn;
        this.registerOutputs({ arn: this.arn });
    }
}

function pushTo(repository: string | undefined): Statement[] {
    if (repository === undefined) return [];
    return [
        ECR_LOG_IN,
        {
            Effect: "Allow",
            Action: [
                "ecr:BatchCheckLayerAvailability",
                "ecr:BatchGetImage", // whether an image is there already
                "ecr:GetDownloadUrlForLayer", // layers of the last one, as a cache
                "ecr:InitiateLayerUpload",
                "ecr:UploadLayerPart",
                "ecr:CompleteLayerUpload",
                "ecr:PutImage",
            ],
            Resource: repository,
        },
    ];
}

function deploy(args: DeployRoleArgs): Statement[] {
    const { arn: cluster } = args.cluster;
    const inCluster = { ArnEquals: { "ecs:cluster": cluster } };
    return [
        { Effect: "Allow", Action: "ecs:RegisterTaskDefinition", Resource: args.taskDefinitionArns.map(anyRevision) },
        // To make the next revision of the last one: AWS offers no resource for this action.
        { Effect: "Allow", Action: "ecs:DescribeTaskDefinition", Resource: "*" },
        ...(args.serviceArns.length > 0
            ? [
                  {
                      Effect: "Allow" as const,
                      Action: ["ecs:UpdateService", "ecs:DescribeServices"],
                      Resource: args.serviceArns,
                  },
              ]
            : []),
        {
            Effect: "Allow",
            Action: "ecs:RunTask",
            Resource: anyRevision(args.oneOffTaskDefinitionArn),
            Condition: inCluster,
        },
        // To see how it ends. A task's ARN does not say what it is a task of.
        { Effect: "Allow", Action: "ecs:DescribeTasks", Resource: tasksOf(cluster), Condition: inCluster },
        passToTasks(args.roleArns),
    ];
}
