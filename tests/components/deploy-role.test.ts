import { runSimulation } from "@cloud-copilot/iam-simulate";
import { expect } from "chai";
import { DeployRole } from "../../components/deploy-role";
import { ACCOUNT, make, type Made, REGION, STACK } from "./support";

const ecs = (resource: string) => `arn:aws:ecs:${REGION}:${ACCOUNT}:${resource}`;
const role = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;
const repository = (name: string) => `arn:aws:ecr:${REGION}:${ACCOUNT}:repository/${name}`;
const states = (resource: string) => `arn:aws:states:${REGION}:${ACCOUNT}:${resource}`;
const DIGEST = "a".repeat(64);

const program = (image = `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/posts-1@sha256:${DIGEST}`, environment?: string) =>
    new DeployRole("posts-deploy", {
        repository: "acme/posts",
        environment,
        image,
        machine: { arn: states("stateMachine:posts-deployment-1") },
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
        Effect: "Allow",
        Action: "sts:AssumeRoleWithWebIdentity",
        Principal: { Federated: provider },
    });
    expect(Object.keys(Condition)).to.deep.equal(["StringEquals"]);
    return Condition.StringEquals[`${github}:sub`] === sub && Condition.StringEquals[`${github}:aud`] === aud;
}

const PASS = { "iam:PassedToService": "ecs-tasks.amazonaws.com" };
const IN = { "ecs:cluster": ecs("cluster/platform") };
type Question = [action: string, resource: string, context?: Record<string, string>];

const MAY: Record<string, Question> = {
    "log in to the registry": ["ecr:GetAuthorizationToken", "*"],
    "push a layer": ["ecr:UploadLayerPart", repository("posts-1")],
    "push an image": ["ecr:PutImage", repository("posts-1")],
    "start a deployment": ["states:StartExecution", states("stateMachine:posts-deployment-1")],
    "see how it ends": ["states:DescribeExecution", states("execution:posts-deployment-1:0123")],
};

const MUST_NOT: Record<string, Question> = {
    "put its service behind Keycloak's target group": ["ecs:UpdateService", ecs("service/platform/posts-web-1")],
    "register a task definition with a command of its own": [
        "ecs:RegisterTaskDefinition",
        ecs("task-definition/acme-test-posts-web:4"),
    ],
    "run its task with another command": ["ecs:RunTask", ecs("task-definition/acme-test-posts-oneoff:12"), IN],
    "pass its own role": ["iam:PassRole", role("posts-web-task"), PASS],
    "push elsewhere": ["ecr:PutImage", repository("other")],
    "push where the name begins alike": ["ecr:PutImage", repository("posts-10")],
    "delete an image": ["ecr:BatchDeleteImage", repository("posts-1")],
    "change the repository": ["ecr:PutImageTagMutability", repository("posts-1")],
    "let another account into the repository": ["ecr:SetRepositoryPolicy", repository("posts-1")],
    "start another's deployment": ["states:StartExecution", states("stateMachine:blog-deployment-1")],
    "change the state machine": ["states:UpdateStateMachine", states("stateMachine:posts-deployment-1")],
    "run a state with a role of its choice": ["states:TestState", "*"],
    "see another's deployment": ["states:DescribeExecution", states("execution:blog-deployment-1:0123")],
    "take a revision away": ["ecs:DeregisterTaskDefinition", "*"],
    "delete its service": ["ecs:DeleteService", ecs("service/platform/posts-web-1")],
    "make a service": ["ecs:CreateService", ecs("service/platform/posts-web-2")],
    "open a shell": ["ecs:ExecuteCommand", ecs("task/platform/0123"), IN],
    "stop a task": ["ecs:StopTask", ecs("task/platform/0123"), IN],
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

    it("is for the jobs of one environment of one repository", async () => {
        expect(await assume(made, `repo:acme/posts:environment:${STACK}`)).to.equal(true);
        for (const sub of [
            "repo:acme/posts:ref:refs/heads/main", // the same for dev and for prod
            "repo:acme/posts:environment:prod",
            `repo:acme/posts:environment:${STACK}-preview`,
            "repo:acme/posts:pull_request",
            `repo:acme/posts2:environment:${STACK}`,
            `repo:evil/posts:environment:${STACK}`,
            "repo:acme/posts:ref:refs/tags/main",
        ]) {
            expect(await assume(made, sub), sub).to.equal(false);
        }
        expect(await assume(made, `repo:acme/posts:environment:${STACK}`, "elsewhere")).to.equal(false);
        const release = await make(() => void program(undefined, "live"));
        expect(await assume(release, "repo:acme/posts:environment:live")).to.equal(true);
        expect(await assume(release, `repo:acme/posts:environment:${STACK}`)).to.equal(false);
    });

    it("pushes nowhere where the image is not in ECR", async () => {
        const elsewhere = await make(() => void program(`ghcr.io/acme/posts@sha256:${DIGEST}`));
        expect(await answer(elsewhere, "ecr:PutImage", repository("posts-1"))).to.equal("ImplicitlyDenied");
        expect(await answer(elsewhere, "ecr:GetAuthorizationToken", "*")).to.equal("ImplicitlyDenied");
        const [action, resource] = MAY["start a deployment"]!;
        expect(await answer(elsewhere, action, resource)).to.equal("Allowed");
    });
});
