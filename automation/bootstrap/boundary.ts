/**
 * The permissions boundary of every role that a stack's program makes: the most that such a role can do, whatever its policies say. It has what
 * tasks, schedules, machines and state machines need, on the stack's own resources. Of IAM it has one action: passing the stack's roles to tasks.
 *
 * A trust policy cannot name a boundary. So whoever may assume such a role gets no more than this.
 */
import { BUCKET_ACTIONS, OBJECT_ACTIONS } from "../../components/bucket";
import { scheduleGroupName } from "../../components/scheduled-task";
import { QUEUE_ACTIONS } from "../../components/queue";
import { rolePath } from "../../platform/roles";
import { document, type Statement } from "./document";
import { type Account, iamArn, ownBuckets, parameterArns, type StackName } from "./names";

/** The tags that the program's provider puts on whatever it makes (components/aws-provider.ts). */
export const ownTags = ({ project }: Account, { name }: StackName) => ({
    "aws:ResourceTag/Project": project,
    "aws:ResourceTag/Stack": name,
});

/**
 * Denies what carries the tags of another stack, or of another project's stack. A resource without tags is new, or its type takes none. Two
 * statements, because all conditions of one statement have to hold.
 */
export const notOthers = (account: Account, stack: StackName, Action: string[]): Statement[] =>
    Object.entries(ownTags(account, stack)).map(([key, value]) => ({
        Sid: `NoOther${key.split("/")[1]}s`,
        Effect: "Deny",
        Action,
        Resource: "*",
        // Resources of other teams may have a tag `Project`, so it counts only beside `Stack`.
        Condition: { StringNotEquals: { [key]: value }, Null: { "aws:ResourceTag/Stack": "false", [key]: "false" } },
    }));

/** The statement by which a boundary tells that it lets backups through. */
export const BACKUPS = "Backups";

/** The statement by which a boundary tells that it lets off hours through. */
export const OFF_HOURS = "OffHours";

export function boundary(account: Account, stack: StackName): string {
    const { partition, id, project } = account;
    const { name, region, secrets = [], permissions = [] } = stack;
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
            // The state's key, databases and buckets have another encryption context.
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
            Sid: "LogInToPrivateRegistries", // `image_credentials` of a heritage, and the secrets that files name
            Effect: "Allow",
            Action: "secretsmanager:GetSecretValue",
            Resource: one(
                [`${project}/${name}/*`, ...secrets].map((secret) => arn("secretsmanager", `secret:${secret}`)),
            ),
        },
        ...secretsKeys(stack),
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
                ...["ecs:UpdateService", "ecs:StopTask", "states:StartExecution", ...QUEUE_ACTIONS],
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
        {
            Sid: "OwnBuckets",
            Effect: "Allow",
            Action: [...BUCKET_ACTIONS, ...OBJECT_ACTIONS],
            Resource: [ownBuckets(account, stack), `${ownBuckets(account, stack)}/*`],
        },
        ...(stack.offHours ? offHours(account, stack) : []),
        ...(stack.backup ? backups(account, stack) : []),
        // What `permissions` of its heritages say: the boundary has to let it through, too.
        ...permissions.map(({ actions, resources }): Statement => ({
            Effect: "Allow",
            Action: one(actions),
            Resource: one(resources),
        })),
        ...notOthers(account, stack, [
            ...["ecs:*", "ecr:PutImage", "logs:*", "sqs:*", "states:*"],
            ...(stack.backup ? ["backup:*", "kms:CreateGrant", "rds:*"] : []),
        ]),
    ]);
}

/** What off hours stop, start and wait for (components/off-hours.ts). */
function offHours(account: Account, stack: StackName): Statement[] {
    const { partition, id, project } = account;
    const allow = (Sid: string, Action: string | string[], Resource: string, Condition: Statement["Condition"]) =>
        ({ Sid, Effect: "Allow", Action, Resource, ...(Condition && { Condition }) }) satisfies Statement;
    const group = scheduleGroupName(project, stack.name);
    return [
        allow(
            OFF_HOURS,
            [
                ...["rds:StartDBInstance", "rds:StopDBInstance", "ec2:StartInstances", "ec2:StopInstances"],
                ...["cloudwatch:DisableAlarmActions", "cloudwatch:EnableAlarmActions"],
                ...["application-autoscaling:RegisterScalableTarget", "states:ListExecutions"],
            ],
            "*",
            { StringEquals: ownTags(account, stack) },
        ),
        allow("OffHoursLook", ["rds:DescribeDBInstances", "ec2:DescribeInstanceStatus"], "*", {
            StringEquals: { "aws:RequestedRegion": stack.region },
        }),
        allow(
            "OwnSchedules",
            ["scheduler:GetSchedule", "scheduler:UpdateSchedule"],
            `arn:${partition}:scheduler:${stack.region}:${id}:schedule/${group}/*`,
            undefined,
        ),
        allow("HandOnToSchedules", "iam:PassRole", iamArn(account, `role${rolePath(project, stack.name)}*`), {
            StringEquals: { "iam:PassedToService": "scheduler.amazonaws.com" },
        }),
    ];
}

/** What the role of the backups does (components/backups.ts). */
function backups(account: Account, stack: StackName): Statement[] {
    const { partition, id, project } = account;
    const rds = (resource: string) => `arn:${partition}:rds:*:${id}:${resource}`;
    const snapshots = rds("snapshot:awsbackup:*");
    return [
        {
            Sid: BACKUPS,
            Effect: "Allow",
            Action: [
                "backup:CopyFromBackupVault",
                "backup:CopyIntoBackupVault",
                "backup:DescribeBackupVault",
                "tag:GetResources",
            ],
            Resource: "*",
        },
        {
            Sid: "BackupsOfDatabases",
            Effect: "Allow",
            Action: [
                ...[
                    "rds:CreateDBSnapshot",
                    "rds:CopyDBSnapshot",
                    "rds:DeleteDBSnapshot",
                    "rds:ModifyDBSnapshotAttribute",
                ],
                ...["rds:AddTagsToResource", "rds:ListTagsForResource", "rds:Describe*"],
            ],
            Resource: [rds(`db:${project}-${stack.name}-*`), snapshots],
        },
        {
            Sid: "BackupsOfFiles",
            Effect: "Allow",
            Action: ["elasticfilesystem:Backup", "elasticfilesystem:DescribeTags"],
            Resource: "*",
            Condition: { StringEquals: ownTags(account, stack) },
        },
        {
            Sid: "KeysOfBackups",
            Effect: "Allow",
            Action: ["kms:CreateGrant", "kms:DescribeKey"],
            Resource: `arn:${partition}:kms:*:*:key/*`,
            Condition: { BoolIfExists: { "kms:GrantIsForAWSResource": "true" } },
        },
    ];
}

const one = (texts: readonly string[]) => (texts.length === 1 ? texts[0]! : [...texts]);

/** Keys of secrets that files name: decrypted through Secrets Manager alone. */
const secretsKeys = ({ region, secretKeys = [] }: StackName): Statement[] =>
    secretKeys.length === 0
        ? []
        : [
              {
                  Sid: "SecretsInTheClear",
                  Effect: "Allow",
                  Action: "kms:Decrypt",
                  Resource: one(secretKeys),
                  Condition: { StringEquals: { "kms:ViaService": `secretsmanager.${region}.amazonaws.com` } },
              },
          ];
