import { reasonOf } from "../../components/permission";
import type { Finding, Policy, PolicyResource, PolicyResourceInStack, PolicyStack } from "../policy";
import { oncePerStack } from "../policy";
import { TASK_DEFINITION } from "./containers";
import { conditionKeys, listOf, type Statement, statements } from "./documents";

const ROLE = "aws:iam/role:Role";
const ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy";
const ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment";
/** Resources with an identity-based policy. */
const IDENTITY_POLICIES = [
    ROLE_POLICY,
    ROLE,
    "aws:iam/policy:Policy",
    "aws:iam/userPolicy:UserPolicy",
    "aws:iam/groupPolicy:GroupPolicy",
];
/** Resource-based policies. */
const RESOURCE_POLICIES = [
    "aws:s3/bucketPolicy:BucketPolicy",
    "aws:sqs/queuePolicy:QueuePolicy",
    "aws:sns/topicPolicy:TopicPolicy",
];

/** Actions without resource-level permissions (Service Authorization Reference), as far as platforms like this one use them. */
export const WITHOUT_RESOURCE: readonly string[] = [
    "ecr:GetAuthorizationToken",
    "ecs:DescribeTaskDefinition",
    "ecs:ListTaskDefinitions",
    "ecs:DeregisterTaskDefinition",
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    "ec2:DescribeAvailabilityZones",
    "ec2:DescribeInstances",
    "ec2:DescribeInstanceStatus",
    "cloudwatch:GetMetricStatistics",
    "cloudwatch:GetMetricWidgetImage",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcs",
    "ssm:DescribeParameters",
    "kms:ListAliases",
    "sts:GetCallerIdentity",
];

/** Services that set no source (aws:SourceArn, aws:SourceAccount), so that a condition on it would never match. */
const WITHOUT_SOURCE = ["backup.amazonaws.com", "chatbot.amazonaws.com", "ec2.amazonaws.com", "lambda.amazonaws.com"];
const SOURCES = ["aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths"];

const allowed = (of: readonly Statement[]) => of.filter(({ Effect }) => Effect === "Allow");

function identityStatements({ type, inputs }: PolicyResource): Statement[] {
    if (type !== ROLE) return allowed(statements(inputs.policy));
    const inline = (inputs.inlinePolicies ?? []) as { policy?: unknown }[];
    return allowed(inline.flatMap(({ policy }) => statements(policy)));
}

/** A wildcard such as `*`, `s3:*`, `iam:*Role`, but not one for reading only. */
const isWide = (action: string) => action.includes("*") && !/^[a-z0-9-]+:(Describe|Get|List)[A-Za-z]*\*$/.test(action);

const isEverything = (resource: string) => /^(\*|arn:\*.*)$/.test(resource);

export const IAM_POLICIES: readonly Policy[] = [
    {
        name: "iam-no-star-action",
        asks: "A policy names the actions that it allows.",
        fix: "the actions that are needed, each by its name",
        dev: "mandatory",
        types: IDENTITY_POLICIES,
        check: (resource) =>
            identityStatements(resource).flatMap(({ Sid, Action, NotAction }): Finding[] => {
                if (NotAction) return [{ what: "it allows everything but what it names (NotAction)" }];
                const wide = listOf(Action).filter(isWide);
                return wide.length > 0 ? [{ what: `it allows ${wide.join(", ")}`, reason: reasonOf(Sid) }] : [];
            }),
    },
    {
        name: "iam-no-star-resource",
        asks: "A policy names the resources that it is about, except for actions that AWS offers no resource for.",
        fix: "the ARNs that are needed; of an action without resources a statement of its own",
        dev: "mandatory",
        types: IDENTITY_POLICIES,
        check: (resource) =>
            identityStatements(resource).flatMap(({ Sid, Action, Resource, NotResource }): Finding[] => {
                if (NotResource) return [{ what: "it is about everything but what it names (NotResource)" }];
                if (!listOf(Resource).some(isEverything)) return [];
                const narrower = listOf(Action).filter((action) => !WITHOUT_RESOURCE.includes(action));
                if (narrower.length === 0) return [];
                return [{ what: `it allows ${narrower.join(", ")} on every resource`, reason: reasonOf(Sid) }];
            }),
    },
    {
        name: "iam-trust",
        asks: "Who may take on a role, or come to a bucket, queue or topic, is named; an AWS service for this account alone.",
        fix: "a condition on aws:SourceAccount and aws:SourceArn (`roleFor` has both); of GitHub, on the repository and branch",
        dev: "mandatory",
        types: [ROLE, ...RESOURCE_POLICIES],
        check: ({ type, inputs }) =>
            allowed(statements(type === ROLE ? inputs.assumeRolePolicy : inputs.policy)).flatMap(trustFindings),
    },
    {
        name: "ecs-execution-role",
        asks: "An execution role may read this task's image, secrets and log group, and nothing more.",
        fix: "exact ARNs, in place of * and of AmazonECSTaskExecutionRolePolicy; FargateService writes such a policy",
        dev: "mandatory",
        types: [ROLE_POLICY, ATTACHMENT],
        checkInStack: (resource, stack) => {
            if (!resource.refersTo("role").some((role) => isExecutionRole(role, stack))) return [];
            if (resource.type === ATTACHMENT) {
                return [{ what: "it gives an execution role a policy that others share" }];
            }
            return allowed(statements(resource.inputs.policy)).flatMap(({ Action, Resource }): Finding[] => {
                const wide = listOf(Resource).filter(isOpen);
                const actions = listOf(Action).filter((action) => action !== "ecr:GetAuthorizationToken");
                return wide.length > 0 && actions.length > 0
                    ? [{ what: `it allows ${actions.join(", ")} on ${wide.join(", ")}` }]
                    : [];
            });
        },
    },
];

function trustFindings(statement: Statement): Finding[] {
    const { Principal: principal } = statement;
    const keys = conditionKeys(statement);
    if (principal === "*" || (typeof principal === "object" && listOf(principal.AWS).includes("*"))) {
        return keys.length > 0 ? [] : [{ what: "it lets in anybody" }];
    }
    if (typeof principal !== "object") return [];
    const services = listOf(principal.Service).filter((text) => !WITHOUT_SOURCE.includes(text));
    const bySource = keys.some((key) => SOURCES.includes(key)) || writesLogsOfAnAccount(services, statement);
    const byName = subjects(statement).some(areOfOneRepository) || !federated(principal);
    return [
        ...(services.length > 0 && !bySource
            ? [{ what: `${services.join(", ")} may use it for a resource of any account` }]
            : []),
        ...(byName ? [] : [{ what: "GitHub may use it for workflows of more than one repository" }]),
    ];
}

/** The log delivery of load balancers sets no source, but writes below the load balancer's account id. */
const writesLogsOfAnAccount = (services: readonly string[], { Resource }: Statement) =>
    services.every((service) => service === "logdelivery.elasticloadbalancing.amazonaws.com") &&
    listOf(Resource).every((arn) => /\/AWSLogs\/\d{12}\/\*$/.test(arn));

const federated = ({ Federated }: Record<string, string | string[]>) =>
    listOf(Federated).some((provider) => provider.includes("token.actions.githubusercontent.com"));

/**
 * The `sub` claims of GitHub's tokens, `repo:owner/name:ref:refs/heads/main`, by condition. A token has to match every condition, and one
 * value of each is enough.
 */
const subjects = ({ Condition = {} }: Statement): string[][] =>
    Object.values(Condition).flatMap((byKey) =>
        Object.entries(byKey).flatMap(([key, values]) =>
            key.toLowerCase().endsWith(":sub") ? [[values].flat().map(String)] : [],
        ),
    );

const areOfOneRepository = (values: readonly string[]) => values.every((subject) => /^repo:[^*:]+:/.test(subject));

/** The URNs of a stack's execution roles. */
const executionRoles = oncePerStack(
    (stack) =>
        new Set(
            stack
                .ofType([TASK_DEFINITION])
                .flatMap((definition) => definition.refersTo("executionRoleArn").map((role) => role.urn)),
        ),
);

const isExecutionRole = ({ urn, type }: PolicyResourceInStack, stack: PolicyStack): boolean =>
    type === ROLE && executionRoles(stack).has(urn);

/** Whether an ARN has a wildcard, other than the one for a log group's streams. */
const isOpen = (arn: string) => arn.replace(/^(arn:[^:]+:logs:[^*]*:log-group:[^*]+):\*$/, "$1").includes("*");
