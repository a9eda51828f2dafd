import { reasonOf } from "../../../components/permission";
import { add } from "../grouping";
import { type Inventory, lastPart } from "../inventory";
import type { TaskDefinition } from "./task-definitions";

/** An IAM role: who may assume it, and its permissions, in words. */
export interface RoleView {
    readonly name: string;
    /** The service of an execution role or a task role; `purpose` is then `execution` or `task`, else the role's name. */
    readonly service?: string;
    readonly purpose: string;
    /** Who may assume it; `guarded`: only for resources of this account. */
    readonly trusts: readonly string[];
    readonly guarded: boolean;
    readonly may: readonly Permission[];
}

export type Permission = ReturnType<typeof permission>;

/** An IAM policy document. */
interface Document {
    Statement: StatementJson[];
}
interface StatementJson {
    Sid?: string;
    Effect: "Allow" | "Deny";
    Action?: string | string[];
    Resource?: string | string[];
    Principal?: Record<string, string | string[]>;
    Condition?: Record<string, Record<string, unknown>>;
}

/** A role's trust policy, and the statements of all its policies. */
export interface RoleDocuments {
    readonly trust: Document;
    readonly statements: readonly StatementJson[];
}

/** The documents of all roles, by their names in the program. */
export function roleDocuments(inventory: Inventory): Map<string, RoleDocuments> {
    const byRole = new Map<string, StatementJson[]>();
    for (const { inputs } of inventory.ofType("aws:iam/rolePolicy:RolePolicy")) {
        for (const statement of parse(inputs.policy).Statement) add(byRole, String(inputs.role), statement);
    }
    return new Map(
        inventory
            .ofType("aws:iam/role:Role")
            .map(({ name, id, inputs }) => [
                name,
                { trust: parse(inputs.assumeRolePolicy), statements: byRole.get(id) ?? [] },
            ]),
    );
}

const parse = (policy: unknown) => JSON.parse(String(policy)) as Document;

export function roles(
    inventory: Inventory,
    definitions: ReadonlyMap<string, TaskDefinition>,
    documents: ReadonlyMap<string, RoleDocuments>,
): RoleView[] {
    const uses = new Map<string, Pick<RoleView, "service" | "purpose">>();
    for (const [service, { executionRoleArn, taskRoleArn }] of definitions) {
        uses.set(executionRoleArn, { service, purpose: "execution" });
        uses.set(taskRoleArn, { service, purpose: "task" });
    }
    return inventory.ofType("aws:iam/role:Role").map(({ name, outputs }) => {
        const { trust, statements } = documents.get(name)!;
        return {
            name,
            ...(uses.get(String(outputs.arn)) ?? { purpose: name }),
            trusts: trust.Statement.flatMap(trusted),
            guarded: trust.Statement.every(({ Condition }) =>
                conditions(Condition).some(({ key }) => key === "aws:SourceAccount"),
            ),
            may: statements.map((statement) => permission(statement, inventory)),
        };
    });
}

/** The principals of a trust policy: AWS services, or workflows of GitHub by repository and branch. */
function trusted({ Principal, Condition = {} }: StatementJson): string[] {
    const subjects = Object.values(Condition)
        .flatMap((byKey) => Object.entries(byKey))
        .flatMap(([key, values]) => (key.endsWith(":sub") ? [values].flat().map(String) : []));
    if (subjects.length === 0) return Object.values(Principal ?? {}).flat();
    return subjects.map((subject) => subject.replace(/^repo:([^:]+):ref:refs\/heads\/(.*)$/, "GitHub's $1, branch $2"));
}

/** Words for actions, and why those without resource-level permissions have `*`: from AWS's Service Authorization Reference. */
const ACTIONS: readonly { actions: readonly string[]; words: string; star?: string }[] = [
    {
        actions: ["ecr:GetAuthorizationToken"],
        words: "log in to ECR",
        star: "a log-in is to the registry as a whole",
    },
    {
        actions: ["ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage"],
        words: "pull the image",
    },
    { actions: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"], words: "write the log" },
    { actions: ["ssm:GetParameters"], words: "read the secrets" },
    { actions: ["secretsmanager:GetSecretValue"], words: "read what Secrets Manager keeps" },
    {
        actions: ["ecr:InitiateLayerUpload", "ecr:UploadLayerPart", "ecr:CompleteLayerUpload", "ecr:PutImage"],
        words: "push the image",
    },
    { actions: ["ecs:RegisterTaskDefinition"], words: "register revisions" },
    {
        actions: ["ecs:DescribeTaskDefinition"],
        words: "read task definitions",
        star: "AWS offers no resource for it",
    },
    { actions: ["ecs:UpdateService"], words: "update the service" },
    { actions: ["ecs:DescribeServices"], words: "see how that goes" },
    { actions: ["ecs:DescribeTasks"], words: "see how tasks end" },
    { actions: ["ecs:RunTask"], words: "start the task" },
    { actions: ["ecs:TagResource"], words: "tag what it starts" },
    { actions: ["iam:PassRole"], words: "hand on the roles" },
    { actions: ["ssm:UpdateInstanceInformation"], words: "register with Systems Manager" },
    { actions: ["sqs:SendMessage"], words: "leave word of a failure" },
    { actions: ["ssm:GetParametersByPath"], words: "read its parameters" },
    { actions: ["kms:Decrypt"], words: "decrypt by the key" },
    {
        actions: [
            "ssmmessages:CreateControlChannel",
            "ssmmessages:CreateDataChannel",
            "ssmmessages:OpenControlChannel",
            "ssmmessages:OpenDataChannel",
        ],
        words: "carry a session",
        star: "the channels of Session Manager have no ARN",
    },
];
const MEANING = new Map(ACTIONS.flatMap((meaning) => meaning.actions.map((action) => [action, meaning] as const)));

function permission({ Sid, Effect, Action, Resource, Condition }: StatementJson, inventory: Inventory) {
    const actions = [Action ?? []].flat();
    const on = [Resource ?? []].flat();
    const stars = actions.map((action) => MEANING.get(action)?.star);
    return {
        effect: Effect,
        /** `read the secrets`; the name of an action that has no words here. */
        words: [...new Set(actions.map((action) => MEANING.get(action)?.words ?? action))],
        actions,
        /** The resources' names, from the ARNs, or `*`. */
        on: on.map((arn) => nameOf(arn, inventory)),
        /** Why the resource is `*`; undefined where it is not. */
        star: on.includes("*")
            ? stars.includes(undefined)
                ? (reasonOf(Sid) ?? "nobody says why")
                : [...new Set(stars)].join("; ")
            : undefined,
        /** All of them have to match. */
        conditions: conditions(Condition),
    };
}

const conditions = (all: StatementJson["Condition"] = {}) =>
    Object.values(all).flatMap((byKey) =>
        Object.entries(byKey).map(([key, values]) => ({
            key,
            values: [values].flat().map((v) => lastPart(String(v))),
        })),
    );

/** A key is shown by its name in the program, since its ARN has only an id. */
function nameOf(arn: string, inventory: Inventory): string {
    const resource = inventory.byArn(arn);
    return resource?.type === "aws:kms/key:Key" ? resource.name : lastPart(arn);
}
