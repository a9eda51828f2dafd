/**
 * What a deployment makes, changes and deletes: the statements of the deploy role beside those that every role of CI has.
 *
 * A deployment makes roles, and whoever can make a role can make one that may do anything, and then use it. Two things keep
 * it from that. It may make and change roles below `/<project>/<stack>/` only, and only with the boundary of this stack on them, which no
 * policy can widen; and neither the boundary nor its own role is below that path.
 */
import { accessLogBucketName } from "../../components/access-log-bucket";
import { scheduleGroupName } from "../../components/scheduled-task";
import { rolePath } from "../../platform/roles";
import { isGlobal, writeActions } from "./actions";
import { notOthers, ownTags } from "./boundary";
import { document, type Statement } from "./document";
import { LINKED_ROLES } from "./linked-roles";
import { type Account, boundaryArn, type StackName } from "./names";

const inRegion = (region: string) => ({ StringEquals: { "aws:RequestedRegion": region } });

/** The rest of the deploy role, a policy of its own: IAM takes 10 240 characters in a role and 6144 in a policy. */
export const makePolicy = (stack: StackName) =>
    document([
        {
            Sid: "MakeAndChange",
            Effect: "Allow",
            Action: writeActions().filter((action) => !isGlobal(action) && !NARROWED.includes(action)),
            Resource: "*", // Pulumi ends names in something random, and much is made before it has a name
            Condition: inRegion(stack.region),
        },
        {
            Sid: "MakeAndChangeNames",
            Effect: "Allow",
            Action: writeActions().filter((action) => isGlobal(action) && !NARROWED.includes(action)),
            Resource: "*",
        },
    ]);

/** What is the stack's own by name or by tag: a policy of its own for the same reason. */
export const ownPolicy = (account: Account, stack: StackName) =>
    document([...named(account, stack), ...tagged(account, stack), ...notOthers(account, stack, DENIED_ELSEWHERE)]);

/** Of these the statements below say on what they may be used. */
const BY_LOG_GROUP = [
    ...["logs:CreateLogGroup", "logs:DeleteLogGroup", "logs:PutRetentionPolicy", "logs:DeleteRetentionPolicy"],
    ...["logs:TagResource", "logs:UntagResource"],
];
const BY_SCHEDULE = ["scheduler:CreateSchedule", "scheduler:UpdateSchedule", "scheduler:DeleteSchedule"];
const BY_SCHEDULE_GROUP = [
    ...["scheduler:CreateScheduleGroup", "scheduler:DeleteScheduleGroup"],
    ...["scheduler:TagResource", "scheduler:UntagResource"],
];
const BY_FAMILY = ["ecs:RegisterTaskDefinition"];
const BY_NAME_IN_DNS = ["route53:ChangeResourceRecordSets"];
/** What takes a machine over, or takes evidence away: only on what carries the stack's tags already. */
const BY_TAG = [
    ...["ec2:TerminateInstances", "ec2:StopInstances", "ec2:StartInstances"],
    ...["ec2:ModifyInstanceAttribute", "ec2:ModifyInstanceMetadataOptions"],
    ...["cloudwatch:DeleteAlarms", "events:DeleteRule", "events:DisableRule", "events:RemoveTargets"],
    ...["states:UpdateStateMachine", "states:DeleteStateMachine"],
    ...["ecr:InitiateLayerUpload", "ecr:UploadLayerPart", "ecr:CompleteLayerUpload", "ecr:PutImage"],
];
const BY_CREATION = ["ec2:CreateTags", "ec2:DeleteTags"];
export const NARROWED = [
    ...[...BY_LOG_GROUP, ...BY_SCHEDULE, ...BY_SCHEDULE_GROUP, ...BY_FAMILY, ...BY_NAME_IN_DNS],
    ...[...BY_TAG, ...BY_CREATION],
];

export function deploy(account: Account, stack: StackName): Statement[] {
    const { partition, id, project } = account;
    const { name, region } = stack;
    const arn = (service: string, resource: string) => `arn:${partition}:${service}:${region}:${id}:${resource}`;
    const parameters = arn("ssm", `parameter/${project}/${name}/*`);
    const buckets = [accessLogBucketName("access-logs", project, name, id), ...(stack.buckets ?? [])].map(
        (bucket) => `arn:${partition}:s3:::${bucket}`,
    );
    return [
        {
            Sid: "TellWhyADeploymentFailed",
            Effect: "Allow",
            Action: ["logs:FilterLogEvents", "logs:GetLogEvents"],
            Resource: arn("logs", `log-group:/${project}/${name}/*`),
        },
        {
            Sid: "OwnParameters",
            Effect: "Allow",
            Action: [
                ...["ssm:PutParameter", "ssm:DeleteParameter", "ssm:DeleteParameters"],
                ...["ssm:AddTagsToResource", "ssm:RemoveTagsFromResource"],
            ],
            Resource: parameters,
        },
        {
            Sid: "SetUpOwnMachines",
            Effect: "Allow",
            Action: "ssm:SendCommand",
            Resource: `arn:${partition}:ec2:${region}:${id}:instance/*`,
            Condition: { StringEquals: { "ssm:resourceTag/Stack": name, "ssm:resourceTag/Project": project } },
        },
        {
            Sid: "ByTheShell",
            Effect: "Allow",
            Action: "ssm:SendCommand",
            Resource: `arn:${partition}:ssm:${region}::document/AWS-RunShellScript`,
        },
        ...keys(account, stack, parameters),
        ...roles(account, stack),
        {
            Sid: "OwnBuckets",
            Effect: "Allow",
            Action: [
                ...["s3:CreateBucket", "s3:DeleteBucket", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy"],
                ...["s3:PutBucketPublicAccessBlock", "s3:PutEncryptionConfiguration", "s3:PutLifecycleConfiguration"],
                ...["s3:PutBucketTagging", "s3:ListBucketVersions"],
            ],
            Resource: buckets,
        },
        {
            // A bucket that may be deleted with what is in it (dev) is emptied before.
            Sid: "EmptyOwnBuckets",
            Effect: "Allow",
            Action: ["s3:DeleteObject", "s3:DeleteObjectVersion"],
            Resource: buckets.map((bucket) => `${bucket}/*`),
        },
    ];
}

/** Services that say of what exists already which tags it has. The rest is told apart by name. */
const DENIED_ELSEWHERE = [
    ...["acm:*", "application-autoscaling:*", "cloudwatch:*", "ec2:*", "ecr:*", "ecs:*", "elasticloadbalancing:*"],
    ...["events:*", "kms:*", "logs:*", "rds:*", "servicediscovery:*", "sqs:*", "states:*"],
];

/** What is told apart by its name, or by the group that it is in. */
function named({ partition, id, project }: Account, { name, region, domains = [] }: StackName): Statement[] {
    const arn = (service: string, resource: string) => `arn:${partition}:${service}:${region}:${id}:${resource}`;
    const group = scheduleGroupName(project, name);
    const names = [...domains, `${name}.${project}.internal`];
    return [
        {
            Sid: "OwnLogGroups",
            Effect: "Allow",
            Action: BY_LOG_GROUP,
            Resource: [`/${project}/${name}/*`, `/aws/rds/instance/${project}-${name}-*`].map((logGroup) =>
                arn("logs", `log-group:${logGroup}`),
            ),
        },
        {
            Sid: "OwnSchedules",
            Effect: "Allow",
            Action: BY_SCHEDULE,
            Resource: arn("scheduler", `schedule/${group}/*`),
        },
        {
            Sid: "OwnScheduleGroup",
            Effect: "Allow",
            Action: BY_SCHEDULE_GROUP,
            Resource: arn("scheduler", `schedule-group/${group}`),
        },
        {
            // Schedules were in the default group once: an `up` makes each anew in the stack's own, and deletes this one.
            Sid: "SchedulesOfBefore",
            Effect: "Allow",
            Action: "scheduler:DeleteSchedule",
            Resource: arn("scheduler", "schedule/default/*"),
        },
        {
            // A schedule starts the latest revision: whoever registers one in a family of another stack would be started by its schedules.
            Sid: "OwnTaskDefinitions",
            Effect: "Allow",
            Action: BY_FAMILY,
            Resource: arn("ecs", `task-definition/${project}-${name}-*`),
        },
        {
            Sid: "OwnNames",
            Effect: "Allow",
            Action: BY_NAME_IN_DNS,
            Resource: `arn:${partition}:route53:::hostedzone/*`,
            Condition: {
                "ForAllValues:StringLike": { [NAMES_IN_DNS]: names.flatMap((domain) => [domain, `*.${domain}`]) },
                Null: { [NAMES_IN_DNS]: "false" }, // "all of none" would be true
            },
        },
    ];
}

/** In small letters, without the dot at the end (Route 53 guide, "Using IAM policy conditions for fine-grained access control"). */
const NAMES_IN_DNS = "route53:ChangeResourceRecordSetsNormalizedRecordNames";

/** What is told apart by tags alone: given when something is made, or on it already. */
function tagged(account: Account, stack: StackName): Statement[] {
    const { partition, id } = account;
    const ec2 = (resource: string) => `arn:${partition}:ec2:${stack.region}:${id}:${resource}`;
    const ownedByStack = { StringEquals: ownTags(account, stack) };
    return [
        {
            Sid: "OnWhatIsItsOwn",
            Effect: "Allow",
            Action: [...BY_TAG, ...BY_CREATION],
            Resource: "*",
            Condition: ownedByStack,
        },
        {
            Sid: "TagsAtCreation",
            Effect: "Allow",
            Action: "ec2:CreateTags",
            Resource: "*",
            Condition: { Null: { "ec2:CreateAction": "false" } },
        },
        {
            // A VPC comes with a group that nobody tags, and which the program empties and tags. A machine is told by its own tags.
            Sid: "TagsOfDefaultGroups",
            Effect: "Allow",
            Action: "ec2:CreateTags",
            Resource: ec2("security-group/*"),
        },
        {
            // The groups that a machine of its own is put into are asked for as well.
            Sid: "GroupsOfMachines",
            Effect: "Allow",
            Action: "ec2:ModifyInstanceAttribute",
            Resource: [ec2("security-group/*"), ec2("volume/*")],
        },
    ];
}

/** The stack's key. Its tags count only minutes after it is made, so what is needed at once is told by what it is needed for. */
function keys(account: Account, stack: StackName, parameters: string): Statement[] {
    const { partition, id, project } = account;
    const { name, region } = stack;
    const alias = `alias/${project}/${name.replaceAll(".", "-")}`;
    const any = `arn:${partition}:kms:${region}:${id}:key/*`;
    const via = (service: string) => ({ "kms:ViaService": `${service}.${region}.amazonaws.com` });
    return [
        { Sid: "MakeAKey", Effect: "Allow", Action: "kms:CreateKey", Resource: "*", Condition: inRegion(region) },
        {
            Sid: "SetAKeyUp",
            Effect: "Allow",
            Action: ["kms:EnableKeyRotation", "kms:TagResource", "kms:UpdateKeyDescription"],
            Resource: any,
        },
        {
            Sid: "NameAKey",
            Effect: "Allow",
            Action: ["kms:CreateAlias", "kms:UpdateAlias", "kms:DeleteAlias"],
            Resource: [any, `arn:${partition}:kms:${region}:${id}:${alias}`],
        },
        {
            Sid: "DeleteTheKey",
            Effect: "Allow",
            Action: ["kms:ScheduleKeyDeletion", "kms:UntagResource"],
            Resource: any,
            Condition: { StringEquals: ownTags(account, stack) },
        },
        {
            Sid: "NoOthersKeys", // which a tag would otherwise make its own
            Effect: "Deny",
            Action: [
                ...["kms:TagResource", "kms:UntagResource", "kms:ScheduleKeyDeletion", "kms:CreateGrant"],
                ...["kms:EnableKeyRotation", "kms:UpdateKeyDescription"],
            ],
            Resource: "*",
            Condition: { "ForAnyValue:StringNotEquals": { "kms:ResourceAliases": alias } },
        },
        {
            Sid: "EncryptParameters",
            Effect: "Allow",
            Action: ["kms:Encrypt", "kms:GenerateDataKey"],
            Resource: any,
            Condition: {
                StringEquals: via("ssm"),
                StringLike: { "kms:EncryptionContext:PARAMETER_ARN": parameters },
            },
        },
        {
            Sid: "EncryptDatabases",
            Effect: "Allow",
            Action: ["kms:CreateGrant", "kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
            Resource: any,
            Condition: { StringEquals: via("rds") },
        },
    ];
}

/** Services that the platform's roles are for. */
const PASSED_TO = ["ecs-tasks", "scheduler", "states", "vpc-flow-logs", "ec2"];
function roles(account: Account, { name }: StackName): Statement[] {
    const { partition, id, project } = account;
    const inStackPath = (kind: string) => `arn:${partition}:iam::${id}:${kind}${rolePath(project, name)}*`;
    const bounded = { "iam:PermissionsBoundary": boundaryArn(account, name) };
    return [
        {
            Sid: "RolesWithinTheBoundary",
            Effect: "Allow",
            Action: [
                // None to attach a policy that exists already: what a role may do is written in the program.
                ...["iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy", "iam:DeleteRolePolicy"],
            ],
            Resource: inStackPath("role"),
            Condition: { StringEquals: bounded },
        },
        {
            Sid: "RolesOfItsOwn",
            Effect: "Allow",
            Action: [
                ...["iam:DeleteRole", "iam:UpdateRole", "iam:UpdateAssumeRolePolicy", "iam:TagRole", "iam:UntagRole"],
            ],
            Resource: inStackPath("role"),
        },
        {
            Sid: "MachinesRoles",
            Effect: "Allow",
            Action: [
                ...["iam:CreateInstanceProfile", "iam:DeleteInstanceProfile", "iam:GetInstanceProfile"],
                ...["iam:AddRoleToInstanceProfile", "iam:RemoveRoleFromInstanceProfile"],
                ...["iam:TagInstanceProfile", "iam:UntagInstanceProfile"],
            ],
            Resource: inStackPath("instance-profile"),
        },
        {
            Sid: "HandOnRoles",
            Effect: "Allow",
            Action: "iam:PassRole",
            Resource: inStackPath("role"),
            Condition: {
                StringEquals: { "iam:PassedToService": PASSED_TO.map((service) => `${service}.amazonaws.com`) },
            },
        },
        {
            Sid: "AwssOwnRoles",
            Effect: "Allow",
            Action: "iam:CreateServiceLinkedRole",
            Resource: `arn:${partition}:iam::${id}:role/aws-service-role/*`,
            Condition: { StringEquals: { "iam:AWSServiceName": LINKED_ROLES.map(({ service }) => service).sort() } },
        },
    ];
}
