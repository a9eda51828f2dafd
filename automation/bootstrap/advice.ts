/** What is to be written where, once everything is made. */
import { type Account, backendUrl, boundaryArn, environmentOf, roleArn, ROLES, secretsProvider } from "./names";

/** A repository's plain name, without the numbers that a token may have. */
const named = (repository: string) => repository.replace(/@\d+/g, "");

export function advice(account: Account, stacks: readonly string[], repository: string, branch: string): string {
    return [
        "On this machine, and on whichever else deploys:\n",
        `    export PULUMI_BACKEND_URL='${backendUrl(account)}'\n`,
        ...stacks.flatMap((stack) => inTheStackFile(account, stack)),
        "\nOn GitHub, by its CLI (or by hand: Settings, Environments):\n",
        ...stacks.flatMap((stack) => onGitHub(account, stack, named(repository), branch)),
        "\nWho has to approve a deployment is set by hand: Settings, Environments, required reviewers.\n",
    ].join("");
}

const inTheStackFile = (account: Account, stack: string) => [
    `\nIn Pulumi.${stack}.yaml (a stack that exists already: docs/operations.md, "Taking over a stack"):\n`,
    `    secretsprovider: ${secretsProvider(account, stack)}\n`,
    "    config:\n",
    `        aws:allowedAccountIds: ["${account.id}"]\n`,
    `        ${account.project}:permissionsBoundary: ${boundaryArn(account, stack)}\n`,
];

/** Only the branch that is deployed may deploy, and be looked at for drift; a preview may come from any branch of the repository. */
function onGitHub(account: Account, stack: string, repository: string, branch: string): string[] {
    return ROLES.flatMap((kind) => {
        const environment = environmentOf(stack, kind);
        const path = `repos/${repository}/environments/${environment}`;
        const set = (name: string, value: string) =>
            `    gh variable set ${name} --repo ${repository} --env ${environment} --body '${value}'\n`;
        const policy =
            "-F 'deployment_branch_policy[protected_branches]=false' -F 'deployment_branch_policy[custom_branch_policies]=true'";
        return [
            ...(kind === "preview"
                ? [`    gh api -X PUT ${path}\n`]
                : [
                      `    gh api -X PUT ${path} ${policy}\n`,
                      `    gh api -X POST ${path}/deployment-branch-policies -f name=${branch}\n`,
                  ]),
            set("AWS_ROLE_ARN", roleArn(account, stack, kind)),
            set("AWS_REGION", account.region),
            set("PULUMI_BACKEND_URL", backendUrl(account)),
        ];
    });
}
