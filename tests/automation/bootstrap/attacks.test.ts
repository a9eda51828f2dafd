import { expect } from "chai";
import { boundaryArn, roleArn } from "../../../automation/bootstrap/names";
import { ask, type Question } from "../../iam";
import {
    ACCOUNT,
    arn,
    DEV,
    ID,
    KEY,
    OF_ANOTHER_PROJECT,
    OF_PROD,
    OWN,
    parameter,
    role,
    STACK_KEY,
    throughSsm,
    withinBoundary,
    workflow,
} from "./holders";

const RECORDS = "route53:ChangeResourceRecordSetsNormalizedRecordNames";
const ROUTE53 = { "aws:RequestedRegion": "us-east-1" };
const ZONE = "arn:aws:route53:::hostedzone/Z1";
const tasks = { "iam:PassedToService": "ecs-tasks.amazonaws.com" };
const BOUNDARY = { "iam:PermissionsBoundary": boundaryArn(ACCOUNT, "dev") };

/** What somebody with dev's deploy role would try in an account that prod is in as well: first what it can do to prod by itself. */
const DEPLOY: Record<string, Question> = {
    "delete prod's log groups": ["logs:DeleteLogGroup", arn("logs", "log-group:/identity/prod/keycloak"), OF_PROD],
    "let prod's logs go after a day": ["logs:PutRetentionPolicy", arn("logs", "log-group:/identity/prod/keycloak")],
    "delete the account's trail of logs": ["logs:DeleteLogGroup", arn("logs", "log-group:aws-cloudtrail-logs")],
    "delete prod's alarms": ["cloudwatch:DeleteAlarms", arn("cloudwatch", "alarm:posts-nightly-failed-1"), OF_PROD],
    "delete an alarm of others": ["cloudwatch:DeleteAlarms", arn("cloudwatch", "alarm:billing")],
    "silence prod's alarm": ["cloudwatch:PutMetricAlarm", arn("cloudwatch", "alarm:posts-nightly-failed-1"), OF_PROD],
    "delete prod's event rules": ["events:DeleteRule", arn("events", "rule/posts-nightly-failed-1"), OF_PROD],
    "switch a rule of others off": ["events:DisableRule", arn("events", "rule/guardduty")],
    "send prod's events elsewhere": ["events:PutTargets", arn("events", "rule/posts-nightly-failed-1"), OF_PROD],
    "delete prod's schedules": ["scheduler:DeleteSchedule", arn("scheduler", "schedule/identity-prod/posts-nightly-1")],
    "change prod's schedules": ["scheduler:UpdateSchedule", arn("scheduler", "schedule/identity-prod/posts-nightly-1")],
    "change others' schedules": ["scheduler:UpdateSchedule", arn("scheduler", "schedule/default/backup")],
    "have prod's schedule start its own revision": [
        "ecs:RegisterTaskDefinition",
        arn("ecs", "task-definition/identity-prod-posts-nightly:9"),
    ],
    "tag a machine of others as its own": ["ec2:CreateTags", arn("ec2", "instance/i-1")],
    "tag prod's machine as its own": ["ec2:CreateTags", arn("ec2", "instance/i-1"), OF_PROD],
    "run a script on a machine of others": ["ssm:SendCommand", arn("ec2", "instance/i-1")],
    "run a script on another project's dev": [
        "ssm:SendCommand",
        arn("ec2", "instance/i-1"),
        { "ssm:resourceTag/Stack": "dev", "ssm:resourceTag/Project": "payments" },
    ],
    "give a machine of others user data": ["ec2:ModifyInstanceAttribute", arn("ec2", "instance/i-1")],
    "give prod's machine user data": ["ec2:ModifyInstanceAttribute", arn("ec2", "instance/i-1"), OF_PROD],
    "stop a machine of others": ["ec2:StopInstances", arn("ec2", "instance/i-1")],
    "open a machine's credentials to old clients": ["ec2:ModifyInstanceMetadataOptions", arn("ec2", "instance/i-1")],
    "put a machine into prod's network": ["ec2:RunInstances", arn("ec2", "subnet/subnet-1"), OF_PROD],
    "open prod's security group": ["ec2:AuthorizeSecurityGroupIngress", arn("ec2", "security-group/sg-1"), OF_PROD],
    "delete another project's database": ["rds:DeleteDBInstance", arn("rds", "db:payments-dev-1"), OF_ANOTHER_PROJECT],
    "change another project's service": ["ecs:UpdateService", arn("ecs", "service/c/s"), OF_ANOTHER_PROJECT],
    "put a rule before prod's": [
        "elasticloadbalancing:CreateRule",
        arn("elasticloadbalancing", "listener/app/public/1/2"),
        OF_PROD,
    ],
    "push an image into prod's repository": ["ecr:PutImage", arn("ecr", "repository/keycloak-1"), OF_PROD],
    "push an image into a repository of others": ["ecr:PutImage", arn("ecr", "repository/payments")],
    "rewrite prod's deployment": ["states:UpdateStateMachine", arn("states", "stateMachine:posts-1"), OF_PROD],
    "point prod's name at itself": [
        "route53:ChangeResourceRecordSets",
        ZONE,
        { ...ROUTE53, [RECORDS]: ["auth.id.example.com"] },
    ],
    "point a name of the company at itself": [
        "route53:ChangeResourceRecordSets",
        ZONE,
        { ...ROUTE53, [RECORDS]: ["www.example.com"] },
    ],
    "hide prod's name behind its own": [
        "route53:ChangeResourceRecordSets",
        ZONE,
        { ...ROUTE53, [RECORDS]: ["a.dev.example.com", "auth.id.example.com"] },
    ],
    "take a name that ends alike": [
        "route53:ChangeResourceRecordSets",
        ZONE,
        { ...ROUTE53, [RECORDS]: ["notdev.example.com"] },
    ],
    "change records without a name": ["route53:ChangeResourceRecordSets", ZONE, ROUTE53],
    "delete prod's bucket of access logs": ["s3:DeleteBucket", `arn:aws:s3:::identity-prod-access-logs-${ID}`],
    "delete what is in it": ["s3:DeleteObject", `arn:aws:s3:::identity-prod-access-logs-${ID}/AWSLogs/1`],
    "delete the one that prod had before": ["s3:DeleteBucket", "arn:aws:s3:::access-logs-9f9f9f9"],
    "let its role's session be another account's": ["iam:UpdateAssumeRolePolicy", role("identity/prod/issuer-1")],
    "take the boundary's policy away": ["iam:DeletePolicy", boundaryArn(ACCOUNT, "dev")],
    "start something in a region that nobody looks at": [
        "ec2:RunInstances",
        `arn:aws:ec2:eu-north-1:${ID}:instance/i-1`,
        { "aws:RequestedRegion": "eu-north-1" },
    ],
};

/** And then by a role of its own, made below its path, with a policy that allows everything, and a trust in itself. */
const BOUNDED: Record<string, Question> = {
    "decrypt the secrets in prod's state": ["kms:Decrypt", KEY, { "kms:EncryptionContext:stack": "prod" }],
    "decrypt the secrets in its own state": ["kms:Decrypt", KEY, { "kms:EncryptionContext:stack": "dev" }],
    "decrypt by any other key": ["kms:Decrypt", STACK_KEY],
    "decrypt prod's parameters": ["kms:Decrypt", STACK_KEY, throughSsm("/identity/prod/issuer/ACAPY_WALLET_KEY")],
    "decrypt another project's parameters": ["kms:Decrypt", STACK_KEY, throughSsm("/payments/dev/KEY")],
    "read prod's parameters": ["ssm:GetParameter", parameter("/identity/prod/issuer/ACAPY_WALLET_KEY")],
    "read another project's parameters": ["ssm:GetParameter", parameter("/payments/dev/KEY")],
    "read all parameters there are": ["ssm:GetParametersByPath", parameter("/payments")],
    "give prod's service its own version": ["ecs:UpdateService", arn("ecs", "service/c/keycloak-1"), OF_PROD],
    "change a service of others": ["ecs:UpdateService", arn("ecs", "service/c/shop")],
    "run prod's task": ["ecs:RunTask", arn("ecs", "task-definition/identity-prod-posts-oneoff:1"), OF_PROD],
    "register a revision of prod's": [
        "ecs:RegisterTaskDefinition",
        arn("ecs", "task-definition/identity-prod-posts:1"),
    ],
    "stop prod's tasks": ["ecs:StopTask", arn("ecs", "task/c/0123"), OF_PROD],
    "open a shell in prod's task": ["ecs:ExecuteCommand", arn("ecs", "task/c/0123"), OF_PROD],
    "put an image into prod's repository": ["ecr:PutImage", arn("ecr", "repository/keycloak-1"), OF_PROD],
    "put an image into another project's": ["ecr:PutImage", arn("ecr", "repository/web"), OF_ANOTHER_PROJECT],
    "put an image into a repository of others": ["ecr:PutImage", arn("ecr", "repository/payments")],
    "write into prod's queue": ["sqs:SendMessage", arn("sqs", "posts-1"), OF_PROD],
    "write into a queue of others": ["sqs:SendMessage", arn("sqs", "orders")],
    "start prod's deployment": ["states:StartExecution", arn("states", "stateMachine:posts-1"), OF_PROD],
    "write into prod's log": ["logs:PutLogEvents", arn("logs", "log-group:/identity/prod/issuer:log-stream:app")],
    "hand prod's roles to its tasks": ["iam:PassRole", role("identity/prod/issuer-task-1"), tasks],
    "hand CI's role to its tasks": ["iam:PassRole", roleArn(ACCOUNT, "prod", "deploy"), tasks],
    "make another role": ["iam:CreateRole", role("identity/dev/x"), BOUNDARY],
    "become another role": ["sts:AssumeRole", roleArn(ACCOUNT, "prod", "deploy")],
    "read the state": ["s3:GetObject", "arn:aws:s3:::identity-state/.pulumi/stacks/identity/prod.json"],
    "run a script on a machine": ["ssm:SendCommand", arn("ec2", "instance/i-1"), OWN],
    "use another region": [
        "ssm:GetParameter",
        `arn:aws:ssm:eu-north-1:${ID}:parameter/identity/dev/x`,
        { "aws:RequestedRegion": "eu-north-1" },
    ],
};

describe("what dev's CI must not reach where prod is in the same account", () => {
    for (const [what, question] of Object.entries(DEPLOY)) {
        it(what, async () => {
            expect(await ask(workflow(DEV, "deploy"), question)).to.match(/Denied$/);
        });
    }
});

describe("what a role that dev's CI made for itself must not reach", () => {
    for (const [what, question] of Object.entries(BOUNDED)) {
        it(what, async () => {
            expect(await ask(withinBoundary(DEV), question)).to.match(/Denied$/);
        });
    }
});
