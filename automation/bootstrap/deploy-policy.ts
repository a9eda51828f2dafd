/**
 * The deploy role's statements for what a deployment creates, changes and deletes. Every role of CI has those in policies.ts.
 *
 * A deployment creates roles. Without limits it could create a role that may do anything, and use it. Two things prevent that. It may create
 * and change roles below `/<project>/<stack>/` alone, each with the stack's boundary. And neither the boundary nor the deploy role is below
 * that path.
 */
import { accessLogBucketName } from "../../components/access-log-bucket";
import { BACKUP_POLICY } from "../../components/backups";
import { stackLogGroups } from "../../components/log-key";
import { scheduleGroupName } from "../../components/scheduled-task";
import { rolePath } from "../../platform/roles";
import { isGlobal, writeActions } from "./actions";
import { notOthers, ownTags } from "./boundary";
import { document, type Statement } from "./document";
import { LINKED_ROLES } from "./linked-roles";
import { type Account, boundaryArn, iamArn, ownBuckets, type StackName } from "./names";

const inRegion = (region: string) => ({ StringEquals: { "aws:RequestedRegion": region } });

/**
 * The deploy role's managed policies, by the ends of their names: a role's inline policies may have 10,240 characters together, and a managed
 * policy 6,144 (IAM quotas).
 */
export const deployPolicies = (account: Account, stack: StackName): Record<string, ManagedPolicy> => ({
    "": {
        about: "makes and changes",
        document: document([
            makeAndChange("MakeAndChange", stack, (service) => !STORES.includes(service)),
            {
                Sid: "MakeAndChangeNames",
                Effect: "Allow",
                Action: writeActions().filter((action) => isGlobal(action) && !NARROWED.includes(action)),
                Resource: "*",
            },
        ]),
    },
    "-stores": {
        about: "makes and changes of databases, caches, files, queues and backups",
        document: document([
            makeAndChange("MakeAndChangeStores", stack, (service) => STORES.includes(service)),
            encryptStores(account, stack),
            policyOfBackups(account, stack),
        ]),
    },
    "-own": {
        about: "does with what is its own",
        document: document([
            ...named(account, stack),
            ...ownBucketsOf(account, stack),
            ...tagged(account, stack),
            ...notOthers(account, stack, DENIED_ELSEWHERE),
        ]),
    },
});

interface ManagedPolicy {
    /** Behind "What a deployment of the stack …". */
    readonly about: string;
    readonly document: string;
}

const STORES = ["backup", "backup-storage", "elasticache", "elasticfilesystem", "rds", "sqs"];

const makeAndChange = (Sid: string, { region }: StackName, ofService: (service: string) => boolean): Statement => ({
    Sid,
    Effect: "Allow",
    Action: writeActions().filter(
        (action) => ofService(action.split(":")[0]!) && !isGlobal(action) && !NARROWED.includes(action),
    ),
    Resource: "*", // Pulumi ends names in something random, and much is made before it has a name
    Condition: inRegion(region),
});

/** Databases, Redis, file systems and backups are encrypted by the stack's key, with the rights of who makes them. */
const encryptStores = ({ partition, id }: Account, { region }: StackName): Statement => ({
    Sid: "EncryptDatabases",
    Effect: "Allow",
    Action: [
        "kms:CreateGrant",
        "kms:Decrypt",
        "kms:Encrypt",
        "kms:GenerateDataKey*",
        "kms:ReEncrypt*",
        "kms:RetireGrant",
    ],
    Resource: `arn:${partition}:kms:${region}:${id}:key/*`,
    Condition: {
        StringEquals: {
            "kms:ViaService": ["backup", "rds", "elasticache", "elasticfilesystem"].map(
                (service) => `${service}.${region}.amazonaws.com`,
            ),
        },
    },
});

/** AWS's own policy, for the role of the backups: no other one is attached to a role. */
const policyOfBackups = (account: Account, { name }: StackName): Statement => ({
    Sid: "AwssPolicyOfBackups",
    Effect: "Allow",
    Action: ["iam:AttachRolePolicy", "iam:DetachRolePolicy"],
    Resource: iamArn(account, `role${rolePath(account.project, name)}*`),
    Condition: {
        StringEquals: { "iam:PermissionsBoundary": boundaryArn(account, name) },
        ArnEquals: { "iam:PolicyARN": `arn:${account.partition}:iam::aws:policy/${BACKUP_POLICY}` },
    },
});

/** Actions that are left out of `makeAndChange`: the statements below limit each to certain resources. */
const BY_LOG_GROUP = [
    ...["logs:CreateLogGroup", "logs:DeleteLogGroup", "logs:PutRetentionPolicy", "logs:DeleteRetentionPolicy"],
    ...["logs:TagResource", "logs:UntagResource", "logs:PutMetricFilter", "logs:DeleteMetricFilter"],
    ...["logs:AssociateKmsKey", "logs:DisassociateKmsKey"],
];
/** A dashboard has no tags. */
const BY_DASHBOARD = ["cloudwatch:PutDashboard", "cloudwatch:DeleteDashboards"];
/** There is one place for budgets, for all regions. */
const BY_BUDGET = ["budgets:ModifyBudget", "budgets:TagResource", "budgets:UntagResource"];
const BY_SCHEDULE = ["scheduler:CreateSchedule", "scheduler:UpdateSchedule", "scheduler:DeleteSchedule"];
const BY_SCHEDULE_GROUP = [
    ...["scheduler:CreateScheduleGroup", "scheduler:DeleteScheduleGroup"],
    ...["scheduler:TagResource", "scheduler:UntagResource"],
];
const BY_FAMILY = ["ecs:RegisterTaskDefinition"];
const BY_NAME_IN_DNS = ["route53:ChangeResourceRecordSets"];
/** Actions that could take over a machine or remove evidence: allowed only on resources that carry the stack's tags already. */
const BY_TAG = [
    ...["ec2:TerminateInstances", "ec2:StopInstances", "ec2:StartInstances"],
    ...["ec2:ModifyInstanceAttribute", "ec2:ModifyInstanceMetadataOptions"],
    ...["cloudwatch:DeleteAlarms", "events:DeleteRule", "events:DisableRule", "events:RemoveTargets"],
    ...["sns:DeleteTopic", "sns:SetTopicAttributes", "sns:Subscribe"],
    "backup:DeleteRecoveryPoint",
    ...["states:UpdateStateMachine", "states:DeleteStateMachine", "states:StartExecution"],
    // Not wafv2:UpdateWebACL: it is asked of AWS's groups of rules as well, which have no tags.
    ...["wafv2:DeleteWebACL", "wafv2:UpdateIPSet", "wafv2:DeleteIPSet"],
    ...["wafv2:PutLoggingConfiguration", "wafv2:DeleteLoggingConfiguration", "wafv2:UntagResource"],
    ...["ecr:InitiateLayerUpload", "ecr:UploadLayerPart", "ecr:CompleteLayerUpload", "ecr:PutImage"],
];
const BY_CREATION = ["ec2:CreateTags", "ec2:DeleteTags"];
export const NARROWED = [
    ...[...BY_LOG_GROUP, ...BY_SCHEDULE, ...BY_SCHEDULE_GROUP, ...BY_FAMILY, ...BY_NAME_IN_DNS],
    ...[...BY_DASHBOARD, ...BY_BUDGET, ...BY_TAG, ...BY_CREATION],
];

export function deploy(account: Account, stack: StackName): Statement[] {
    const { partition, id, project } = account;
    const { name, region } = stack;
    const arn = (service: string, resource: string) => `arn:${partition}:${service}:${region}:${id}:${resource}`;
    const parameters = arn("ssm", `parameter/${project}/${name}/*`);
    return [
        {
            Sid: "TellWhyItFailed",
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
            Sid: "ByShell",
            Effect: "Allow",
            Action: "ssm:SendCommand",
            Resource: `arn:${partition}:ssm:${region}::document/AWS-RunShellScript`,
        },
        ...keys(account, stack, parameters),
        ...roles(account, stack),
    ];
}

/** Its buckets are told apart by their names. */
function ownBucketsOf(account: Account, stack: StackName): Statement[] {
    const { partition, id, project } = account;
    const buckets = [
        ...[accessLogBucketName("access-logs", project, stack.name, id), ...(stack.buckets ?? [])].map(
            (bucket) => `arn:${partition}:s3:::${bucket}`,
        ),
        ownBuckets(account, stack),
    ];
    return [
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
            // In dev a bucket may be deleted with its objects: the provider deletes these first.
            Sid: "EmptyOwnBuckets",
            Effect: "Allow",
            Action: ["s3:DeleteObject", "s3:DeleteObjectVersion"],
            Resource: buckets.map((bucket) => `${bucket}/*`),
        },
    ];
}

/** Services of which what exists already is told apart by its name, or not at all: they say of no resource which tags it has. */
const WITHOUT_TAGS = ["route53", "scheduler", "ssm"];

/** All of a service, but on another stack's resources. A key is told by its tags as well, beside its alias. */
const DENIED_ELSEWHERE = [...new Set([...writeActions(), "kms:*"].map((action) => action.split(":")[0]!))]
    .filter((service) => !WITHOUT_TAGS.includes(service))
    .map((service) => `${service}:*`)
    .sort();

/** Resources that are told apart by their name, or by the group that they are in. */
function named({ partition, id, project }: Account, { name, region, domains = [] }: StackName): Statement[] {
    const arn = (service: string, resource: string) => `arn:${partition}:${service}:${region}:${id}:${resource}`;
    const group = scheduleGroupName(project, name);
    const names = [...domains, `${name}.${project}.internal`];
    return [
        {
            Sid: "OwnLogGroups",
            Effect: "Allow",
            Action: BY_LOG_GROUP,
            Resource: stackLogGroups(project, name).map((logGroup) => arn("logs", `log-group:${logGroup}`)),
        },
        {
            Sid: "OwnDashboard",
            Effect: "Allow",
            Action: BY_DASHBOARD,
            Resource: `arn:${partition}:cloudwatch::${id}:dashboard/${project}-${name}`,
        },
        {
            Sid: "OwnBudget",
            Effect: "Allow",
            Action: BY_BUDGET,
            Resource: `arn:${partition}:budgets::${id}:budget/${project}-${name}`,
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
            // Earlier versions put schedules into the default group. The next `up` replaces each by one in the stack's group.
            Sid: "SchedulesOfBefore",
            Effect: "Allow",
            Action: "scheduler:DeleteSchedule",
            Resource: arn("scheduler", "schedule/default/*"),
        },
        {
            // A schedule starts the latest revision of a family. A revision in another stack's family would be started by that stack's schedules.
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
                Null: { [NAMES_IN_DNS]: "false" }, // ForAllValues is true where there are no values
            },
        },
    ];
}

/** In lower case, without the trailing dot (Route 53 guide, "Using IAM policy conditions for fine-grained access control"). */
const NAMES_IN_DNS = "route53:ChangeResourceRecordSetsNormalizedRecordNames";

/** Resources that are told apart by tags alone: by those that they have, or get when they are created. */
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
            // A VPC comes with a default security group without tags, which the program tags.
            Sid: "TagsOfDefaultGroups",
            Effect: "Allow",
            Action: "ec2:CreateTags",
            Resource: ec2("security-group/*"),
        },
        {
            // ModifyInstanceAttribute asks for the security groups and volumes of the machine as well as for the machine.
            Sid: "GroupsOfMachines",
            Effect: "Allow",
            Action: "ec2:ModifyInstanceAttribute",
            Resource: [ec2("security-group/*"), ec2("volume/*")],
        },
    ];
}

/** The stack's key. KMS may take minutes until a new key's tags count, so what is needed at once is limited by other conditions. */
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
            Sid: "NoOthersKeys", // else a tag would make another stack's key the stack's own
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
    ];
}

/** The services that the program's roles are passed to. */
const PASSED_TO = ["backup", "ecs-tasks", "scheduler", "states", "vpc-flow-logs", "ec2"];
function roles(account: Account, { name }: StackName): Statement[] {
    const { partition, id, project } = account;
    const inStackPath = (kind: string) => `arn:${partition}:iam::${id}:${kind}${rolePath(project, name)}*`;
    const bounded = { "iam:PermissionsBoundary": boundaryArn(account, name) };
    return [
        {
            Sid: "RolesWithinTheBoundary",
            Effect: "Allow",
            Action: [
                // Not iam:AttachRolePolicy (see `policyOfBackups`): all that a role may do is in its inline policies.
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
