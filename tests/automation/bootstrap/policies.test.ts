import { runSimulation } from "@cloud-copilot/iam-simulate";
import { expect } from "chai";
import { WRITE } from "../../../automation/bootstrap/actions";
import { type Account, boundaryArn, type RoleKind, roleArn, type StackName } from "../../../automation/bootstrap/names";
import {
    boundary,
    bucketPolicy,
    keyPolicy,
    makePolicy,
    rolePolicy,
    trustPolicy,
} from "../../../automation/bootstrap/policies";
import type { SimulatedResource } from "../../../automation/plan/simulated-aws";
import { planStack } from "../../../automation/plan/plan-stack";

const ID = "123456789012";
const REGION = "ap-northeast-1";
const ACCOUNT: Account = { id: ID, partition: "aws", region: REGION, project: "identity" };
const DEV: StackName = { name: "dev", region: REGION };
const KEY = `arn:aws:kms:${REGION}:${ID}:key/11111111-2222-3333-4444-555555555555`;
const STACK_KEY = `arn:aws:kms:${REGION}:${ID}:key/99999999-2222-3333-4444-555555555555`;
const BUCKET = `arn:aws:s3:::identity-state-${ID}-${REGION}`;
const arn = (service: string, resource: string) => `arn:aws:${service}:${REGION}:${ID}:${resource}`;
const role = (path: string) => `arn:aws:iam::${ID}:role/${path}`;
const state = (key: string) => `${BUCKET}/.pulumi/${key}`;
const parameter = (name: string) => arn("ssm", `parameter${name}`);
const throughSsm = (name: string) => ({
    "kms:ViaService": `ssm.${REGION}.amazonaws.com`,
    "kms:EncryptionContext:PARAMETER_ARN": parameter(name),
});
const throughS3 = {
    "kms:ViaService": `s3.${REGION}.amazonaws.com`,
    "kms:EncryptionContext:aws:s3:arn": BUCKET,
};
const BOUNDARY = { "iam:PermissionsBoundary": boundaryArn(ACCOUNT, "dev") };

type Context = Record<string, string | string[]>;
type Question = [action: string, resource: string, context?: Context];

/** What IAM answers to a workflow that has assumed the role of a kind. */
async function answer(kind: RoleKind, [action, resource, context = {}]: Question) {
    const policies = [{ name: "own", policy: JSON.parse(rolePolicy(ACCOUNT, DEV, KEY, kind)) }];
    if (kind === "deploy") policies.push({ name: "make", policy: JSON.parse(makePolicy(DEV)) });
    return simulate(roleArn(ACCOUNT, "dev", kind), action, resource, context, { identityPolicies: policies });
}

async function simulate(
    principal: string,
    action: string,
    resource: string,
    context: Context,
    more: Omit<Parameters<typeof runSimulation>[0], "request" | "serviceControlPolicies" | "resourceControlPolicies">,
) {
    const contextVariables = { "aws:RequestedRegion": REGION, ...context };
    const simulation = {
        request: { principal, action, resource: { resource, accountId: ID }, contextVariables },
        // A key's policy has to let IAM decide in the first place.
        ...(action.startsWith("kms:") ? { resourcePolicy: JSON.parse(keyPolicy(ACCOUNT)) } : {}),
        ...{ serviceControlPolicies: [], resourceControlPolicies: [], ...more },
    };
    // iam-simulate leaves out what an encryption context has, since its names are anybody's. By a name that it takes it is compared alike.
    const told = JSON.stringify(simulation).replaceAll("kms:EncryptionContext:", "aws:RequestTag/");
    const result = await runSimulation(JSON.parse(told) as typeof simulation, {});
    if (result.resultType === "error") throw new Error(`${action} ${resource}: ${JSON.stringify(result.errors)}`);
    return result.overallResult;
}

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
        { "aws:ResourceTag/Stack": "dev", "kms:ResourceAliases": ["alias/identity-state"] },
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
const CHANGES: Record<string, Question> = {
    "write the stack's state": ["s3:PutObject", state("stacks/identity/dev.json")],
    "write its backup": ["s3:PutObject", state("stacks/identity/dev.json.bak")],
    "write its history": ["s3:PutObject", state("history/identity/dev/dev-1.history.json")],
    "take and give back its lock": ["s3:DeleteObject", state("locks/organization/identity/dev/1.json")],
    "encrypt the state's file": ["kms:GenerateDataKey", KEY, throughS3],
    "put a parameter": ["ssm:PutParameter", parameter("/identity/dev/issuer/ACAPY_WALLET_KEY")],
    "delete its database": [
        "rds:DeleteDBInstance",
        arn("rds", "db:identity-dev-1"),
        { "aws:ResourceTag/Stack": "dev" },
    ],
    "pass a role to tasks": [
        "iam:PassRole",
        role("identity/dev/issuer-1"),
        { "iam:PassedToService": "ecs-tasks.amazonaws.com" },
    ],
    "make a role": ["iam:CreateRole", role("identity/dev/issuer-1"), BOUNDARY],
    "say who may assume it": ["iam:UpdateAssumeRolePolicy", role("identity/dev/issuer-1")],
    "say what it may do": ["iam:PutRolePolicy", role("identity/dev/issuer-1"), BOUNDARY],
    "delete it": ["iam:DeleteRole", role("identity/dev/issuer-1")],
    "have AWS make ECS's own role": [
        "iam:CreateServiceLinkedRole",
        role("aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS"),
        { "iam:AWSServiceName": "ecs.amazonaws.com" },
    ],
    "make a key": ["kms:CreateKey", "*"],
    "name it": ["kms:CreateAlias", arn("kms", "alias/identity/dev")],
    "delete its key": [
        "kms:ScheduleKeyDeletion",
        STACK_KEY,
        { "aws:ResourceTag/Stack": "dev", "kms:ResourceAliases": ["alias/identity/dev"] },
    ],
    "tag its key before it has a name": ["kms:TagResource", STACK_KEY],
    "encrypt a parameter by it": ["kms:Encrypt", STACK_KEY, throughSsm("/identity/dev/issuer/ACAPY_WALLET_KEY")],
    "encrypt a database by it": ["kms:CreateGrant", STACK_KEY, { "kms:ViaService": `rds.${REGION}.amazonaws.com` }],
    "set the bucket of access logs up": ["s3:PutBucketPolicy", "arn:aws:s3:::access-logs-1a2b3c4"],
    "read why a deployment failed": ["logs:FilterLogEvents", arn("logs", "log-group:/identity/dev/issuer:log-stream:")],
    "write a record": [
        "route53:ChangeResourceRecordSets",
        "arn:aws:route53:::hostedzone/Z1",
        { "aws:RequestedRegion": "us-east-1" },
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

describe("the roles of npm run bootstrap", () => {
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
            for (const action of Object.values(WRITE).flat()) {
                const ecr = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:BatchCheckLayerAvailability"];
                if (ecr.includes(action)) continue; // an image is what a preview does not read
                const policy = rolePolicy(ACCOUNT, DEV, KEY, kind);
                expect(policy, action).not.to.contain(`"${action}"`);
            }
        });
    }

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

    it("deploy can make every type of resource that the plans of dev and prod have", async () => {
        const all = (await resources()).map(({ type }) => type);
        const types = new Set(all.filter((type) => /^(aws|docker):/.test(type)));
        const missing = [...types].filter((type) => !(type in WRITE));
        expect(missing, "add them to automation/bootstrap/actions.ts").to.deep.equal([]);
    });

    it("fit into what IAM takes", () => {
        const long: StackName = { name: "a-stack-with-a-long-name-indeed", region: "ap-northeast-1" };
        for (const kind of ["preview", "drift", "deploy"] as const) {
            expect(rolePolicy(ACCOUNT, long, KEY, kind).length, kind).to.be.below(10_240);
        }
        expect(makePolicy(long).length).to.be.below(6144);
        expect(boundary(ACCOUNT, long).length).to.be.below(6144);
    });
});

describe("the boundary of a stack's roles", () => {
    /** A role with every permission there is, within the boundary. */
    const bounded = ([action, resource, context = {}]: Question) =>
        simulate(role("identity/dev/issuer-1"), action, resource, context, {
            identityPolicies: [
                {
                    name: "everything",
                    policy: { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] },
                },
            ],
            permissionBoundaryPolicies: [{ name: "boundary", policy: JSON.parse(boundary(ACCOUNT, DEV)) }],
        });

    it("leaves a task what it needs", async () => {
        for (const question of [
            ["logs:PutLogEvents", arn("logs", "log-group:/identity/dev/issuer:log-stream:app")],
            ["ssm:GetParameters", parameter("/identity/dev/issuer/ACAPY_WALLET_KEY")],
            ["kms:Decrypt", STACK_KEY, throughSsm("/identity/dev/issuer/ACAPY_WALLET_KEY")],
            ["kms:Decrypt", STACK_KEY, throughSsm("/team/mail/key")],
            ["ecr:BatchGetImage", arn("ecr", "repository/issuer-1")],
            ["secretsmanager:GetSecretValue", arn("secretsmanager", "secret:identity/dev/ghcr-AbCdEf")],
            ["ssmmessages:OpenDataChannel", "*"],
            ["iam:PassRole", role("identity/dev/posts-task-1"), { "iam:PassedToService": "ecs-tasks.amazonaws.com" }],
        ] satisfies Question[]) {
            expect(await bounded(question), question[0]).to.equal("Allowed");
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
        const allowed = JSON.parse(boundary(ACCOUNT, DEV)).Statement[0].Action as string[];
        const asked = new Set<string>();
        for (const { type, inputs } of await resources()) {
            if (type !== "aws:iam/rolePolicy:RolePolicy") continue;
            for (const { Action } of JSON.parse(String(inputs.policy)).Statement) {
                for (const action of [Action].flat() as string[]) asked.add(action);
            }
        }
        expect([...asked].filter((action) => action !== "iam:PassRole" && !allowed.includes(action))).to.deep.equal([]);
    });
});

describe("who may assume the roles of npm run bootstrap", () => {
    const GITHUB = "token.actions.githubusercontent.com";

    /** What STS makes of a token, by the trust of a role: iam-simulate knows no keys of GitHub's. */
    const assume = (kind: RoleKind, sub: string, aud = "sts.amazonaws.com", repository = "acme/identity") => {
        const [statement, ...more] = JSON.parse(trustPolicy(ACCOUNT, repository, "prod", kind)).Statement;
        expect(more).to.deep.equal([]);
        const { Condition, ...rest } = statement;
        expect(rest).to.deep.equal({
            ...{ Effect: "Allow", Action: "sts:AssumeRoleWithWebIdentity" },
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
        const ask = (secure: string) =>
            simulate(
                roleArn(ACCOUNT, "dev", "deploy"),
                "s3:GetObject",
                state("stacks/identity/dev.json"),
                { "aws:SecureTransport": secure },
                {
                    identityPolicies: [{ name: "own", policy: JSON.parse(rolePolicy(ACCOUNT, DEV, KEY, "deploy")) }],
                    resourcePolicy: JSON.parse(bucketPolicy(ACCOUNT)),
                },
            );
        expect(await ask("true")).to.equal("Allowed");
        expect(await ask("false")).to.equal("ExplicitlyDenied");
    });
});
