/** The text that `npx identity bootstrap` prints at its end: what to write into which file or setting. */
import { anyBranch, OWNED } from "./github";
import {
    type Account,
    backendUrl,
    boundaryArn,
    environmentOf,
    roleArn,
    type RoleKind,
    ROLES,
    secretsProvider,
    type StackName,
} from "./names";

/** A repository's plain name, without the numbers that a token may have. */
export const named = (repository: string) => repository.replace(/@\d+/g, "");

/** `others`: stacks of earlier runs in the same account. */
export function advice(
    account: Account,
    stacks: readonly StackName[],
    repository: string,
    branch: string,
    others: readonly string[] = [],
): string {
    return [
        ...together([...new Set([...stacks.map(({ name }) => name), ...others])].sort()),
        "On this machine, and on whichever else deploys:\n",
        `    export PULUMI_BACKEND_URL='${backendUrl(account)}'\n`,
        ...stacks.flatMap(({ name }) => inTheStackFile(account, name)),
        "\nOn GitHub, by its CLI (or by hand: Settings, Environments):\n",
        ...stacks.flatMap((stack) => onGitHub(account, stack, named(repository), branch)),
        ...onTheBranch(named(repository), branch),
    ].join("");
}

/** What stacks in one account can still do to each other. */
function together(names: readonly string[]): string[] {
    const alike = names.filter((name) => names.some((other) => other !== name && other.startsWith(`${name}-`)));
    return [
        ...(names.length > 1
            ? [
                  `${names.join(" and ")} share this account. Whoever deploys one of them can put tasks of its own into another one's\n` +
                      "subnets, security groups and target groups: of these ECS asks nobody. An account each is safer\n" +
                      "(docs/security.md).\n\n",
              ]
            : []),
        ...alike.map(
            (name) =>
                `Names of ${names.filter((other) => other.startsWith(`${name}-`)).join(", ")} begin as those of ${name} do: by its names alone, ${name}\n` +
                "reaches their log groups and task definitions. Give one of them another name, or another account.\n\n",
        ),
    ];
}

const inTheStackFile = (account: Account, stack: string) => [
    `\nIn Pulumi.${stack}.yaml (a stack that exists already: docs/operations.md, "Taking over a stack"):\n`,
    `    secretsprovider: ${secretsProvider(account, stack)}\n`,
    "    config:\n",
    `        aws:allowedAccountIds: ["${account.id}"]\n`,
    `        ${account.project}:permissionsBoundary: ${boundaryArn(account, stack)}\n`,
];

/**
 * Deployments and drift use the deployed branch alone, and so do previews that read prod's state. Whoever runs the commands becomes the
 * reviewer of prod, and cannot approve their own changes.
 */
function onGitHub(account: Account, stack: StackName, repository: string, branch: string): string[] {
    return ROLES.flatMap((kind) => {
        const environment = environmentOf(stack.name, kind);
        const path = `repos/${repository}/environments/${environment}`;
        const set = (name: string, value: string) =>
            `    gh variable set ${name} --repo ${repository} --env ${environment} --body '${value}'\n`;
        const policy =
            "-F 'deployment_branch_policy[protected_branches]=false' -F 'deployment_branch_policy[custom_branch_policies]=true'";
        return [
            ...(anyBranch(stack, kind)
                ? [`    gh api -X PUT ${path}\n`]
                : [
                      `    gh api -X PUT ${path} ${policy}${approval(stack, kind)}\n`,
                      `    gh api -X POST ${path}/deployment-branch-policies -f name=${branch}\n`,
                  ]),
            set("AWS_ROLE_ARN", roleArn(account, stack.name, kind)),
            set("AWS_REGION", account.region),
            set("PULUMI_BACKEND_URL", backendUrl(account)),
        ];
    });
}

const approval = (stack: StackName, kind: RoleKind) =>
    stack.production && kind === "deploy"
        ? " -F prevent_self_review=true -f 'reviewers[][type]=User' -F \"reviewers[][id]=$(gh api user --jq .id)\""
        : "";

/** Without this ruleset, whoever may push to the branch deploys dev, and can change CI's roles. */
function onTheBranch(repository: string, branch: string): string[] {
    const review = {
        required_approving_review_count: 1,
        require_code_owner_review: true,
        require_last_push_approval: true,
        dismiss_stale_reviews_on_push: true,
        required_review_thread_resolution: false,
    };
    const ruleset = {
        name: branch,
        target: "branch",
        enforcement: "active",
        conditions: { ref_name: { include: [`refs/heads/${branch}`], exclude: [] } },
        rules: [
            { type: "deletion" },
            { type: "non_fast_forward" },
            { type: "pull_request", parameters: review },
            {
                type: "required_status_checks",
                parameters: {
                    strict_required_status_checks_policy: false,
                    required_status_checks: [{ context: "test" }],
                },
            },
        ],
    };
    const owner = repository.split("/")[0];
    return [
        `\nAnd the branch ${branch}, which is what deploys:\n`,
        `    gh api -X POST repos/${repository}/rulesets --input - <<< '${JSON.stringify(ruleset)}'\n`,
        `\nIn .github/CODEOWNERS, with the people or the team (@${owner}/TEAM) who answer for it:\n`,
        ...OWNED.map((path) => `    /${path} @${owner}/TEAM\n`),
    ];
}
