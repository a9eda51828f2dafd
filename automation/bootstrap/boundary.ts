/**
 * What the roles that a stack's program makes may do at most, whatever their policies say: what its tasks, schedules, machines and deployments
 * need, on what is this stack's own, and nothing of IAM but handing its own roles to tasks.
 *
 * A boundary is seen by no condition of a role's trust: whoever may assume a role gets this and no more.
 */
import { rolePath } from "../../platform/roles";
import { document, type Statement } from "./document";
import { type Account, iamArn, parameterArns, type StackName } from "./names";

/** The tags that the program's provider puts on whatever it makes (components/aws-provider.ts). */
export const ownTags = ({ project }: Account, { name }: StackName) => ({
    "aws:ResourceTag/Project": project,
    "aws:ResourceTag/Stack": name,
});

/**
 * What carries the tags of another stack, or of a stack of another project. What carries none is new, or has none to carry. Two statements,
 * since the conditions of one are all to be met.
 */
export const notOthers = (account: Account, stack: StackName, Action: string[]): Statement[] =>
    Object.entries(ownTags(account, stack)).map(([key, value]) => ({
        Sid: `NoOther${key.split("/")[1]}s`,
        Effect: "Deny",
        Action,
        Resource: "*",
        // `Project` alone is a tag that others have, too.
        Condition: { StringNotEquals: { [key]: value }, Null: { "aws:ResourceTag/Stack": "false", [key]: "false" } },
    }));

export function boundary(account: Account, stack: StackName): string {
    const { partition, id, project } = account;
    const { name, region } = stack;
    const arn = (service: string, resource: string) => `arn:${partition}:${service}:${region}:${id}:${resource}`;
    const inRegion = { StringEquals: { "aws:RequestedRegion": region } };
    const parameters = parameterArns(account, stack);
    return document([
        {
            Sid: "WithoutAResourceOfItsOwn",
            Effect: "Allow",
            Action: [
                ...["ecr:GetAuthorizationToken", "ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage"],
                ...["ecr:GetDownloadUrlForLayer", "ecr:DescribeImages"],
                ...["ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel"],
                ...["ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel"],
                ...["ssm:UpdateInstanceInformation", "logs:DescribeLogGroups", "logs:DescribeLogStreams"],
                ...["ecs:DescribeTaskDefinition", "ecs:DescribeServices", "ecs:DescribeTasks"],
                ...["states:DescribeExecution", "cloudwatch:PutMetricData"],
            ],
            Resource: "*",
            Condition: inRegion,
        },
        {
            Sid: "Logs",
            Effect: "Allow",
            Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
            Resource: arn("logs", `log-group:/${project}/${name}/*`),
        },
        {
            Sid: "Parameters",
            Effect: "Allow",
            Action: ["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"],
            Resource: parameters,
        },
        {
            // The state's key has another context, and so have databases and buckets.
            Sid: "ParametersInTheClear",
            Effect: "Allow",
            Action: "kms:Decrypt",
            Resource: arn("kms", "key/*"),
            Condition: {
                StringEquals: { "kms:ViaService": `ssm.${region}.amazonaws.com` },
                StringLike: { "kms:EncryptionContext:PARAMETER_ARN": parameters },
            },
        },
        {
            Sid: "LogInToPrivateRegistries", // `image_credentials` of a heritage
            Effect: "Allow",
            Action: "secretsmanager:GetSecretValue",
            Resource: arn("secretsmanager", `secret:${project}/${name}/*`),
        },
        {
            Sid: "OwnTaskDefinitions",
            Effect: "Allow",
            Action: ["ecs:RunTask", "ecs:RegisterTaskDefinition"],
            Resource: arn("ecs", `task-definition/${project}-${name}-*`),
        },
        {
            Sid: "TagsAtTheStart",
            Effect: "Allow",
            Action: "ecs:TagResource",
            Resource: "*",
            Condition: { StringEquals: { "ecs:CreateAction": ["RunTask", "RegisterTaskDefinition"] } },
        },
        {
            Sid: "OnWhatIsItsOwn",
            Effect: "Allow",
            Action: [
                ...["ecs:UpdateService", "ecs:StopTask", "states:StartExecution", "sqs:SendMessage"],
                ...["ecr:InitiateLayerUpload", "ecr:UploadLayerPart", "ecr:CompleteLayerUpload", "ecr:PutImage"],
            ],
            Resource: "*",
            Condition: { StringEquals: ownTags(account, stack) },
        },
        {
            Sid: "HandOnTheirOwnRoles",
            Effect: "Allow",
            Action: "iam:PassRole",
            Resource: iamArn(account, `role${rolePath(project, name)}*`),
            Condition: { StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } },
        },
        ...notOthers(account, stack, ["ecs:*", "ecr:PutImage", "logs:*", "sqs:*", "states:*"]),
    ]);
}
