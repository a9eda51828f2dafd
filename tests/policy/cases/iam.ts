import type { Cases, Given } from "../support";

const LOGS = "arn:aws:logs:eu-west-1:123456789012:log-group:/p/s/app";
const IMAGE = "arn:aws:ecr:eu-west-1:123456789012:repository/app";
const document = (...statements: object[]) => JSON.stringify({ Version: "2012-10-17", Statement: statements });
const allow = (Action: string | string[], Resource: string | string[]) => ({ Effect: "Allow", Action, Resource });
const policy = (...statements: object[]): Given => ({
    type: "aws:iam/rolePolicy:RolePolicy",
    inputs: { role: "role", policy: document(...statements) },
});
const role = (assumeRolePolicy: unknown): Given => ({ type: "aws:iam/role:Role", inputs: { assumeRolePolicy } });
const trust = (Principal: unknown, Condition?: object) => ({
    Effect: "Allow",
    Principal,
    Action: "sts:AssumeRole",
    Condition,
});
const ECS = { Service: "ecs-tasks.amazonaws.com" };
const ACCOUNT = { StringEquals: { "aws:SourceAccount": "123456789012" } };
const GITHUB = { Federated: "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com" };
const from = (...sub: string[]) => ({ StringLike: { "token.actions.githubusercontent.com:sub": sub } });
const execution = (given: Given): Given => ({
    ...given,
    beside: [
        { type: "aws:iam/role:Role", name: "role", inputs: {} },
        { type: "aws:ecs/taskDefinition:TaskDefinition", name: "app", inputs: { executionRoleArn: "role" } },
    ],
});
const attachment: Given = {
    type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    inputs: { role: "role", policyArn: "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy" },
};

const logs = (resource: string | string[]) => ({
    type: "aws:s3/bucketPolicy:BucketPolicy",
    inputs: {
        policy: document({
            ...trust({ Service: "logdelivery.elasticloadbalancing.amazonaws.com" }),
            Action: "s3:PutObject",
            Resource: resource,
        }),
    },
});

export const IAM: Record<string, Cases> = {
    "iam-no-star-action": {
        passes: [
            policy(allow(["ecr:BatchGetImage", "s3:Get*"], IMAGE)),
            policy({ ...allow("*", "*"), Effect: "Deny" }),
            role(document(trust(ECS, ACCOUNT))),
            { type: "aws:iam/policy:Policy", inputs: { policy: { Statement: allow("s3:GetObject", IMAGE) } } },
        ],
        fails: [
            [policy(allow("*", IMAGE)), "it allows *"],
            [policy(allow(["s3:*", "sqs:SendMessage", "iam:*Role"], IMAGE)), "it allows s3:*, iam:*Role"],
            [
                policy({ Effect: "Allow", NotAction: "iam:*", Resource: IMAGE }),
                "it allows everything but what it names (NotAction)",
            ],
            [
                {
                    type: "aws:iam/role:Role",
                    inputs: { inlinePolicies: [{ name: "all", policy: document(allow("ecs:*", IMAGE)) }] },
                },
                "it allows ecs:*",
            ],
        ],
    },
    "iam-no-star-resource": {
        passes: [
            policy(allow("ecr:GetAuthorizationToken", "*"), allow("ecr:BatchGetImage", IMAGE)),
            policy(allow(["ssmmessages:OpenDataChannel", "ecs:DescribeTaskDefinition"], "*")),
            policy(allow("s3:GetObject", "arn:aws:s3:::logs/*")),
        ],
        fails: [
            [policy(allow("kms:Decrypt", "*")), "it allows kms:Decrypt on every resource"],
            [
                policy(allow(["ecr:GetAuthorizationToken", "ecr:BatchGetImage"], [IMAGE, "*"])),
                "it allows ecr:BatchGetImage on every resource",
            ],
            [policy(allow("s3:GetObject", "arn:*:s3:::*")), "it allows s3:GetObject on every resource"],
            [
                policy({ Effect: "Allow", Action: "s3:GetObject", NotResource: IMAGE }),
                "it is about everything but what it names (NotResource)",
            ],
        ],
    },
    "iam-trust": {
        passes: [
            role(document(trust(ECS, ACCOUNT))),
            role({ Statement: trust(ECS, { ArnLike: { "AWS:SourceArn": "arn:aws:ecs:eu-west-1:123456789012:*" } }) }),
            role(document(trust({ Service: "ec2.amazonaws.com" }))),
            role(document(trust({ AWS: "arn:aws:iam::123456789012:root" }))),
            role(document(trust(ECS, { StringEquals: { "aws:PrincipalTag/team": "a", "aws:SourceAccount": "1" } }))),
            role(document(trust(GITHUB, from("repo:acme/posts:ref:refs/heads/main")))),
            role(document(trust(GITHUB, from("repo:acme/posts:ref:refs/heads/main", "repo:acme/shop:*")))),
            // Both conditions have to hold.
            role(
                document(trust(GITHUB, { ...from("repo:acme/*"), StringEquals: { "x:sub": "repo:acme/posts:main" } })),
            ),
            {
                type: "aws:s3/bucketPolicy:BucketPolicy",
                inputs: { policy: document({ ...trust("*"), Effect: "Deny" }) },
            },
            logs("arn:aws:s3:::logs/*/AWSLogs/123456789012/*"),
            {
                type: "aws:sns/topicPolicy:TopicPolicy",
                inputs: { policy: document(trust("*", { StringEquals: { "aws:PrincipalOrgID": "o-1" } })) },
            },
        ],
        fails: [
            [role(document(trust(ECS))), "ecs-tasks.amazonaws.com may use it for a resource of any account"],
            [
                {
                    type: "aws:sqs/queuePolicy:QueuePolicy",
                    inputs: { policy: document(trust({ Service: ["events.amazonaws.com", "ec2.amazonaws.com"] })) },
                },
                "events.amazonaws.com may use it for a resource of any account",
            ],
            [
                logs("arn:aws:s3:::logs/*/AWSLogs/*"),
                "logdelivery.elasticloadbalancing.amazonaws.com may use it for a resource of any account",
            ],
            [
                {
                    type: "aws:s3/bucketPolicy:BucketPolicy",
                    inputs: {
                        policy: document({
                            ...trust({
                                Service: ["logdelivery.elasticloadbalancing.amazonaws.com", "s3.amazonaws.com"],
                            }),
                            Resource: "arn:aws:s3:::logs/AWSLogs/123456789012/*",
                        }),
                    },
                },
                "logdelivery.elasticloadbalancing.amazonaws.com, s3.amazonaws.com may use it for a resource of any account",
            ],
            [
                logs(["arn:aws:s3:::logs/AWSLogs/123456789012/*", "arn:aws:s3:::logs/*"]),
                "logdelivery.elasticloadbalancing.amazonaws.com may use it for a resource of any account",
            ],
            [role(document(trust({ AWS: "*" }))), "it lets in anybody"],
            [role(document(trust({ AWS: ["arn:aws:iam::123456789012:root", "*"] }))), "it lets in anybody"],
            [
                { type: "aws:s3/bucketPolicy:BucketPolicy", inputs: { policy: document(trust("*")) } },
                "it lets in anybody",
            ],
            [role(document(trust(GITHUB))), "GitHub may use it for workflows of more than one repository"],
            // One value is enough for a token, so that the wider one counts.
            [
                role(document(trust(GITHUB, from("repo:acme/posts:*", "repo:acme/*")))),
                "GitHub may use it for workflows of more than one repository",
            ],
            [
                role(document(trust(GITHUB, from("repo:acme/*:*")))),
                "GitHub may use it for workflows of more than one repository",
            ],
        ],
    },
    "ecs-execution-role": {
        passes: [
            execution(
                policy(
                    allow("ecr:GetAuthorizationToken", "*"),
                    allow("ecr:BatchGetImage", IMAGE),
                    allow(["logs:CreateLogStream", "logs:PutLogEvents"], `${LOGS}:*`),
                ),
            ),
            policy(allow("ssm:GetParametersByPath", "arn:aws:ssm:eu-west-1:123456789012:parameter/p/s/app/*")),
        ],
        fails: [
            [
                execution(policy(allow("ssm:GetParameters", "arn:aws:ssm:eu-west-1:123456789012:parameter/*"))),
                "it allows ssm:GetParameters on arn:aws:ssm:eu-west-1:123456789012:parameter/*",
            ],
            [
                execution(policy(allow(["ecr:GetAuthorizationToken", "ecr:BatchGetImage"], "*"))),
                "it allows ecr:BatchGetImage on *",
            ],
            [
                execution(policy(allow("logs:PutLogEvents", "arn:aws:logs:eu-west-1:123456789012:log-group:*:*"))),
                "it allows logs:PutLogEvents on arn:aws:logs:eu-west-1:123456789012:log-group:*:*",
            ],
            [execution(attachment), "it gives an execution role a policy that others share"],
        ],
    },
};
