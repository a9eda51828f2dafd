import { expect } from "chai";
import { boundaryArn, roleArn } from "../../../automation/bootstrap/names";
import { ask, type Question } from "../../iam";
import { ACCOUNT, arn, DEV, ID, KEY, role, withinBoundary, workflow } from "./holders";

/**
 * The known ways from few rights to all: Rhino Security Labs, "AWS IAM Privilege Escalation" (github.com/RhinoSecurityLabs/AWS-IAM-Privilege-Escalation),
 * and Bishop Fox, "IAM Vulnerable" (github.com/BishopFox/iam-vulnerable), each as somebody would try it who has found a role `admin`, a user
 * `admin`, a policy and a function of others in the account.
 */
const ADMIN = role("admin");
const USER = `arn:aws:iam::${ID}:user/admin`;
const GROUP = `arn:aws:iam::${ID}:group/admins`;
const POLICY = `arn:aws:iam::${ID}:policy/own`;
const pass = (service: string): Question => [
    "iam:PassRole",
    ADMIN,
    { "iam:PassedToService": `${service}.amazonaws.com` },
];
const PATHS: Record<string, Question> = {
    "a new version of a policy": ["iam:CreatePolicyVersion", POLICY],
    "an older version of a policy": ["iam:SetDefaultPolicyVersion", POLICY],
    "a key for a user": ["iam:CreateAccessKey", USER],
    "a password for a user": ["iam:CreateLoginProfile", USER],
    "another password for a user": ["iam:UpdateLoginProfile", USER],
    "a user without a second factor": ["iam:DeactivateMFADevice", USER],
    "a policy attached to a user": ["iam:AttachUserPolicy", USER],
    "a policy attached to a group": ["iam:AttachGroupPolicy", GROUP],
    "a policy attached to a role": ["iam:AttachRolePolicy", ADMIN],
    "a policy attached to its own role": ["iam:AttachRolePolicy", roleArn(ACCOUNT, "dev", "deploy")],
    "a policy in a user": ["iam:PutUserPolicy", USER],
    "a policy in a group": ["iam:PutGroupPolicy", GROUP],
    "a policy in a role": ["iam:PutRolePolicy", ADMIN],
    "a user in a group": ["iam:AddUserToGroup", GROUP],
    "another trust for a role": ["iam:UpdateAssumeRolePolicy", ADMIN],
    "a role without its boundary": ["iam:DeleteRolePermissionsBoundary", role("identity/dev/issuer-1")],
    "a role with another boundary": [
        "iam:PutRolePermissionsBoundary",
        role("identity/dev/issuer-1"),
        { "iam:PermissionsBoundary": POLICY },
    ],
    "the boundary itself": ["iam:CreatePolicyVersion", boundaryArn(ACCOUNT, "dev")],
    "an identity provider of one's own": [
        "iam:CreateOpenIDConnectProvider",
        `arn:aws:iam::${ID}:oidc-provider/evil.example`,
    ],
    "another certificate of the identity provider": [
        "iam:UpdateOpenIDConnectProviderThumbprint",
        `arn:aws:iam::${ID}:oidc-provider/token.actions.githubusercontent.com`,
    ],
    "another audience of the identity provider": [
        "iam:AddClientIDToOpenIDConnectProvider",
        `arn:aws:iam::${ID}:oidc-provider/token.actions.githubusercontent.com`,
    ],
    "a SAML provider": ["iam:CreateSAMLProvider", `arn:aws:iam::${ID}:saml-provider/evil`],
    "the role itself": ["sts:AssumeRole", ADMIN],
    "a role for a machine": pass("ec2"),
    "a role for a function": pass("lambda"),
    "a role for a task": pass("ecs-tasks"),
    "a role for a schedule": pass("scheduler"),
    "a role for a state machine": pass("states"),
    "a role for a stack of CloudFormation": pass("cloudformation"),
    "a role for Glue": pass("glue"),
    "a role for SageMaker": pass("sagemaker"),
    "a role for CodeBuild": pass("codebuild"),
    "a role for Data Pipeline": pass("datapipeline"),
    "another role for a machine that runs": ["ec2:AssociateIamInstanceProfile", arn("ec2", "instance/i-1")],
    "a function": ["lambda:CreateFunction", arn("lambda", "function:evil")],
    "a function's code": ["lambda:UpdateFunctionCode", arn("lambda", "function:admin")],
    "a function's layers": ["lambda:UpdateFunctionConfiguration", arn("lambda", "function:admin")],
    "a function's caller": ["lambda:AddPermission", arn("lambda", "function:admin")],
    "a stack of CloudFormation": ["cloudformation:CreateStack", arn("cloudformation", "stack/evil/1")],
    "a build": ["codebuild:CreateProject", arn("codebuild", "project/evil")],
    "a build of others": ["codebuild:StartBuild", arn("codebuild", "project/admin")],
    "a notebook": ["sagemaker:CreateNotebookInstance", arn("sagemaker", "notebook-instance/evil")],
    "a notebook of others": [
        "sagemaker:CreatePresignedNotebookInstanceUrl",
        arn("sagemaker", "notebook-instance/admin"),
    ],
    "a development endpoint": ["glue:CreateDevEndpoint", "*"],
    "a session on a machine": ["ssm:StartSession", arn("ec2", "instance/i-1")],
    "a key for a machine": ["ec2-instance-connect:SendSSHPublicKey", arn("ec2", "instance/i-1")],
    "a shell in a task": ["ecs:ExecuteCommand", arn("ecs", "task/c/0123")],
    "a version of a launch template": ["ec2:CreateLaunchTemplateVersion", arn("ec2", "launch-template/lt-1")],
    "the state's key": ["kms:PutKeyPolicy", KEY],
    "a grant of the state's key": ["kms:CreateGrant", KEY, { "kms:ResourceAliases": ["alias/identity-state"] }],
    "a secret of others": ["secretsmanager:GetSecretValue", arn("secretsmanager", "secret:admin-AbCdEf")],
    "a bucket of others": ["s3:PutBucketPolicy", "arn:aws:s3:::customers"],
    "a snapshot for another account": ["rds:ModifyDBSnapshotAttribute", arn("rds", "snapshot:identity-prod")],
    "a disk for another account": ["ec2:ModifySnapshotAttribute", `arn:aws:ec2:${DEV.region}::snapshot/snap-1`],
};

describe("the known ways up", () => {
    for (const [way, question] of Object.entries(PATHS)) {
        it(`${way}: neither for dev's CI, nor for a role that it made`, async () => {
            expect(await ask(workflow(DEV, "deploy"), question)).to.match(/Denied$/);
            expect(await ask(withinBoundary(DEV), question)).to.match(/Denied$/);
        });
    }

    it("end at the boundary where the deploy role needs a part of one", async () => {
        const own = role("identity/dev/issuer-1");
        const BOUNDARY = { "iam:PermissionsBoundary": boundaryArn(ACCOUNT, "dev") };
        for (const question of [
            ["iam:CreateRole", own, BOUNDARY],
            ["iam:PutRolePolicy", own, BOUNDARY],
            ["iam:UpdateAssumeRolePolicy", own],
            ["iam:PassRole", own, { "iam:PassedToService": "ec2.amazonaws.com" }],
        ] satisfies Question[]) {
            expect(await ask(workflow(DEV, "deploy"), question), question[0]).to.equal("Allowed");
        }
        // Without it none of them is: the condition is on each that gives rights.
        expect(await ask(workflow(DEV, "deploy"), ["iam:CreateRole", own])).to.match(/Denied$/);
        expect(await ask(workflow(DEV, "deploy"), ["iam:PutRolePolicy", own])).to.match(/Denied$/);
    });
});
