/**
 * Who may do what: the documents of everything that `npm run bootstrap` makes. Pure functions of names, so that the tests can ask
 * IAM's own rules about them.
 *
 * A deployment makes roles, and whoever can make a role can make one that may do anything, and then use it. Two things keep
 * it from that. It may make and change roles below `/<project>/<stack>/` only, and only with the boundary of this stack on them, which no
 * policy can widen; and neither the boundary nor its own role is below that path.
 */
import { rolePath } from "../../platform/roles";
import { isGlobal, READ, writeActions } from "./actions";
import { document, type Statement } from "./document";
import { LINKED_ROLES } from "./linked-roles";
import {
    type Account,
    AUDIENCE,
    boundaryArn,
    bucketName,
    environmentOf,
    GITHUB,
    providerArn,
    type RoleKind,
    type StackName,
} from "./names";

const bucketArn = (account: Account) => `arn:${account.partition}:s3:::${bucketName(account)}`;
const inRegion = (region: string) => ({ StringEquals: { "aws:RequestedRegion": region } });

/** Whoever may use IAM in the account may use the key, as far as IAM says. S3 and Pulumi are told apart by their contexts. */
export const keyPolicy = ({ partition, id }: Account) =>
    document([
        {
            Sid: "TheAccountsIamDecides",
            Effect: "Allow",
            Principal: { AWS: `arn:${partition}:iam::${id}:root` },
            Action: "kms:*",
            Resource: "*",
        },
    ]);

/** Nobody comes without TLS. Everything else is a matter of the roles. */
export const bucketPolicy = (account: Account) =>
    document([
        {
            Sid: "TlsOnly",
            Effect: "Deny",
            Principal: "*", // everybody: what is denied is only to come without TLS
            Action: "s3:*",
            Resource: [bucketArn(account), `${bucketArn(account)}/*`],
            Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
    ]);

/**
 * The token of a workflow's job says of which repository and for which environment it runs. Both are named to the letter: a fork has
 * another repository, and on GitHub the environment says which branches may use it and who has to approve.
 */
export const trustPolicy = (account: Account, repository: string, stack: string, kind: RoleKind) =>
    document([
        {
            Effect: "Allow",
            Principal: { Federated: providerArn(account) },
            Action: "sts:AssumeRoleWithWebIdentity",
            Condition: {
                StringEquals: {
                    [`${GITHUB}:aud`]: AUDIENCE,
                    [`${GITHUB}:sub`]: `repo:${repository}:environment:${environmentOf(stack, kind)}`,
                },
            },
        },
    ]);

/** What the roles that a stack's program makes may do at most, whatever their policies say: what tasks need, and nothing of IAM. */
export const boundary = (account: Account, stack: StackName) => {
    const { partition, id, project } = account;
    const arn = (service: string, resource: string) => `arn:${partition}:${service}:${stack.region}:${id}:${resource}`;
    return document([
        {
            Sid: "WhatTasksDo",
            Effect: "Allow",
            Action: [
                ...["ecr:GetAuthorizationToken", "ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage"],
                ...["ecr:GetDownloadUrlForLayer", "ecr:InitiateLayerUpload", "ecr:UploadLayerPart"],
                ...["ecr:CompleteLayerUpload", "ecr:PutImage"],
                ...["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogGroups", "logs:DescribeLogStreams"],
                ...["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath", "kms:Decrypt"],
                ...["ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel"],
                ...["ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel"],
                "ssm:UpdateInstanceInformation",
                ...["ecs:RunTask", "ecs:TagResource", "ecs:RegisterTaskDefinition", "ecs:UpdateService"],
                ...["ecs:DescribeTaskDefinition", "ecs:DescribeServices", "ecs:DescribeTasks"],
                "sqs:SendMessage",
                "cloudwatch:PutMetricData",
            ],
            Resource: "*",
            Condition: inRegion(stack.region),
        },
        {
            Sid: "LogInToPrivateRegistries", // `image_credentials` of a heritage
            Effect: "Allow",
            Action: "secretsmanager:GetSecretValue",
            Resource: arn("secretsmanager", `secret:${project}/${stack.name}/*`),
        },
        {
            Sid: "HandOnTheirOwnRoles",
            Effect: "Allow",
            Action: "iam:PassRole",
            Resource: `arn:${partition}:iam::${id}:role${rolePath(project, stack.name)}*`,
            Condition: { StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } },
        },
        {
            Sid: "NoOtherStacksSecrets",
            Effect: "Deny",
            Action: "kms:Decrypt",
            Resource: "*",
            Condition: {
                StringLike: { "kms:EncryptionContext:PARAMETER_ARN": arn("ssm", `parameter/${project}/*`) },
                StringNotLike: {
                    "kms:EncryptionContext:PARAMETER_ARN": arn("ssm", `parameter/${project}/${stack.name}/*`),
                },
            },
        },
    ]);
};

/** By the role that each job assumes. */
export function rolePolicy(account: Account, stack: StackName, keyArn: string, kind: RoleKind) {
    const all = [...read(stack), ...state(account, stack.name, keyArn, kind === "deploy")];
    if (kind === "preview") return document([...all, noDecryption()]);
    if (kind === "drift") return document([...all, ...ownParameters(account, stack)]);
    return document([...all, ...ownParameters(account, stack), ...deploy(account, stack)]);
}

/** The rest of the deploy role, a policy of its own: IAM takes 10 240 characters in a role and 6144 in a policy. */
export const makePolicy = (stack: StackName) =>
    document([
        {
            Sid: "MakeAndChange",
            Effect: "Allow",
            Action: writeActions().filter((action) => !isGlobal(action)),
            Resource: "*", // Pulumi ends names in something random, and much is made before it has a name
            Condition: inRegion(stack.region),
        },
        { Sid: "MakeAndChangeNames", Effect: "Allow", Action: writeActions().filter(isGlobal), Resource: "*" },
    ]);

const read = (stack: StackName): Statement[] => [
    {
        Sid: "SeeHowThingsAreSet",
        Effect: "Allow",
        Action: [...READ],
        Resource: "*", // most of these have no resource to be narrowed to
        Condition: { StringEquals: { "aws:RequestedRegion": [stack.region, ...GLOBAL_REGIONS] } },
    },
];

/** Where the services that are one for all regions say that they are, by partition. */
const GLOBAL_REGIONS = ["us-east-1", "cn-north-1", "us-gov-west-1"];

/**
 * A stack's own state, as Pulumi's backend lays it out. Only a deployment writes: neither a preview nor the search for drift takes a
 * lock. Whoever reads the state can decrypt it, as each preview has to: what is in it is as secret as who may run one.
 */
function state(account: Account, stack: string, keyArn: string, write: boolean): Statement[] {
    const { project } = account;
    const objects = (...keys: string[]) => keys.map((key) => `${bucketArn(account)}/.pulumi/${key}`);
    const locks = objects(`locks/organization/${project}/${stack}/*`);
    // The state itself; with `.bak` and compressed, it has more at its end. A stack `dev` is none of `dev-2`, but for the dot.
    const own = objects(
        `stacks/${project}/${stack}.*`,
        `history/${project}/${stack}/*`,
        `backups/${project}/${stack}/*`,
    );
    const writeState: Statement = {
        Sid: "WriteTheState",
        Effect: "Allow",
        Action: ["s3:PutObject", "s3:DeleteObject"],
        Resource: [...own, ...locks],
    };
    return [
        {
            Sid: "FindTheState",
            Effect: "Allow",
            Action: ["s3:ListBucket", "s3:GetBucketLocation"],
            Resource: bucketArn(account),
        },
        {
            Sid: "ReadTheState",
            Effect: "Allow",
            Action: "s3:GetObject",
            Resource: [...objects("meta.yaml"), ...own, ...locks],
        },
        ...(write ? [writeState] : []),
        {
            Sid: "TheBucketsKey",
            Effect: "Allow",
            Action: write ? ["kms:Decrypt", "kms:GenerateDataKey"] : "kms:Decrypt",
            Resource: keyArn,
            Condition: {
                StringEquals: {
                    "kms:ViaService": `s3.${account.region}.amazonaws.com`,
                    "kms:EncryptionContext:aws:s3:arn": bucketArn(account),
                },
            },
        },
        {
            Sid: "TheStacksSecretsInItsState",
            Effect: "Allow",
            Action: write ? ["kms:Decrypt", "kms:Encrypt"] : "kms:Decrypt",
            Resource: keyArn,
            Condition: { StringEquals: { "kms:EncryptionContext:stack": stack } },
        },
    ];
}

/** AWS's own key lets everybody in the account decrypt a parameter who may read it: only a denial keeps that out. */
const noDecryption = (): Statement => ({
    Sid: "NoParametersInTheClear",
    Effect: "Deny",
    Action: "kms:Decrypt",
    Resource: "*",
    Condition: { StringLike: { "kms:ViaService": "ssm.*.amazonaws.com" } },
});

/** A refresh reads the parameters that the stack made, with their values, and those alone. */
function ownParameters({ partition, id, project }: Account, { name, region }: StackName): Statement[] {
    const parameters = `arn:${partition}:ssm:${region}:${id}:parameter/${project}/${name}/*`;
    return [
        {
            Sid: "OwnParametersInTheClear",
            Effect: "Allow",
            Action: "kms:Decrypt",
            Resource: `arn:${partition}:kms:${region}:${id}:key/*`, // the stack's key, which is not made yet
            Condition: {
                StringEquals: { "kms:ViaService": `ssm.${region}.amazonaws.com` },
                StringLike: { "kms:EncryptionContext:PARAMETER_ARN": parameters },
            },
        },
        {
            Sid: "NoOthersInTheClear",
            Effect: "Deny",
            Action: "kms:Decrypt",
            Resource: "*",
            Condition: {
                StringLike: { "kms:ViaService": "ssm.*.amazonaws.com" },
                StringNotLike: { "kms:EncryptionContext:PARAMETER_ARN": parameters },
            },
        },
    ];
}

function deploy(account: Account, stack: StackName): Statement[] {
    const { partition, id, project } = account;
    const { name, region } = stack;
    const arn = (service: string, resource: string) => `arn:${partition}:${service}:${region}:${id}:${resource}`;
    const parameters = arn("ssm", `parameter/${project}/${name}/*`);
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
            Condition: { StringEquals: { "ssm:resourceTag/Stack": name } },
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
                ...["s3:PutBucketTagging", "s3:ListBucketVersions", "s3:DeleteObject", "s3:DeleteObjectVersion"],
            ],
            Resource: `arn:${partition}:s3:::access-logs-*`,
        },
        {
            Sid: "NoOtherStacks",
            Effect: "Deny",
            Action: DENIED_ELSEWHERE,
            Resource: "*",
            Condition: {
                // What carries the tag of another stack. What carries none is new, or has none to carry.
                StringNotEquals: { "aws:ResourceTag/Stack": name },
                Null: { "aws:ResourceTag/Stack": "false" },
            },
        },
    ];
}

/** Services that say of what exists already which tags it has. The rest is told apart by name. */
const DENIED_ELSEWHERE = [
    ...["acm:*", "application-autoscaling:*", "ec2:*", "ecr:*", "ecs:*", "elasticloadbalancing:*", "kms:*", "rds:*"],
    ...["servicediscovery:*", "sqs:*"],
];

/** The stack's key. Its tags count only minutes after it is made, so what is needed at once is told by what it is needed for. */
function keys({ partition, id, project }: Account, { name, region }: StackName, parameters: string): Statement[] {
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
            Condition: { StringEquals: { "aws:ResourceTag/Stack": name } },
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
const PASSED_TO = ["ecs-tasks", "scheduler", "vpc-flow-logs", "ec2"];

function roles(account: Account, { name }: StackName): Statement[] {
    const { partition, id, project } = account;
    const own = (kind: string) => `arn:${partition}:iam::${id}:${kind}${rolePath(project, name)}*`;
    const bounded = { "iam:PermissionsBoundary": boundaryArn(account, name) };
    return [
        {
            Sid: "RolesWithinTheBoundary",
            Effect: "Allow",
            Action: [
                // None to attach a policy that exists already: what a role may do is written in the program.
                ...["iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy", "iam:DeleteRolePolicy"],
            ],
            Resource: own("role"),
            Condition: { StringEquals: bounded },
        },
        {
            Sid: "RolesOfItsOwn",
            Effect: "Allow",
            Action: [
                ...["iam:DeleteRole", "iam:UpdateRole", "iam:UpdateAssumeRolePolicy", "iam:TagRole", "iam:UntagRole"],
            ],
            Resource: own("role"),
        },
        {
            Sid: "MachinesRoles",
            Effect: "Allow",
            Action: [
                ...["iam:CreateInstanceProfile", "iam:DeleteInstanceProfile", "iam:GetInstanceProfile"],
                ...["iam:AddRoleToInstanceProfile", "iam:RemoveRoleFromInstanceProfile"],
                ...["iam:TagInstanceProfile", "iam:UntagInstanceProfile"],
            ],
            Resource: own("instance-profile"),
        },
        {
            Sid: "HandOnRoles",
            Effect: "Allow",
            Action: "iam:PassRole",
            Resource: own("role"),
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
