import { runSimulation } from "@cloud-copilot/iam-simulate";
import { expect } from "chai";
import { DeployRole } from "../../components/deploy-role";
import { ACCOUNT, make, type Made, REGION } from "./support";

const ecs = (resource: string) => `arn:aws:ecs:${REGION}:${ACCOUNT}:${resource}`;
const role = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;
const repository = (name: string) => `arn:aws:ecr:${REGION}:${ACCOUNT}:repository/${name}`;
const CLUSTER = ecs("cluster/platform");
const OTHER_CLUSTER = ecs("cluster/other");
const DIGEST = "a".repeat(64);

const program = (image = `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/posts-1@sha256:${DIGEST}`, branch?: string) =>
    new DeployRole("posts-deploy", {
        ...{ repository: "acme/posts", branch, image, cluster: { arn: CLUSTER } },
        taskDefinitionArns: ["web", "oneoff"].map((part) => ecs(`task-definition/acme-test-posts-${part}:3`)),
        serviceArns: [ecs("service/platform/posts-web-1")],
        oneOffTaskDefinitionArn: ecs("task-definition/acme-test-posts-oneoff:3"),
        roleArns: [role("posts-web-execution"), role("posts-web-task")],
    });

/** What IAM answers to somebody with the role's policy. */
async function answer(made: Made, action: string, resource: string, contextVariables: Record<string, string> = {}) {
    const result = await runSimulation(
        {
            request: {
                principal: role("posts-deploy"),
                action,
                resource: { resource, accountId: ACCOUNT },
                contextVariables,
            },
            identityPolicies: [{ name: "own", policy: JSON.parse(String(made.inputs("aws.iam.RolePolicy").policy)) }],
            serviceControlPolicies: [],
            resourceControlPolicies: [],
        },
        {},
    );
    if (result.resultType === "error") throw new Error(JSON.stringify(result.errors));
    return result.overallResult;
}

/** What GitHub's token says of the workflow that asks, and what STS makes of it. */
async function assume(made: Made, sub: string, aud = "sts.amazonaws.com") {
    const provider = `arn:aws:iam::${ACCOUNT}:oidc-provider/token.actions.githubusercontent.com`;
    const github = "token.actions.githubusercontent.com";
    const [{ Principal, Condition, ...rest }] = JSON.parse(
        String(made.inputs("aws.iam.Role").assumeRolePolicy),
    ).Statement;
    expect({ Principal, ...rest }).to.deep.equal({
        ...{ Effect: "Allow", Action: "sts:AssumeRoleWithWebIdentity" },
        Principal: { Federated: provider },
    });
    expect(Object.keys(Condition)).to.deep.equal(["StringEquals"]);
    return Condition.StringEquals[`${github}:sub`] === sub && Condition.StringEquals[`${github}:aud`] === aud;
}

const PASS = { "iam:PassedToService": "ecs-tasks.amazonaws.com" };
const IN = { "ecs:cluster": CLUSTER };
type Question = [action: string, resource: string, context?: Record<string, string>];

const MAY: Record<string, Question> = {
    "log in to the registry": ["ecr:GetAuthorizationToken", "*"],
    "push a layer": ["ecr:UploadLayerPart", repository("posts-1")],
    "push an image": ["ecr:PutImage", repository("posts-1")],
    "register a revision of a service's family": [
        "ecs:RegisterTaskDefinition",
        ecs("task-definition/acme-test-posts-web:4"),
    ],
    "register one of the one-off task's": [
        "ecs:RegisterTaskDefinition",
        ecs("task-definition/acme-test-posts-oneoff:9"),
    ],
    "read the last revision": ["ecs:DescribeTaskDefinition", "*"],
    "update its service": ["ecs:UpdateService", ecs("service/platform/posts-web-1")],
    "see how that goes": ["ecs:DescribeServices", ecs("service/platform/posts-web-1"), IN],
    "run its one-off task": ["ecs:RunTask", ecs("task-definition/acme-test-posts-oneoff:12"), IN],
    "see how that ends": ["ecs:DescribeTasks", ecs("task/platform/0123"), IN],
    "pass its execution role to tasks": ["iam:PassRole", role("posts-web-execution"), PASS],
    "pass its task role to tasks": ["iam:PassRole", role("posts-web-task"), PASS],
};

const MUST_NOT: Record<string, Question> = {
    "push elsewhere": ["ecr:PutImage", repository("other")],
    "push where the name begins alike": ["ecr:PutImage", repository("posts-10")],
    "delete an image": ["ecr:BatchDeleteImage", repository("posts-1")],
    "change the repository": ["ecr:PutImageTagMutability", repository("posts-1")],
    "register another's family": ["ecs:RegisterTaskDefinition", ecs("task-definition/acme-test-keycloak:1")],
    "register a family that begins alike": [
        "ecs:RegisterTaskDefinition",
        ecs("task-definition/acme-test-posts-web2:1"),
    ],
    "take a revision away": ["ecs:DeregisterTaskDefinition", "*"],
    "update another's service": ["ecs:UpdateService", ecs("service/platform/keycloak-1")],
    "delete its service": ["ecs:DeleteService", ecs("service/platform/posts-web-1")],
    "make a service": ["ecs:CreateService", ecs("service/platform/posts-web-2")],
    "run another's task": ["ecs:RunTask", ecs("task-definition/acme-test-keycloak:1"), IN],
    "run a service's as a task": ["ecs:RunTask", ecs("task-definition/acme-test-posts-web:3"), IN],
    "run its task in another cluster": [
        "ecs:RunTask",
        ecs("task-definition/acme-test-posts-oneoff:3"),
        { "ecs:cluster": OTHER_CLUSTER },
    ],
    "open a shell": ["ecs:ExecuteCommand", ecs("task/platform/0123"), IN],
    "stop a task": ["ecs:StopTask", ecs("task/platform/0123"), IN],
    "pass another role": ["iam:PassRole", role("keycloak-task"), PASS],
    "pass its role to another service": [
        "iam:PassRole",
        role("posts-web-task"),
        { "iam:PassedToService": "lambda.amazonaws.com" },
    ],
    "change its role": ["iam:PutRolePolicy", role("posts-web-task")],
    "read a secret": ["ssm:GetParameter", `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/acme/test/posts/TOKEN`],
    "assume another role": ["sts:AssumeRole", role("admin")],
};

describe("DeployRole", () => {
    let made: Made;
    before(async () => {
        made = await make(() => void program());
    });

    for (const [what, [action, resource, context]] of Object.entries(MAY)) {
        it(`may ${what}`, async () => {
            expect(await answer(made, action, resource, context)).to.equal("Allowed");
        });
    }

    for (const [what, [action, resource, context]] of Object.entries(MUST_NOT)) {
        it(`must not ${what}`, async () => {
            expect(await answer(made, action, resource, context)).to.equal("ImplicitlyDenied");
        });
    }

    it("is for the workflows of one branch of one repository", async () => {
        expect(await assume(made, "repo:acme/posts:ref:refs/heads/main")).to.equal(true);
        for (const sub of [
            "repo:acme/posts:ref:refs/heads/other",
            "repo:acme/posts:pull_request",
            "repo:acme/posts2:ref:refs/heads/main",
            "repo:evil/posts:ref:refs/heads/main",
            "repo:acme/posts:ref:refs/tags/main",
        ]) {
            expect(await assume(made, sub), sub).to.equal(false);
        }
        expect(await assume(made, "repo:acme/posts:ref:refs/heads/main", "elsewhere")).to.equal(false);
        const release = await make(() => void program(undefined, "release/1"));
        expect(await assume(release, "repo:acme/posts:ref:refs/heads/release/1")).to.equal(true);
    });

    it("pushes nowhere where the image is not in ECR", async () => {
        const elsewhere = await make(() => void program(`ghcr.io/acme/posts@sha256:${DIGEST}`));
        expect(await answer(elsewhere, "ecr:PutImage", repository("posts-1"))).to.equal("ImplicitlyDenied");
        expect(await answer(elsewhere, "ecr:GetAuthorizationToken", "*")).to.equal("ImplicitlyDenied");
        expect(await answer(elsewhere, "ecs:UpdateService", ecs("service/platform/posts-web-1"))).to.equal("Allowed");
    });
});
