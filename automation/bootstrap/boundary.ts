/**
 * The permissions boundary of every role that a stack's program makes: the most that such a role can do, whatever its policies say. It has what
 * tasks, schedules, machines and state machines need, on the stack's own resources. Of IAM it has one action: passing the stack's roles to tasks.
 *
 * A trust policy cannot name a boundary. So whoever may assume such a role gets no more than this.
 */
import { CHAT_READS } from "../../components/alarms/chat";
import { BUCKET_ACTIONS, OBJECT_ACTIONS } from "../../components/bucket";
import { scheduleGroupName } from "../../components/scheduled-task";
import { QUEUE_ACTIONS } from "../../components/queue";
import { MONITORING_LOG_GROUP } from "../../components/rds/monitoring";
import { rolePath } from "../../platform/roles";
import { allow, deny, document, forParameters, inRegion, type Statement } from "./document";
import { type Account, arnsOf, iamArn, ownBuckets, parameterArns, type StackName } from "./names";

/** The tags that the program's provider puts on whatever it makes (components/aws-provider.ts). */
export const ownTags = ({ project }: Account, { name }: StackName) => ({
    "aws:ResourceTag/Project": project,
    "aws:ResourceTag/Stack": name,
});

/**
 * Denies what carries the tags of another stack, or of another project's stack. A resource without tags is new, or its type takes none. Two
 * statements, because all conditions of one statement have to hold.
 */
export const notOthers = (account: Account, stack: StackName, actions: string[]): Statement[] =>
    Object.entries(ownTags(account, stack)).map(([key, value]) =>
        deny(`NoOther${key.split("/")[1]}s`, actions, "*", {
            // Resources of other teams may have a tag `Project`, so it counts only beside `Stack`.
            StringNotEquals: { [key]: value },
            Null: { "aws:ResourceTag/Stack": "false", [key]: "false" },
        }),
    );

/** The statement by which a boundary tells that it lets backups through. */
export const BACKUPS = "Backups";

/** The statement by which a boundary tells that it lets channels see graphs. */
export const CHAT = "Chat";

/** The statement by which a boundary tells that it lets off hours through. */
export const OFF_HOURS = "OffHours";

/** The statement by which a boundary tells that it lets RDS's monitoring through. */
export const MONITORING = "Monitoring";

export function boundary(account: Account, stack: StackName): string {
    const { project } = account;
    const { name, region, secrets = [], secretKeys = [], permissions = [] } = stack;
    const arn = arnsOf(account, stack);
    const parameters = parameterArns(account, stack);
    const ownRoles = iamArn(account, `role${rolePath(project, name)}*`);
    const itsOwn = { StringEquals: ownTags(account, stack) };
    const passedTo = (service: string) => ({ StringEquals: { "iam:PassedToService": `${service}.amazonaws.com` } });

    /** What off hours stop, start and wait for (components/off-hours.ts). */
    const offHours = () => [
        allow(
            OFF_HOURS,
            [
                "rds:StartDBInstance",
                "rds:StopDBInstance",
                "ec2:StartInstances",
                "ec2:StopInstances",
                "cloudwatch:DisableAlarmActions",
                "cloudwatch:EnableAlarmActions",
                "application-autoscaling:RegisterScalableTarget",
                "states:ListExecutions",
            ],
            "*",
            itsOwn,
        ),
        allow("OffHoursLook", ["rds:DescribeDBInstances", "ec2:DescribeInstanceStatus"], "*", inRegion(region)),
        allow(
            "OwnSchedules",
            ["scheduler:GetSchedule", "scheduler:UpdateSchedule"],
            arn("scheduler", `schedule/${scheduleGroupName(project, name)}/*`),
        ),
        allow("HandOnToSchedules", "iam:PassRole", ownRoles, passedTo("scheduler")),
    ];

    return document([
        allow(
            "WithoutAResourceOfItsOwn",
            [
                "ecr:GetAuthorizationToken",
                "ecr:BatchCheckLayerAvailability",
                "ecr:BatchGetImage",
                "ecr:GetDownloadUrlForLayer",
                "ecr:DescribeImages",
                "ssmmessages:CreateControlChannel",
                "ssmmessages:CreateDataChannel",
                "ssmmessages:OpenControlChannel",
                "ssmmessages:OpenDataChannel",
                "ssm:UpdateInstanceInformation",
                "logs:DescribeLogGroups",
                "logs:DescribeLogStreams",
                "ecs:DescribeTaskDefinition",
                "ecs:DescribeServices",
                "ecs:DescribeTasks",
                "states:DescribeExecution",
                "cloudwatch:PutMetricData",
            ],
            "*",
            inRegion(region),
        ),
        allow("Logs", ["logs:CreateLogStream", "logs:PutLogEvents"], arn("logs", `log-group:/${project}/${name}/*`)),
        allow("Parameters", ["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"], parameters),
        // The state's key, databases and buckets have another encryption context.
        allow("ParametersInTheClear", "kms:Decrypt", arn("kms", "key/*"), forParameters(region, parameters)),
        allow(
            "LogInToPrivateRegistries", // `image_credentials` of a heritage, and the secrets that files name
            "secretsmanager:GetSecretValue",
            one([`${project}/${name}/*`, ...secrets].map((secret) => arn("secretsmanager", `secret:${secret}`))),
        ),
        ...(secretKeys.length === 0
            ? []
            : [
                  // Keys of secrets that files name: decrypted through Secrets Manager alone.
                  allow("SecretsInTheClear", "kms:Decrypt", one(secretKeys), {
                      StringEquals: { "kms:ViaService": `secretsmanager.${region}.amazonaws.com` },
                  }),
              ]),
        allow(
            "OwnTaskDefinitions",
            ["ecs:RunTask", "ecs:RegisterTaskDefinition"],
            arn("ecs", `task-definition/${project}-${name}-*`),
        ),
        allow("TagsAtTheStart", "ecs:TagResource", "*", {
            StringEquals: { "ecs:CreateAction": ["RunTask", "RegisterTaskDefinition"] },
        }),
        allow(
            "OnWhatIsItsOwn",
            [
                "ecs:UpdateService",
                "ecs:StopTask",
                "states:StartExecution",
                ...QUEUE_ACTIONS,
                "ecr:InitiateLayerUpload",
                "ecr:UploadLayerPart",
                "ecr:CompleteLayerUpload",
                "ecr:PutImage",
            ],
            "*",
            itsOwn,
        ),
        allow("HandOnTheirOwnRoles", "iam:PassRole", ownRoles, passedTo("ecs-tasks")),
        allow(
            "OwnBuckets",
            [...BUCKET_ACTIONS, ...OBJECT_ACTIONS],
            [ownBuckets(account, stack), `${ownBuckets(account, stack)}/*`],
        ),
        ...(stack.offHours ? offHours() : []),
        ...(stack.backup ? backups(account, stack) : []),
        ...(stack.monitoring
            ? [
                  // What RDS does by the roles of components/rds/monitoring.ts, in a log group that the account has one of.
                  allow(
                      MONITORING,
                      ["logs:CreateLog*", "logs:PutRetentionPolicy", "logs:PutLogEvents", "logs:GetLogEvents"],
                      arn("logs", `log-group:${MONITORING_LOG_GROUP}*`),
                  ),
              ]
            : []),
        // Of the role of channels (components/alarms/chat.ts).
        ...(stack.chat ? [allow(CHAT, CHAT_READS, "*", inRegion(region))] : []),
        // What `permissions` of its heritages say: the boundary has to let it through, too.
        ...permissions.map(({ actions, resources }): Statement => ({
            Effect: "Allow",
            Action: one(actions),
            Resource: one(resources),
        })),
        ...notOthers(account, stack, [
            "ecs:*",
            "ecr:PutImage",
            "logs:*",
            "sqs:*",
            "states:*",
            ...(stack.backup ? ["backup:*", "kms:CreateGrant", "rds:*"] : []),
        ]),
    ]);
}

/** What the role of the backups does (components/backups.ts). */
function backups(account: Account, stack: StackName): Statement[] {
    const { partition, id, project } = account;
    const rds = (resource: string) => `arn:${partition}:rds:*:${id}:${resource}`;
    return [
        allow(
            BACKUPS,
            [
                "backup:CopyFromBackupVault",
                "backup:CopyIntoBackupVault",
                "backup:DescribeBackupVault",
                "tag:GetResources",
            ],
            "*",
        ),
        allow(
            "BackupsOfDatabases",
            [
                "rds:CreateDBSnapshot",
                "rds:CopyDBSnapshot",
                "rds:DeleteDBSnapshot",
                "rds:ModifyDBSnapshotAttribute",
                "rds:AddTagsToResource",
                "rds:ListTagsForResource",
                "rds:Describe*",
            ],
            [rds(`db:${project}-${stack.name}-*`), rds("snapshot:awsbackup:*")],
        ),
        allow("BackupsOfFiles", ["elasticfilesystem:Backup", "elasticfilesystem:DescribeTags"], "*", {
            StringEquals: ownTags(account, stack),
        }),
        allow("KeysOfBackups", ["kms:CreateGrant", "kms:DescribeKey"], `arn:${partition}:kms:*:*:key/*`, {
            BoolIfExists: { "kms:GrantIsForAWSResource": "true" },
        }),
    ];
}

const one = (texts: readonly string[]) => (texts.length === 1 ? texts[0]! : [...texts]);
