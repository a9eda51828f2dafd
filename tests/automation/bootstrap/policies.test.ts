import { expect } from "chai";
import { writeActions } from "../../../automation/bootstrap/actions";
import { boundary } from "../../../automation/bootstrap/boundary";
import { boundaryArn, type RoleKind, roleArn, type StackName } from "../../../automation/bootstrap/names";
import { bucketPolicy, rolePolicy, trustPolicy } from "../../../automation/bootstrap/policies";
import type { SimulatedResource } from "../../../automation/plan/simulated-aws";
import { planStack } from "../../../automation/plan/plan-stack";
import { ask, type Question } from "../../iam";
import {
    ACCOUNT,
    arn,
    BUCKET,
    DEV,
    documentsOf,
    ID,
    KEY,
    OWN,
    parameter,
    REGION,
    role,
    STACK_KEY,
    state,
    throughS3,
    throughSsm,
    withinBoundary,
    workflow,
} from "./holders";

const BOUNDARY = { "iam:PermissionsBoundary": boundaryArn(ACCOUNT, "dev") };
const answer = (kind: RoleKind, question: Question) => ask(workflow(DEV, kind), question);
const attaches = (policy: string) => ({ "iam:PolicyARN": `arn:aws:iam::aws:policy/service-role/${policy}` });
const RECORDS = "route53:ChangeResourceRecordSetsNormalizedRecordNames";

/** Everything in the plans of both stacks, planned once. */
let planned: Promise<SimulatedResource[]> | undefined;
const resources = () =>
    (planned ??= (async () => {
        const both = [];
        for (const stack of ["dev", "prod"]) both.push(...(await planStack({ root: process.cwd(), stack })).resources);
        return both;
    })());

const READS: Record<string, Question> = {
    "see a service": ["ecs:DescribeServices", arn("ecs", "service/platform-1/issuer-1")],
    "see a database": ["rds:DescribeDBInstances", arn("rds", "db:identity-dev-wallet-db-1")],
    "see a role": ["iam:GetRole", role("identity/dev/issuer-1"), { "aws:RequestedRegion": "us-east-1" }],
    "see a record": [
        "route53:ListResourceRecordSets",
        "arn:aws:route53:::hostedzone/Z1",
        { "aws:RequestedRegion": "us-east-1" },
    ],
    "ask for parameters' versions": ["ssm:GetParameters", parameter("/team/mail/key")],
    "log in to the registry": ["ecr:GetAuthorizationToken", "*"],
    "read the stack's state": ["s3:GetObject", state("stacks/identity/dev.json")],
    "list the state's bucket": ["s3:ListBucket", BUCKET],
    "decrypt the state's file": ["kms:Decrypt", KEY, throughS3],
    "decrypt the state's secrets": ["kms:Decrypt", KEY, { "kms:EncryptionContext:stack": "dev" }],
};

const NOBODY: Record<string, Question> = {
    "read another stack's state": ["s3:GetObject", state("stacks/identity/prod.json")],
    "read the state of a stack that begins alike": ["s3:GetObject", state("stacks/identity/dev-2.json")],
    "decrypt another stack's secrets": ["kms:Decrypt", KEY, { "kms:EncryptionContext:stack": "prod" }],
    "decrypt without saying for what": ["kms:Decrypt", KEY],
    "write another stack's state": ["s3:PutObject", state("stacks/identity/prod.json")],
    "delete another stack's lock": ["s3:DeleteObject", state("locks/organization/identity/prod/1.json")],
    "change how the backend is laid out": ["s3:PutObject", state("meta.yaml")],
    "delete a version of a state for good": ["s3:DeleteObjectVersion", state("stacks/identity/dev.json")],
    "delete the state's bucket": ["s3:DeleteBucket", BUCKET],
    "change the bucket's policy": ["s3:PutBucketPolicy", BUCKET],
    "delete the state's key": [
        "kms:ScheduleKeyDeletion",
        KEY,
        { ...OWN, "kms:ResourceAliases": ["alias/identity-state"] },
    ],
    "tag the state's key as its own": ["kms:TagResource", KEY, { "kms:ResourceAliases": ["alias/identity-state"] }],
    "change the state's key's policy": ["kms:PutKeyPolicy", KEY],
    "decrypt another stack's parameters": [
        "kms:Decrypt",
        STACK_KEY,
        throughSsm("/identity/prod/issuer/ACAPY_WALLET_KEY"),
    ],
    "decrypt somebody else's parameters": ["kms:Decrypt", STACK_KEY, throughSsm("/team/mail/key")],
    "read an object of another bucket": ["s3:GetObject", "arn:aws:s3:::elsewhere/secrets.txt"],
    "open a shell in a task": ["ecs:ExecuteCommand", arn("ecs", "task/platform-1/0123")],
    "become somebody else": ["sts:AssumeRole", role("admin")],
    "make a user": ["iam:CreateUser", `arn:aws:iam::${ID}:user/eve`],
    "make a key for a user": ["iam:CreateAccessKey", `arn:aws:iam::${ID}:user/admin`],
    "change its own role": ["iam:PutRolePolicy", roleArn(ACCOUNT, "dev", "deploy"), BOUNDARY],
    "change who may assume its own role": ["iam:UpdateAssumeRolePolicy", roleArn(ACCOUNT, "dev", "deploy")],
    "change another stack's role": ["iam:UpdateAssumeRolePolicy", roleArn(ACCOUNT, "prod", "deploy")],
    "change its boundary": ["iam:CreatePolicyVersion", boundaryArn(ACCOUNT, "dev")],
    "change GitHub's identity provider": [
        "iam:UpdateOpenIDConnectProviderThumbprint",
        `arn:aws:iam::${ID}:oidc-provider/token.actions.githubusercontent.com`,
    ],
};

/** A few of each service; whether every resource type can be made is asked below. */
const channel = (name: string) => `arn:aws:chatbot::${ID}:chat-configuration/slack-channel/${name}`;

const CHANGES: Record<string, Question> = {
    "write the stack's state": ["s3:PutObject", state("stacks/identity/dev.json")],
    "write its backup": ["s3:PutObject", state("stacks/identity/dev.json.bak")],
    "write its history": ["s3:PutObject", state("history/identity/dev/dev-1.history.json")],
    "take and give back its lock": ["s3:DeleteObject", state("locks/organization/identity/dev/1.json")],
    "encrypt the state's file": ["kms:GenerateDataKey", KEY, throughS3],
    "put a parameter": ["ssm:PutParameter", parameter("/identity/dev/issuer/ACAPY_WALLET_KEY")],
    "delete its database": ["rds:DeleteDBInstance", arn("rds", "db:identity-dev-1"), OWN],
    "pass a role to tasks": [
        "iam:PassRole",
        role("identity/dev/issuer-1"),
        { "iam:PassedToService": "ecs-tasks.amazonaws.com" },
    ],
    "make a role": ["iam:CreateRole", role("identity/dev/issuer-1"), BOUNDARY],
    "say who may assume it": ["iam:UpdateAssumeRolePolicy", role("identity/dev/issuer-1")],
    "let it make backups": [
        "iam:AttachRolePolicy",
        role("identity/dev/backups-1"),
        { ...BOUNDARY, ...attaches("AWSBackupServiceRolePolicyForBackup") },
    ],
    "let RDS measure its databases": [
        "iam:AttachRolePolicy",
        role("identity/dev/wallet-db-monitoring-1"),
        { ...BOUNDARY, ...attaches("AmazonRDSEnhancedMonitoringRole") },
    ],
    "pass a role to RDS for it": [
        "iam:PassRole",
        role("identity/dev/wallet-db-monitoring-1"),
        { "iam:PassedToService": "monitoring.rds.amazonaws.com" },
    ],
    "pass a role to AWS Backup": [
        "iam:PassRole",
        role("identity/dev/backups-1"),
        { "iam:PassedToService": "backup.amazonaws.com" },
    ],
    "make a channel, wherever its API is": [
        "chatbot:CreateSlackChannelConfiguration",
        "*",
        { "aws:RequestedRegion": "us-west-2" },
    ],
    "change its channel": ["chatbot:UpdateSlackChannelConfiguration", channel("identity-dev-C07EZ1ABC23"), OWN],
    "pass a role to its channel": [
        "iam:PassRole",
        role("identity/dev/alarms-chat-1"),
        { "iam:PassedToService": "chatbot.amazonaws.com" },
    ],
    "tag its vault": ["backup:TagResource", arn("backup", "backup-vault:backups-1"), OWN],
    "say what it may do": ["iam:PutRolePolicy", role("identity/dev/issuer-1"), BOUNDARY],
    "delete it": ["iam:DeleteRole", role("identity/dev/issuer-1")],
    "have AWS make ECS's own role": [
        "iam:CreateServiceLinkedRole",
        role("aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS"),
        { "iam:AWSServiceName": "ecs.amazonaws.com" },
    ],
    "make a key": ["kms:CreateKey", "*"],
    "name it": ["kms:CreateAlias", arn("kms", "alias/identity/dev")],
    "delete its key": ["kms:ScheduleKeyDeletion", STACK_KEY, { ...OWN, "kms:ResourceAliases": ["alias/identity/dev"] }],
    "tag its key before it has a name": ["kms:TagResource", STACK_KEY],
    "encrypt a parameter by it": ["kms:Encrypt", STACK_KEY, throughSsm("/identity/dev/issuer/ACAPY_WALLET_KEY")],
    "encrypt a database by it": ["kms:CreateGrant", STACK_KEY, { "kms:ViaService": `rds.${REGION}.amazonaws.com` }],
    "set the bucket of access logs up": ["s3:PutBucketPolicy", `arn:aws:s3:::identity-dev-access-logs-${ID}`],
    "and the one that it had before": ["s3:PutBucketPolicy", "arn:aws:s3:::access-logs-1a2b3c4"],
    "read why a deployment failed": ["logs:FilterLogEvents", arn("logs", "log-group:/identity/dev/issuer:log-stream:")],
    "write a record": [
        "route53:ChangeResourceRecordSets",
        "arn:aws:route53:::hostedzone/Z1",
        { "aws:RequestedRegion": "us-east-1", [RECORDS]: ["*.dev.example.com"] },
    ],
    "write a record in the private zone": [
        "route53:ChangeResourceRecordSets",
        "arn:aws:route53:::hostedzone/Z2",
        { "aws:RequestedRegion": "us-east-1", [RECORDS]: ["auth.dev.identity.internal"] },
    ],
    "tag what it makes": ["ec2:CreateTags", arn("ec2", "instance/i-1"), { "ec2:CreateAction": "RunInstances" }],
    "tag what it has made": ["ec2:CreateTags", arn("ec2", "instance/i-1"), OWN],
    "change its machine": ["ec2:ModifyInstanceAttribute", arn("ec2", "instance/i-1"), OWN],
    "make its schedule": ["scheduler:CreateSchedule", arn("scheduler", "schedule/identity-dev/nightly-1")],
    "register a task definition": ["ecs:RegisterTaskDefinition", arn("ecs", "task-definition/identity-dev-issuer:2")],
    "delete its log group": ["logs:DeleteLogGroup", arn("logs", "log-group:/identity/dev/issuer"), OWN],
    "keep its database's log": [
        "logs:PutRetentionPolicy",
        arn("logs", "log-group:/aws/rds/instance/identity-dev-db-1/postgresql"),
    ],
};

const DEPLOY_MUST_NOT: Record<string, Question> = {
    "make a role without the boundary": ["iam:CreateRole", role("identity/dev/admin")],
    "make a role with another boundary": [
        "iam:CreateRole",
        role("identity/dev/admin"),
        { "iam:PermissionsBoundary": `arn:aws:iam::${ID}:policy/identity-bootstrap/identity-prod-boundary` },
    ],
    "make a role elsewhere": ["iam:CreateRole", role("admin"), BOUNDARY],
    "make a role of another stack": ["iam:CreateRole", role("identity/prod/issuer-1"), BOUNDARY],
    "take a boundary off": ["iam:DeleteRolePermissionsBoundary", role("identity/dev/issuer-1"), BOUNDARY],
    "attach AdministratorAccess": [
        "iam:AttachRolePolicy",
        role("identity/dev/issuer-1"),
        { ...BOUNDARY, "iam:PolicyARN": "arn:aws:iam::aws:policy/AdministratorAccess" },
    ],
    "change another stack's channel": [
        "chatbot:UpdateSlackChannelConfiguration",
        channel("identity-prod-C07EZ1ABC24"),
        { "aws:ResourceTag/Stack": "prod" },
    ],
    "tag another stack's vault": [
        "backup:TagResource",
        arn("backup", "backup-vault:backups-2"),
        { "aws:ResourceTag/Stack": "prod" },
    ],
    "attach AWS's policy for restores": [
        "iam:AttachRolePolicy",
        role("identity/dev/backups-1"),
        { ...BOUNDARY, ...attaches("AWSBackupServiceRolePolicyForRestores") },
    ],
    "attach AWS's policy for backups to a role without the boundary": [
        "iam:AttachRolePolicy",
        role("identity/dev/backups-1"),
        attaches("AWSBackupServiceRolePolicyForBackup"),
    ],
    "attach it to a role of another stack": [
        "iam:AttachRolePolicy",
        role("identity/prod/backups-1"),
        { ...BOUNDARY, ...attaches("AWSBackupServiceRolePolicyForBackup") },
    ],
    "pass a role of somebody else": [
        "iam:PassRole",
        role("admin"),
        { "iam:PassedToService": "ecs-tasks.amazonaws.com" },
    ],
    "pass its role to Lambda": [
        "iam:PassRole",
        role("identity/dev/issuer-1"),
        { "iam:PassedToService": "lambda.amazonaws.com" },
    ],
    "delete another stack's database": [
        "rds:DeleteDBInstance",
        arn("rds", "db:identity-prod-1"),
        { "aws:ResourceTag/Stack": "prod" },
    ],
    "change another stack's service": [
        "ecs:UpdateService",
        arn("ecs", "service/platform-2/issuer-2"),
        { "aws:ResourceTag/Stack": "prod" },
    ],
    "take the tag off another stack's instance": [
        "ec2:DeleteTags",
        arn("ec2", "vpc/vpc-1"),
        { "aws:ResourceTag/Stack": "prod" },
    ],
    "put another stack's parameter": ["ssm:PutParameter", parameter("/identity/prod/issuer/ACAPY_WALLET_KEY")],
    "delete another stack's key": ["kms:ScheduleKeyDeletion", STACK_KEY, { "aws:ResourceTag/Stack": "prod" }],
    "take another stack's alias": ["kms:UpdateAlias", arn("kms", "alias/identity/prod")],
    "make a cluster in another region": ["ecs:CreateCluster", "*", { "aws:RequestedRegion": "us-west-2" }],
    "set a bucket of others up": ["s3:PutBucketPolicy", "arn:aws:s3:::customers"],
    "run a script on another stack's machine": [
        "ssm:SendCommand",
        arn("ec2", "instance/i-1"),
        { "ssm:resourceTag/Stack": "prod" },
    ],
};

describe("the roles of npx identity bootstrap", () => {
    for (const kind of ["preview", "drift", "deploy"] as const) {
        it(`${kind} may read what a preview reads`, async () => {
            for (const [what, question] of Object.entries(READS)) {
                expect(await answer(kind, question), what).to.equal("Allowed");
            }
        });

        it(`${kind} must not do what nobody may`, async () => {
            for (const [what, question] of Object.entries(NOBODY)) {
                expect(await answer(kind, question), what).to.match(/Denied$/);
            }
        });
    }

    for (const kind of ["preview", "drift"] as const) {
        it(`${kind} changes nothing, not even a lock`, async () => {
            for (const [what, question] of Object.entries({ ...CHANGES, ...DEPLOY_MUST_NOT })) {
                if (what === "read why a deployment failed") continue;
                expect(await answer(kind, question), what).to.match(/Denied$/);
            }
            for (const action of writeActions()) {
                const ecr = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:BatchCheckLayerAvailability"];
                if (ecr.includes(action)) continue; // an image is what a preview does not read
                const policy = rolePolicy(ACCOUNT, DEV, KEY, kind);
                expect(policy, action).not.to.contain(`"${action}"`);
            }
        });
    }

    it("drift has the stack's own images scanned again, and nobody else's", async () => {
        const scan = (Stack: string): Question => [
            "ecr:StartImageScan",
            arn("ecr", "repository/agent-0123456"),
            { "aws:ResourceTag/Project": "identity", "aws:ResourceTag/Stack": Stack },
        ];
        expect(await answer("drift", scan("dev"))).to.equal("Allowed");
        expect(await answer("drift", scan("prod"))).to.match(/Denied$/);
        expect(await answer("preview", scan("dev"))).to.match(/Denied$/);
    });

    it("drift opens tunnels through the stack's own workbench where it looks at realms, and no shell", async () => {
        const on = (Stack: string, more = {}): Question => [
            "ssm:StartSession",
            arn("ec2", "instance/i-1"),
            { "ssm:resourceTag/Project": "identity", "ssm:resourceTag/Stack": Stack, ...more },
        ];
        const by = (name: string): Question => ["ssm:StartSession", `arn:aws:ssm:${REGION}::document/${name}`];
        const tunnel = by("AWS-StartPortForwardingSessionToRemoteHost");
        const looks = (question: Question) => ask(workflow({ ...DEV, realms: true }, "drift"), question);
        for (const question of [on("dev"), tunnel, on("dev", { "ssm:SessionDocumentAccessCheck": "true" })]) {
            expect(await looks(question)).to.equal("Allowed");
            expect(await answer("drift", question)).to.match(/Denied$/);
        }
        const unchecked = on("dev", { "ssm:SessionDocumentAccessCheck": "false" });
        const shells = ["SSM-SessionManagerRunShell", "AWS-StartInteractiveCommand", "AWS-StartSSHSession"].map(by);
        for (const question of [on("prod"), unchecked, ...shells]) expect(await looks(question)).to.match(/Denied$/);
        // What the comparison reads besides.
        const reads: Question[] = [
            ["ecs:DescribeTaskDefinition", "*"],
            ["ssm:GetParameter", parameter("/identity/dev/keycloak/KC_BOOTSTRAP_ADMIN_PASSWORD")],
        ];
        for (const question of reads) expect(await looks(question)).to.equal("Allowed");
    });

    it("drift and deploy read the values of their own parameters, and preview those of none", async () => {
        const question: Question = ["kms:Decrypt", STACK_KEY, throughSsm("/identity/dev/issuer/ACAPY_WALLET_KEY")];
        expect(await answer("drift", question)).to.equal("Allowed");
        expect(await answer("deploy", question)).to.equal("Allowed");
        expect(await answer("preview", question)).to.equal("ExplicitlyDenied");
    });

    it("deploy may change what the platform is made of", async () => {
        for (const [what, question] of Object.entries(CHANGES)) {
            expect(await answer("deploy", question), what).to.equal("Allowed");
        }
    });

    it("deploy must not make itself more than it is, nor touch another stack", async () => {
        for (const [what, question] of Object.entries(DEPLOY_MUST_NOT)) {
            expect(await answer("deploy", question), what).to.match(/Denied$/);
        }
    });

    it("fit into what IAM takes, with room", () => {
        const many = Array.from({ length: 12 }, (_, i) => `/some-team/some-application/PARAMETER_NUMBER_${i}`);
        const long: StackName = {
            name: "a-stack-with-a-long-name-indeed",
            region: "ap-northeast-1",
            domains: ["a-long-name-of-an-environment.example.com"],
            buckets: ["access-logs-1a2b3c4"],
        };
        for (const kind of ["preview", "drift", "deploy"] as const) {
            expect(rolePolicy(ACCOUNT, long, KEY, kind).length, kind).to.be.below(10_240 - 500);
        }
        for (const text of documentsOf(long)) expect(text.length).to.be.below(6144 - 500);
        expect(boundary(ACCOUNT, long).length).to.be.below(6144 - 2500);
        expect(boundary(ACCOUNT, { ...long, offHours: true }).length).to.be.below(6144 - 1300);
        expect(boundary(ACCOUNT, { ...long, backup: true, monitoring: true }).length).to.be.below(6144 - 1000);
        // Off hours are dev's, and there RDS measures nothing unless a file says so.
        const all = { ...long, offHours: true, backup: true, monitoring: true, chat: true };
        expect(boundary(ACCOUNT, all).length).to.be.below(6144);
        expect(boundary(ACCOUNT, { ...long, parameters: many }).length).to.be.below(6144);
    });
});

describe("the boundary of a stack's roles", () => {
    const bounded = (question: Question) => ask(withinBoundary(DEV), question);

    it("leaves a task what it needs", async () => {
        for (const question of [
            ["logs:PutLogEvents", arn("logs", "log-group:/identity/dev/issuer:log-stream:app")],
            ["ssm:GetParameters", parameter("/identity/dev/issuer/ACAPY_WALLET_KEY")],
            ["kms:Decrypt", STACK_KEY, throughSsm("/identity/dev/issuer/ACAPY_WALLET_KEY")],
            ["kms:Decrypt", STACK_KEY, throughSsm("/team/mail/key")],
            ["ecr:BatchGetImage", arn("ecr", "repository/issuer-1")],
            ["secretsmanager:GetSecretValue", arn("secretsmanager", "secret:identity/dev/ghcr-AbCdEf")],
            ["ecs:UpdateService", arn("ecs", "service/platform-1/posts-web-1"), OWN],
            ["ecs:RegisterTaskDefinition", arn("ecs", "task-definition/identity-dev-posts-web:2")],
            ["ecs:RunTask", arn("ecs", "task-definition/identity-dev-posts-oneoff:2"), OWN],
            ["sqs:SendMessage", arn("sqs", "posts-nightly-failures-1"), OWN],
            ["states:StartExecution", arn("states", "stateMachine:posts-deployment-1"), OWN],
            ["ssmmessages:OpenDataChannel", "*"],
            ["iam:PassRole", role("identity/dev/posts-task-1"), { "iam:PassedToService": "ecs-tasks.amazonaws.com" }],
        ] satisfies Question[]) {
            expect(await bounded(question), question[0]).to.equal("Allowed");
        }
    });

    it("lets backups through where the stack has them, of what is its own", async () => {
        const snapshot = arn("rds", "snapshot:awsbackup:job-1");
        const questions: Question[] = [
            ["rds:CreateDBSnapshot", arn("rds", "db:identity-dev-wallet-db-1"), OWN],
            ["rds:DeleteDBSnapshot", snapshot, OWN],
            ["elasticfilesystem:Backup", arn("elasticfilesystem", "file-system/fs-0123456789abcdef0"), OWN],
        ];
        const withBackup = withinBoundary({ ...DEV, backup: true });
        const others = { "aws:ResourceTag/Project": "identity", "aws:ResourceTag/Stack": "prod" };
        for (const [action, resource, context] of questions) {
            expect(await ask(withBackup, [action, resource, context]), action).to.equal("Allowed");
            expect(await bounded([action, resource, context]), action).to.match(/Denied$/);
            expect(await ask(withBackup, [action, resource, others]), action).to.match(/Denied$/);
        }
    });

    it("lets RDS write what it measures of databases where the stack has that, into the account's log group for it", async () => {
        const measures = withinBoundary({ ...DEV, monitoring: true });
        for (const action of ["CreateLogGroup", "PutRetentionPolicy", "CreateLogStream", "PutLogEvents"]) {
            const question: Question = [`logs:${action}`, arn("logs", "log-group:RDSOSMetrics:log-stream:db-1")];
            expect(await ask(measures, question), action).to.equal("Allowed");
            expect(await bounded(question), action).to.match(/Denied$/);
            const other: Question = [`logs:${action}`, arn("logs", "log-group:others:log-stream:db-1")];
            expect(await ask(measures, other), action).to.match(/Denied$/);
        }
    });

    it("lets channels see graphs where the stack has some", async () => {
        const question: Question = ["cloudwatch:GetMetricWidgetImage", "*", { "aws:RequestedRegion": DEV.region }];
        expect(await ask(withinBoundary({ ...DEV, chat: true }), question)).to.equal("Allowed");
        expect(await bounded(question)).to.match(/Denied$/);
    });

    it("lets off hours through where the stack has them, on what is its own", async () => {
        const questions: Question[] = [
            ["rds:StopDBInstance", arn("rds", "db:identity-dev-wallet-db-1"), OWN],
            ["ec2:StartInstances", arn("ec2", "instance/i-0123456789abcdef0"), OWN],
            ["cloudwatch:DisableAlarmActions", arn("cloudwatch", "alarm:platform-event"), OWN],
            ["scheduler:UpdateSchedule", arn("scheduler", "schedule/identity-dev/posts-nightly-1")],
            ["iam:PassRole", role("identity/dev/posts-1"), { "iam:PassedToService": "scheduler.amazonaws.com" }],
        ];
        const withOffHours = withinBoundary({ ...DEV, offHours: true });
        for (const question of questions) {
            expect(await ask(withOffHours, question), question[0]).to.equal("Allowed");
            expect(await bounded(question), question[0]).to.match(/Denied$/);
        }
        const others = { "aws:ResourceTag/Project": "identity", "aws:ResourceTag/Stack": "prod" };
        for (const [action, resource] of questions.slice(0, 3)) {
            expect(await ask(withOffHours, [action, resource, others]), action).to.match(/Denied$/);
        }
    });

    it("lets through what its files name: secrets of Secrets Manager with their keys, and permissions", async () => {
        const key = arn("kms", "key/of-a-secret");
        const permissions = [{ actions: ["s3:GetObject"], resources: ["arn:aws:s3:::reports/*"] }];
        const stack = { ...DEV, secrets: ["prod/stripe-??????"], secretKeys: [key], permissions };
        const through = (service: string) => ({ "kms:ViaService": `${service}.${DEV.region}.amazonaws.com` });
        const questions: [Question, RegExp][] = [
            [["secretsmanager:GetSecretValue", arn("secretsmanager", "secret:prod/stripe-AbCdEf")], /Allowed/],
            [["secretsmanager:GetSecretValue", arn("secretsmanager", "secret:prod/stripe-2-AbCdEf")], /Denied/],
            [["kms:Decrypt", key, through("secretsmanager")], /Allowed/],
            [["kms:Decrypt", key, through("s3")], /Denied/],
            [["s3:GetObject", "arn:aws:s3:::reports/a"], /Allowed/],
            [["s3:PutObject", "arn:aws:s3:::reports/a"], /Denied/],
        ];
        for (const [question, expected] of questions) {
            expect(await ask(withinBoundary(stack), question), question.slice(0, 2).join(" ")).to.match(expected);
        }
    });

    it("leaves nobody more than that, whatever a role's policies say", async () => {
        for (const question of [
            ["iam:CreateUser", `arn:aws:iam::${ID}:user/eve`],
            ["iam:PutRolePolicy", role("identity/dev/issuer-1")],
            ["iam:PassRole", role("admin"), { "iam:PassedToService": "ecs-tasks.amazonaws.com" }],
            ["sts:AssumeRole", role("admin")],
            ["s3:GetObject", state("stacks/identity/dev.json")],
            ["kms:Decrypt", STACK_KEY, throughSsm("/identity/prod/issuer/ACAPY_WALLET_KEY")],
            ["rds:DeleteDBInstance", arn("rds", "db:identity-dev-1")],
            ["secretsmanager:GetSecretValue", arn("secretsmanager", "secret:identity/prod/ghcr-AbCdEf")],
            ["secretsmanager:GetSecretValue", arn("secretsmanager", "secret:elsewhere-AbCdEf")],
        ] satisfies Question[]) {
            expect(await bounded(question), question[0]).to.match(/Denied$/);
        }
    });

    it("leaves the roles of the plans all that they ask for", async () => {
        const { Statement } = JSON.parse(boundary(ACCOUNT, DEV)) as {
            Statement: { Effect: string; Action: string | string[] }[];
        };
        const allowed = Statement.filter(({ Effect }) => Effect === "Allow").flatMap(({ Action }) => Action);
        const asked = new Set<string>();
        for (const { type, inputs } of await resources()) {
            if (type !== "aws:iam/rolePolicy:RolePolicy") continue;
            for (const { Action } of JSON.parse(String(inputs.policy)).Statement) {
                for (const action of [Action].flat() as string[]) asked.add(action);
            }
        }
        expect([...asked].filter((action) => !allowed.includes(action))).to.deep.equal([]);
    });
});

describe("who may assume the roles of npx identity bootstrap", () => {
    const GITHUB = "token.actions.githubusercontent.com";

    /** What STS makes of a token, by the trust of a role: iam-simulate knows no keys of GitHub's. */
    const assume = (kind: RoleKind, sub: string, aud = "sts.amazonaws.com", repository = "acme/identity") => {
        const [statement, ...more] = JSON.parse(trustPolicy(ACCOUNT, repository, "prod", kind)).Statement;
        expect(more).to.deep.equal([]);
        const { Condition, ...rest } = statement;
        expect(rest).to.deep.equal({
            Effect: "Allow",
            Action: "sts:AssumeRoleWithWebIdentity",
            Principal: { Federated: `arn:aws:iam::${ID}:oidc-provider/${GITHUB}` },
        });
        expect(Object.keys(Condition)).to.deep.equal(["StringEquals"]);
        const { [`${GITHUB}:sub`]: itsSub, [`${GITHUB}:aud`]: itsAud, ...others } = Condition.StringEquals;
        expect(others).to.deep.equal({});
        return itsSub === sub && itsAud === aud;
    };

    it("workflows of the one environment", () => {
        expect(assume("deploy", "repo:acme/identity:environment:prod")).to.equal(true);
        expect(assume("preview", "repo:acme/identity:environment:prod-preview")).to.equal(true);
        expect(assume("drift", "repo:acme/identity:environment:prod-drift")).to.equal(true);
    });

    it("nobody else: no pull request, no branch, no other environment, repository or audience", () => {
        for (const sub of [
            "repo:acme/identity:pull_request",
            "repo:acme/identity:ref:refs/heads/main",
            "repo:acme/identity:environment:prod-preview",
            "repo:acme/identity:environment:prod2",
            "repo:evil/identity:environment:prod", // a fork
            "repo:acme/identity2:environment:prod",
            "repo:acme@12/identity@34:environment:prod", // another repository of the name, made after the first was deleted
        ]) {
            expect(assume("deploy", sub), sub).to.equal(false);
        }
        expect(assume("deploy", "repo:acme/identity:environment:prod", "elsewhere")).to.equal(false);
        expect(assume("preview", "repo:acme/identity:environment:prod")).to.equal(false);
    });

    it("by the numbers that GitHub gives a newer repository", () => {
        const [sub, repository] = ["repo:acme@12/identity@34:environment:prod", "acme@12/identity@34"];
        expect(assume("deploy", sub, undefined, repository)).to.equal(true);
        expect(assume("deploy", sub.replace("@34", "@35"), undefined, repository)).to.equal(false);
    });

    it("and nobody comes to the state without TLS", async () => {
        const over = (secure: string) =>
            ask({ ...workflow(DEV, "deploy"), resourcePolicy: bucketPolicy(ACCOUNT) }, [
                "s3:GetObject",
                state("stacks/identity/dev.json"),
                { "aws:RequestedRegion": REGION, "aws:SecureTransport": secure },
            ]);
        expect(await over("true")).to.equal("Allowed");
        expect(await over("false")).to.equal("ExplicitlyDenied");
    });
});
