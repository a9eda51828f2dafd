/**
 * Creates what has to be in an account before anything can be deployed to it from CI.
 *
 * By AWS's SDK and not as a Pulumi program: it makes the home of Pulumi's state, so a program would have no place for its own. With a
 * state on one person's disk the next person could change nothing, and a run that died half way would leave things that nothing
 * knows of. What is made here is found by its name, compared setting by setting, and put right, so that the account itself is the state.
 */
import pc from "picocolors";
import { parseArn } from "../../../components/arn";
import { clientOptions } from "../../../components/fargate/aws-clients";
import { advice, named } from "../../bootstrap/advice";
import { protectionOf, renderProtection } from "../../bootstrap/github";
import { withOldBuckets } from "../../bootstrap/old-buckets";
import {
    managedDeployPolicies,
    githubProvider,
    stackBoundary,
    stacksWithRoles,
    workflowRole,
} from "../../bootstrap/identity";
import { LINKED_ROLES, linkedRole } from "../../bootstrap/linked-roles";
import { type Account, ROLES } from "../../bootstrap/names";
import { type Known, stateBucket, stateKey } from "../../bootstrap/state";
import { applySetting, type AccountSetting } from "../../bootstrap/account-setting";
import { UsageError } from "../../shared/errors";
import { table } from "../../plan/text";
import { confirm } from "../../runner/confirm";
import type { BootstrapInput } from "../bootstrap";
import { checked, type Options } from "./arguments";
import type { CommandContext } from "../../shared/context";

export async function bootstrap(input: BootstrapInput, context: CommandContext): Promise<number> {
    const options = checked(input, context.root);
    const { clients, account } = await lookUp(options);
    const stacks = await Promise.all(options.stacks.map((stack) => withOldBuckets(clients.s3, account, stack)));
    const things = accountSettings(clients, account, { ...options, stacks });
    context.out(`${pc.bold(`Account ${account.id}, ${account.region}`)}\n\n`);
    const wrong = await show(things, context);
    if (wrong === 0) context.out("\nEverything is as it should be; nothing was changed.\n");
    else if (options.dryRun) context.out("\nA dry run: nothing was changed.\n");
    else {
        await confirm("Do this?", { context, yes: options.yes });
        context.out("\n");
        for (const thing of things) {
            await applySetting(
                thing,
                (what) => context.out(`  ${thing.what} ${thing.name}: ${what}\n`),
                context.signal,
            );
        }
        context.out("\nDone.\n");
    }
    const others = await stacksWithRoles(clients.iam, account);
    context.out(`\n${advice(account, options.stacks, options.repository, options.branch, others)}`);
    await lookAtGitHub(options, context);
    return 0;
}

/** Whether what was printed is set already; by the token that GitHub's CLI takes, too. */
async function lookAtGitHub({ repository, branch, stacks }: Options, { out }: CommandContext) {
    const token = process.env.GH_TOKEN ?? process.env.GITHUB_TOKEN;
    if (!token) {
        out("\nWhether GitHub is set so was not looked at: GH_TOKEN is not set (GH_TOKEN=$(gh auth token)).\n");
        return;
    }
    const { GITHUB_API_URL: api = "https://api.github.com" } = process.env;
    const found = await protectionOf({ api, name: named(repository), branch, token }, stacks).catch(
        (error: Error) => error.message,
    );
    const lines = typeof found === "string" ? [found] : renderProtection(found);
    out(
        lines.length === 0
            ? "\nGitHub is set so.\n"
            : `\nOn GitHub is not so yet:\n${lines.map((line) => `  ${line}\n`).join("")}`,
    );
}

/** Whose credentials these are, before anything is asked of them. */
async function lookUp({ project, region, accounts }: Options) {
    const { STS } = await import("@aws-sdk/client-sts");
    const { S3 } = await import("@aws-sdk/client-s3");
    const { KMS } = await import("@aws-sdk/client-kms");
    const { IAM } = await import("@aws-sdk/client-iam");
    const options = await clientOptions(region);
    const { Account: id, Arn } = await new STS(options).getCallerIdentity({});
    const otherAccounts = accounts.filter(({ allowed }) => allowed.length > 0 && !allowed.includes(id!));
    if (otherAccounts.length > 0) {
        const where = otherAccounts.map(({ file, allowed }) => `${file} is for ${allowed.join(", ")}`).join("; ");
        throw new UsageError(`these credentials are of the account ${id}, but ${where} (aws:allowedAccountIds)`);
    }
    const account: Account = { id: id!, partition: parseArn(Arn!).partition, region, project };
    // A bucket of an emulator is not a host of its own.
    const forcePathStyle = process.env.AWS_ENDPOINT_URL !== undefined;
    return {
        account,
        clients: {
            s3: new S3({ ...options, forcePathStyle }),
            kms: new KMS(options),
            iam: new IAM(options),
        },
    };
}

type Clients = Awaited<ReturnType<typeof lookUp>>["clients"];

/** In the order in which they need each other. */
export function accountSettings(
    { s3, kms, iam }: Clients,
    account: Account,
    { stacks, repository }: Pick<Options, "stacks" | "repository">,
): AccountSetting[] {
    const known: Known = {};
    return [
        stateKey(kms, account, known),
        stateBucket(s3, account, known),
        githubProvider(iam, account),
        ...LINKED_ROLES.map((role) => linkedRole(iam, role)),
        ...stacks.flatMap((stack) => [
            stackBoundary(iam, account, stack),
            ...managedDeployPolicies(iam, account, stack),
            ...ROLES.map((kind) => workflowRole(iam, account, known, { repository, stack, kind })),
        ]),
    ];
}

/** What there is and what will be done; returns how many things are not as they should be. */
async function show(things: AccountSetting[], { out, signal }: CommandContext): Promise<number> {
    const rows: string[][] = [];
    let wrong = 0;
    for (const thing of things) {
        if (signal.aborted) throw new Error("interrupted");
        const differences = await thing.look();
        if (differences.length > 0) wrong++;
        rows.push([thing.what, thing.name, differences.map(({ what }) => what).join("; ") || "as it should be"]);
    }
    out(`${table(rows, 2).join("\n")}\n`);
    return wrong;
}
