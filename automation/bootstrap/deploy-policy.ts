/**
 * The deploy role's statements for what a deployment creates, changes and deletes. Every role of CI has those in policies.ts.
 *
 * A deployment creates roles. Without limits it could create a role that may do anything, and use it. Two things prevent that. It may create
 * and change roles below `/<project>/<stack>/` alone, each with the stack's boundary. And neither the boundary nor the deploy role is below
 * that path.
 */
import { accessLogBucketName } from "../../components/access-log-bucket";
import { channelName } from "../../components/alarms/chat";
import { BACKUP_POLICY } from "../../components/backups";
import { MONITORING_POLICY } from "../../components/rds/monitoring";
import { stackLogGroups } from "../../components/log-key";
import { scheduleGroupName } from "../../components/scheduled-task";
import { rolePath } from "../../platform/roles";
import { isGlobal, writeActions } from "./actions";
import { notOthers, ownTags } from "./boundary";
import { allow, deny, document, forParameters, inRegion, type Statement } from "./document";
import { LINKED_ROLES } from "./linked-roles";
import { type Account, arnsOf, boundaryArn, iamArn, ownBuckets, type StackName } from "./names";

/**
 * The deploy role's managed policies, by the ends of their names: a role's inline policies may have 10,240 characters together, and a managed
 * policy 6,144 (IAM quotas).
 */
export const deployPolicies = (account: Account, stack: StackName): Record<string, ManagedPolicy> => ({
    "": {
        about: "makes and changes",
        document: document([
            makeAndChange("MakeAndChange", stack, (service) => !STORES.includes(service)),
            allow(
                "MakeAndChangeNames",
                writeActions().filter((action) => isGlobal(action) && !NARROWED.includes(action)),
                "*",
            ),
            channels(account, stack), // the third has no room for it
        ]),
    },
    "-stores": {
        about: "makes and changes of databases, caches, files, queues and backups",
        document: document([
            makeAndChange("MakeAndChangeStores", stack, (service) => STORES.includes(service)),
            encryptStores(account, stack),
            awssPolicies(account, stack),
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

const makeAndChange = (Sid: string, { region }: StackName, ofService: (service: string) => boolean): Statement =>
    allow(
        Sid,
        writeActions().filter(
            (action) => ofService(action.split(":")[0]!) && !isGlobal(action) && !NARROWED.includes(action),
        ),
        "*", // Pulumi ends names in something random, and much is made before it has a name
        inRegion(region),
    );

/** Databases, Redis, file systems and backups are encrypted by the stack's key, with the rights of who makes them. */
const encryptStores = (account: Account, stack: StackName): Statement =>
    allow(
        "EncryptDatabases",
        ["kms:CreateGrant", "kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*", "kms:RetireGrant"],
        arnsOf(account, stack)("kms", "key/*"),
        {
            StringEquals: {
                "kms:ViaService": ["backup", "rds", "elasticache", "elasticfilesystem"].map(
                    (service) => `${service}.${stack.region}.amazonaws.com`,
                ),
            },
        },
    );

/** AWS's own policies, for the roles of backups and of RDS's monitoring: no other one is attached to a role. */
const awssPolicies = (account: Account, { name }: StackName): Statement =>
    allow(
        "AwssPolicies",
        ["iam:AttachRolePolicy", "iam:DetachRolePolicy"],
        iamArn(account, `role${rolePath(account.project, name)}*`),
        {
            StringEquals: { "iam:PermissionsBoundary": boundaryArn(account, name) },
            ArnEquals: {
                "iam:PolicyARN": [BACKUP_POLICY, MONITORING_POLICY].map(
                    (policy) => `arn:${account.partition}:iam::aws:policy/${policy}`,
                ),
            },
        },
    );

/** Channels are told apart by their names. */
const channels = ({ partition, id, project }: Account, { name }: StackName): Statement =>
    allow(
        "OwnChannels",
        BY_CHANNEL,
        `arn:${partition}:chatbot::${id}:chat-configuration/*/${channelName(project, name, "")}*`,
    );

/** Actions that are left out of `makeAndChange`: the statements below limit each to certain resources. */
const BY_LOG_GROUP = [
    "logs:CreateLogGroup",
    "logs:DeleteLogGroup",
    "logs:PutRetentionPolicy",
    "logs:DeleteRetentionPolicy",
    "logs:TagResource",
    "logs:UntagResource",
    "logs:PutMetricFilter",
    "logs:DeleteMetricFilter",
    "logs:AssociateKmsKey",
    "logs:DisassociateKmsKey",
];
/** A dashboard has no tags. */
const BY_DASHBOARD = ["cloudwatch:PutDashboard", "cloudwatch:DeleteDashboards"];
/** There is one place for budgets, for all regions. */
const BY_BUDGET = ["budgets:ModifyBudget", "budgets:TagResource", "budgets:UntagResource"];
/** What makes one takes no resource (service authorization reference, AWS Chatbot). */
const BY_CHANNEL = [
    "chatbot:UpdateSlackChannelConfiguration",
    "chatbot:DeleteSlackChannelConfiguration",
    "chatbot:UpdateMicrosoftTeamsChannelConfiguration",
    "chatbot:DeleteMicrosoftTeamsChannelConfiguration",
    "chatbot:TagResource",
    "chatbot:UntagResource",
];
const BY_SCHEDULE = ["scheduler:CreateSchedule", "scheduler:UpdateSchedule", "scheduler:DeleteSchedule"];
const BY_SCHEDULE_GROUP = [
    "scheduler:CreateScheduleGroup",
    "scheduler:DeleteScheduleGroup",
    "scheduler:TagResource",
    "scheduler:UntagResource",
];
const BY_FAMILY = ["ecs:RegisterTaskDefinition"];
const BY_NAME_IN_DNS = ["route53:ChangeResourceRecordSets"];
/** Actions that could take over a machine or remove evidence: allowed only on resources that carry the stack's tags already. */
const BY_TAG = [
    "ec2:TerminateInstances",
    "ec2:StopInstances",
    "ec2:StartInstances",
    "ec2:ModifyInstanceAttribute",
    "ec2:ModifyInstanceMetadataOptions",
    "cloudwatch:DeleteAlarms",
    "events:DeleteRule",
    "events:DisableRule",
    "events:RemoveTargets",
    "sns:DeleteTopic",
    "sns:SetTopicAttributes",
    "sns:Subscribe",
    "backup:DeleteRecoveryPoint",
    "states:UpdateStateMachine",
    "states:DeleteStateMachine",
    "states:StartExecution",
    // Not wafv2:UpdateWebACL: it is asked of AWS's groups of rules as well, which have no tags.
    "wafv2:DeleteWebACL",
    "wafv2:UpdateIPSet",
    "wafv2:DeleteIPSet",
    "wafv2:PutLoggingConfiguration",
    "wafv2:DeleteLoggingConfiguration",
    "wafv2:UntagResource",
    "ecr:InitiateLayerUpload",
    "ecr:UploadLayerPart",
    "ecr:CompleteLayerUpload",
    "ecr:PutImage",
];
const BY_CREATION = ["ec2:CreateTags", "ec2:DeleteTags"];
export const NARROWED = [
    ...BY_LOG_GROUP,
    ...BY_SCHEDULE,
    ...BY_SCHEDULE_GROUP,
    ...BY_FAMILY,
    ...BY_NAME_IN_DNS,
    ...BY_DASHBOARD,
    ...BY_BUDGET,
    ...BY_CHANNEL,
    ...BY_TAG,
    ...BY_CREATION,
];

export function deploy(account: Account, stack: StackName): Statement[] {
    const { partition, project } = account;
    const { name, region } = stack;
    const arn = arnsOf(account, stack);
    const parameters = arn("ssm", `parameter/${project}/${name}/*`);
    return [
        allow(
            "TellWhyItFailed",
            ["logs:FilterLogEvents", "logs:GetLogEvents"],
            arn("logs", `log-group:/${project}/${name}/*`),
        ),
        allow(
            "OwnParameters",
            [
                "ssm:PutParameter",
                "ssm:DeleteParameter",
                "ssm:DeleteParameters",
                "ssm:AddTagsToResource",
                "ssm:RemoveTagsFromResource",
            ],
            parameters,
        ),
        allow("SetUpOwnMachines", "ssm:SendCommand", arn("ec2", "instance/*"), {
            StringEquals: { "ssm:resourceTag/Stack": name, "ssm:resourceTag/Project": project },
        }),
        allow("ByShell", "ssm:SendCommand", `arn:${partition}:ssm:${region}::document/AWS-RunShellScript`),
        ...keys(account, stack, parameters),
        ...roles(account, stack),
    ];
}

/** Its buckets are told apart by their names. */
function ownBucketsOf(account: Account, stack: StackName): Statement[] {
    const { partition, id, project } = account;
    const names = [accessLogBucketName("access-logs", project, stack.name, id), ...(stack.buckets ?? [])];
    const buckets = [...names.map((bucket) => `arn:${partition}:s3:::${bucket}`), ownBuckets(account, stack)];
    return [
        allow(
            "OwnBuckets",
            [
                "s3:CreateBucket",
                "s3:DeleteBucket",
                "s3:PutBucketPolicy",
                "s3:DeleteBucketPolicy",
                "s3:PutBucketPublicAccessBlock",
                "s3:PutEncryptionConfiguration",
                "s3:PutLifecycleConfiguration",
                "s3:PutBucketTagging",
                "s3:ListBucketVersions",
            ],
            buckets,
        ),
        // In dev a bucket may be deleted with its objects: the provider deletes these first.
        allow(
            "EmptyOwnBuckets",
            ["s3:DeleteObject", "s3:DeleteObjectVersion"],
            buckets.map((bucket) => `${bucket}/*`),
        ),
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
function named(account: Account, stack: StackName): Statement[] {
    const { partition, id, project } = account;
    const { name, domains = [] } = stack;
    const arn = arnsOf(account, stack);
    const group = scheduleGroupName(project, name);
    const names = [...domains, `${name}.${project}.internal`];
    return [
        allow(
            "OwnLogGroups",
            BY_LOG_GROUP,
            stackLogGroups(project, name).map((logGroup) => arn("logs", `log-group:${logGroup}`)),
        ),
        allow("OwnDashboard", BY_DASHBOARD, `arn:${partition}:cloudwatch::${id}:dashboard/${project}-${name}`),
        allow("OwnBudget", BY_BUDGET, `arn:${partition}:budgets::${id}:budget/${project}-${name}`),
        allow("OwnSchedules", BY_SCHEDULE, arn("scheduler", `schedule/${group}/*`)),
        allow("OwnScheduleGroup", BY_SCHEDULE_GROUP, arn("scheduler", `schedule-group/${group}`)),
        // Earlier versions put schedules into the default group. The next `up` replaces each by one in the stack's group.
        allow("SchedulesOfBefore", "scheduler:DeleteSchedule", arn("scheduler", "schedule/default/*")),
        // A schedule starts the latest revision of a family. A revision in another stack's family would be started by that stack's schedules.
        allow("OwnTaskDefinitions", BY_FAMILY, arn("ecs", `task-definition/${project}-${name}-*`)),
        allow("OwnNames", BY_NAME_IN_DNS, `arn:${partition}:route53:::hostedzone/*`, {
            "ForAllValues:StringLike": { [NAMES_IN_DNS]: names.flatMap((domain) => [domain, `*.${domain}`]) },
            Null: { [NAMES_IN_DNS]: "false" }, // ForAllValues is true where there are no values
        }),
    ];
}

/** In lower case, without the trailing dot (Route 53 guide, "Using IAM policy conditions for fine-grained access control"). */
const NAMES_IN_DNS = "route53:ChangeResourceRecordSetsNormalizedRecordNames";

/** Resources that are told apart by tags alone: by those that they have, or get when they are created. */
function tagged(account: Account, stack: StackName): Statement[] {
    const arn = arnsOf(account, stack);
    return [
        allow("OnWhatIsItsOwn", [...BY_TAG, ...BY_CREATION], "*", { StringEquals: ownTags(account, stack) }),
        allow("TagsAtCreation", "ec2:CreateTags", "*", { Null: { "ec2:CreateAction": "false" } }),
        // A VPC comes with a default security group without tags, which the program tags.
        allow("TagsOfDefaultGroups", "ec2:CreateTags", arn("ec2", "security-group/*")),
        // ModifyInstanceAttribute asks for the security groups and volumes of the machine as well as for the machine.
        allow("GroupsOfMachines", "ec2:ModifyInstanceAttribute", [
            arn("ec2", "security-group/*"),
            arn("ec2", "volume/*"),
        ]),
    ];
}

/** The stack's key. KMS may take minutes until a new key's tags count, so what is needed at once is limited by other conditions. */
function keys(account: Account, stack: StackName, parameters: string): Statement[] {
    const { name, region } = stack;
    const arn = arnsOf(account, stack);
    const alias = `alias/${account.project}/${name.replaceAll(".", "-")}`;
    const any = arn("kms", "key/*");
    return [
        allow("MakeAKey", "kms:CreateKey", "*", inRegion(region)),
        allow("SetAKeyUp", ["kms:EnableKeyRotation", "kms:TagResource", "kms:UpdateKeyDescription"], any),
        allow("NameAKey", ["kms:CreateAlias", "kms:UpdateAlias", "kms:DeleteAlias"], [any, arn("kms", alias)]),
        allow("DeleteTheKey", ["kms:ScheduleKeyDeletion", "kms:UntagResource"], any, {
            StringEquals: ownTags(account, stack),
        }),
        deny(
            "NoOthersKeys", // else a tag would make another stack's key the stack's own
            [
                "kms:TagResource",
                "kms:UntagResource",
                "kms:ScheduleKeyDeletion",
                "kms:CreateGrant",
                "kms:EnableKeyRotation",
                "kms:UpdateKeyDescription",
            ],
            "*",
            { "ForAnyValue:StringNotEquals": { "kms:ResourceAliases": alias } },
        ),
        allow("EncryptParameters", ["kms:Encrypt", "kms:GenerateDataKey"], any, forParameters(region, parameters)),
    ];
}

/** The services that the program's roles are passed to. */
const PASSED_TO = ["backup", "chatbot", "ecs-tasks", "scheduler", "states", "vpc-flow-logs", "ec2", "monitoring.rds"];
function roles(account: Account, { name }: StackName): Statement[] {
    const inStackPath = (kind: string) => iamArn(account, `${kind}${rolePath(account.project, name)}*`);
    return [
        allow(
            "RolesWithinTheBoundary",
            // Not iam:AttachRolePolicy (see `awssPolicies`): all that a role may do is in its inline policies.
            ["iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy", "iam:DeleteRolePolicy"],
            inStackPath("role"),
            { StringEquals: { "iam:PermissionsBoundary": boundaryArn(account, name) } },
        ),
        allow(
            "RolesOfItsOwn",
            ["iam:DeleteRole", "iam:UpdateRole", "iam:UpdateAssumeRolePolicy", "iam:TagRole", "iam:UntagRole"],
            inStackPath("role"),
        ),
        allow(
            "MachinesRoles",
            [
                "iam:CreateInstanceProfile",
                "iam:DeleteInstanceProfile",
                "iam:GetInstanceProfile",
                "iam:AddRoleToInstanceProfile",
                "iam:RemoveRoleFromInstanceProfile",
                "iam:TagInstanceProfile",
                "iam:UntagInstanceProfile",
            ],
            inStackPath("instance-profile"),
        ),
        allow("HandOnRoles", "iam:PassRole", inStackPath("role"), {
            StringEquals: { "iam:PassedToService": PASSED_TO.map((service) => `${service}.amazonaws.com`) },
        }),
        allow("AwssOwnRoles", "iam:CreateServiceLinkedRole", iamArn(account, "role/aws-service-role/*"), {
            StringEquals: { "iam:AWSServiceName": LINKED_ROLES.map(({ service }) => service).sort() },
        }),
    ];
}
