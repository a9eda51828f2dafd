import { defineCommand, type InputOf } from "./cli/define";

export type BootstrapInput = InputOf<typeof bootstrap>;
export const bootstrap = defineCommand({
    summary: "creates in an account what deployments from GitHub need",
    description: `
Creates what deployments from GitHub need in an account, or puts it right: a bucket and a key for Pulumi's state, GitHub's
identity provider, the roles that AWS's own services need in the account, and for each stack a permissions boundary and
three roles (preview, drift, deploy). It takes the credentials of the environment (AWS_PROFILE, …), which have to be an
administrator's.

A second run changes nothing, takes up what an interrupted one left, and puts back what was changed by hand.`,
    options: {
        repository: {
            value: "owner/name",
            help:
                "whose workflows deploy. GitHub puts numbers into the tokens of a repository that was created or renamed since " +
                "July 2026; it is then OWNER@1234/NAME@5678, as this prints it: " +
                `gh api repos/OWNER/NAME --jq '"\\(.owner.login)@\\(.owner.id)/\\(.name)@\\(.id)"'`,
        },
        stack: {
            value: "name",
            repeatable: true,
            help: "a stack of this account, by its stack file",
        },
        region: { value: "region", help: "where the state lives (default: the stacks' region)" },
        branch: { value: "name", default: "main", help: "the branch that is deployed" },
        parameters: {
            value: "prefix/*",
            repeatable: true,
            help:
                "parameters in SSM of others that tasks may read; those that the stack file and its heritages name are let in " +
                "by themselves",
        },
        realms: {
            help:
                "the nightly run compares realms with their files: its role opens tunnels through the stack's workbench. Without it, on " +
                "a later run, that is taken away again",
        },
        dryRun: { help: "say what would be created and changed, and do nothing" },
        yes: { help: "do not ask" },
    },
    examples: [
        [
            "npx identity bootstrap --repository acme/identity --stack dev",
            "shows what is missing, asks, and creates it",
        ],
        ["npx identity bootstrap --repository acme/identity --stack dev --stack prod --dry-run", "shows it alone"],
    ],
    exitCodes: { 1: "AWS refused something", 4: "declined, or there was nobody to ask" },
    run: async (input, context): Promise<number> => (await import("./bootstrap/apply")).bootstrap(input, context),
});
