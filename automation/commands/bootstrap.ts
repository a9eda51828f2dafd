/**
 * `npm run bootstrap`: what has to be in an account before anything can be deployed to it from CI.
 *
 * By AWS's SDK and not as a Pulumi program: it makes the home of Pulumi's state, so a program would have no place for its own. With a
 * state on one person's disk the next person could change nothing, and a run that died half way would leave things that nothing
 * knows of. What is made here is found by its name, compared setting by setting, and put right, so that the account itself is the state.
 */
import { createInterface } from "node:readline/promises";
import { parseArgs } from "node:util";
import pc from "picocolors";
import { clientOptions } from "../../components/fargate/aws-clients";
import { advice, named } from "../bootstrap/advice";
import { protectionOf, renderProtection } from "../bootstrap/github";
import { withOldBuckets } from "../bootstrap/old-buckets";
import { stackOf } from "../bootstrap/stack";
import {
    deployOwnPolicy,
    deployPolicy,
    githubProvider,
    stackBoundary,
    stacksWithRoles,
    workflowRole,
} from "../bootstrap/identity";
import { LINKED_ROLES, linkedRole } from "../bootstrap/linked-roles";
import { type Account, ROLES, type StackName } from "../bootstrap/names";
import { type Known, stateBucket, stateKey } from "../bootstrap/state";
import { putRight, type Thing } from "../bootstrap/thing";
import { readStackFile, UsageError } from "../plan/stack-file";
import { table } from "../plan/text";
import { run, type Surroundings } from "./command";
import { parseArn } from "../../components/arn";

const HELP = `npm run bootstrap -- --repository OWNER/NAME --stack NAME… [--region REGION] [--dry-run] [--yes]

Makes what deployments from GitHub need in an account, or puts it right: a bucket and a key for Pulumi's state, GitHub's
identity provider, the roles that AWS's own services need in the account, and for each stack a permissions boundary and
three roles (preview, drift, deploy).
It takes the credentials of the environment (AWS_PROFILE, …), which have to be an administrator's.

  --repository OWNER/NAME  whose workflows deploy. GitHub puts numbers into the tokens of a repository that was made or renamed
                           since July 2026; it is then OWNER@1234/NAME@5678:
                           gh api repos/OWNER/NAME --jq '"\\(.owner.login)@\\(.owner.id)/\\(.name)@\\(.id)"'
  --stack NAME             a stack of this account, by its stack file; more than one: --stack dev --stack prod
  --region REGION          where the state lives (default: the stacks' region)
  --branch NAME            the branch that is deployed (default: main)
  --parameters PREFIX/*    parameters in SSM of others that tasks may read; those that the stack file and its heritages name
                           are let in by themselves. May be given more than once
  --dry-run                say what would be made and changed, and do nothing
  --yes                    do not ask
  --help                   print this

A second run changes nothing, takes up what an interrupted one left, and puts back what was changed by hand.
Exit code: 0, done; 1, AWS refused something; 2, these arguments are wrong; 4, the answer was no; 130, interrupted.
`;

interface Options {
    repository: string;
    stacks: StackName[];
    project: string;
    region: string;
    branch: string;
    /** Accounts that the stack files name. */
    accounts: { file: string; allowed: string[] }[];
    dryRun: boolean;
    yes: boolean;
}

export async function bootstrap(args: string[], around: Surroundings): Promise<number> {
    const values = parsed(args);
    if (values.help) {
        around.out(HELP);
        return 0;
    }
    const options = checked(values, around.root);
    const { clients, account } = await lookUp(options);
    const stacks = await Promise.all(options.stacks.map((one) => withOldBuckets(clients.s3, account, one)));
    const things = thingsOf(clients, account, { ...options, stacks });
    around.out(`${pc.bold(`Account ${account.id}, ${account.region}`)}\n\n`);
    const wrong = await show(things, around);
    if (wrong === 0) around.out("\nEverything is as it should be; nothing was changed.\n");
    else if (options.dryRun) around.out("\nA dry run: nothing was changed.\n");
    else {
        if (!options.yes && !(await agreed(around))) {
            around.err("nothing was changed\n");
            return 4;
        }
        around.out("\n");
        for (const thing of things) {
            await putRight(thing, (what) => around.out(`  ${thing.what} ${thing.name}: ${what}\n`), around.signal);
        }
        around.out("\nDone.\n");
    }
    const others = await stacksWithRoles(clients.iam, account);
    around.out(`\n${advice(account, options.stacks, options.repository, options.branch, others)}`);
    await lookAtGitHub(options, around);
    return 0;
}

/** Whether what was printed is set already; by the token that GitHub's CLI takes, too. */
async function lookAtGitHub({ repository, branch, stacks }: Options, { out }: Surroundings) {
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
            : `\nOn GitHub is not so yet:\n${lines.map((one) => `  ${one}\n`).join("")}`,
    );
}

function parsed(args: string[]) {
    try {
        return parseArgs({
            args,
            options: {
                repository: { type: "string" },
                stack: { type: "string", multiple: true, default: [] },
                region: { type: "string" },
                branch: { type: "string", default: "main" },
                parameters: { type: "string", multiple: true, default: [] },
                "dry-run": { type: "boolean", default: false },
                yes: { type: "boolean", default: false },
                help: { type: "boolean", default: false },
            },
        }).values;
    } catch (error) {
        throw new UsageError(`${(error as Error).message.split(". ")[0]}; --help says what there is`);
    }
}

/** Owner and name, each with the number that GitHub's tokens may add. */
const REPOSITORY = /^[A-Za-z0-9][A-Za-z0-9-]*(@\d+)?\/[A-Za-z0-9._-]+(@\d+)?$/;

/** All that is wrong with the arguments, at once. */
function checked(values: ReturnType<typeof parsed>, root: string): Options {
    const wrong: string[] = [];
    const { repository = "", stack, branch, parameters } = values;
    if (!REPOSITORY.test(repository)) {
        const got = repository === "" ? "--repository is missing" : `--repository ${repository} is no repository`;
        wrong.push(`${got}: OWNER/NAME on GitHub, e.g. acme/identity`);
    } else if (repository.split("@").length === 2) {
        wrong.push(
            `--repository ${repository}: GitHub's tokens have both numbers, or none (--help says where they are)`,
        );
    }
    if (!/^[A-Za-z0-9._/-]+$/.test(branch)) wrong.push(`--branch ${branch} is no branch`);
    if (stack.length === 0) wrong.push("--stack is missing: the stacks that live in this account, e.g. --stack dev");
    const files = [...new Set(stack)].flatMap((name) => {
        try {
            return [readStackFile(root, name)];
        } catch (error) {
            if (!(error instanceof UsageError)) throw error;
            wrong.push(error.message);
            return [];
        }
    });
    for (const { file, config } of files) if (!config["aws:region"]) wrong.push(`${file}: aws:region is missing`);
    for (const one of parameters) {
        if (!/^\/[\w./-]+(\/\*)?$/.test(one)) {
            wrong.push(`--parameters ${one} is no parameter: /team/mail/key, or /team/* for all below it`);
        }
    }
    const stacks = files.flatMap((file) => {
        try {
            return [stackOf(file, parameters)];
        } catch (error) {
            if (!(error instanceof UsageError)) throw error;
            wrong.push(error.message);
            return [];
        }
    });
    const regions = [...new Set(files.flatMap(({ config }) => config["aws:region"] ?? []))];
    if (values.region === undefined && regions.length > 1) {
        wrong.push(`the stacks are in ${regions.join(" and ")}: --region says where their state lives`);
    }
    if (values.region !== undefined && !/^[a-z]{2}(-[a-z]+)+-\d$/.test(values.region)) {
        wrong.push(`--region ${values.region} is no region, e.g. eu-central-1`);
    }
    if (wrong.length > 0) throw new UsageError(wrong.join("\n"));
    return {
        ...{ repository, branch, dryRun: values["dry-run"], yes: values.yes },
        project: files[0]!.project,
        region: values.region ?? regions[0]!,
        stacks,
        accounts: files.map(({ file, config }) => ({ file, allowed: list(config["aws:allowedAccountIds"]) })),
    };
}

const list = (json: string | undefined) => (json === undefined ? [] : (JSON.parse(json) as unknown[]).map(String));

/** Whose credentials these are, before anything is asked of them. */
async function lookUp({ project, region, accounts }: Options) {
    const { STSClient, GetCallerIdentityCommand } = await import("@aws-sdk/client-sts");
    const { S3Client } = await import("@aws-sdk/client-s3");
    const { KMSClient } = await import("@aws-sdk/client-kms");
    const { IAMClient } = await import("@aws-sdk/client-iam");
    const options = await clientOptions(region);
    const { Account: id, Arn } = await new STSClient(options).send(new GetCallerIdentityCommand({}));
    const strange = accounts.filter(({ allowed }) => allowed.length > 0 && !allowed.includes(id!));
    if (strange.length > 0) {
        const where = strange.map(({ file, allowed }) => `${file} is for ${allowed.join(", ")}`).join("; ");
        throw new UsageError(`these credentials are of the account ${id}, but ${where} (aws:allowedAccountIds)`);
    }
    const account: Account = { id: id!, partition: parseArn(Arn!).partition, region, project };
    // A bucket of an emulator is not a host of its own.
    const forcePathStyle = process.env.AWS_ENDPOINT_URL !== undefined;
    return {
        account,
        clients: {
            s3: new S3Client({ ...options, forcePathStyle }),
            kms: new KMSClient(options),
            iam: new IAMClient(options),
        },
    };
}

type Clients = Awaited<ReturnType<typeof lookUp>>["clients"];

/** In the order in which they need each other. */
export function thingsOf(
    { s3, kms, iam }: Clients,
    account: Account,
    { stacks, repository }: Pick<Options, "stacks" | "repository">,
): Thing[] {
    const known: Known = {};
    return [
        stateKey(kms, account, known),
        stateBucket(s3, account, known),
        githubProvider(iam, account),
        ...LINKED_ROLES.map((one) => linkedRole(iam, one)),
        ...stacks.flatMap((stack) => [
            stackBoundary(iam, account, stack),
            deployPolicy(iam, account, stack),
            deployOwnPolicy(iam, account, stack),
            ...ROLES.map((kind) => workflowRole(iam, account, known, { repository, stack, kind })),
        ]),
    ];
}

/** What there is and what will be done; returns how many things are not as they should be. */
async function show(things: Thing[], { out, signal }: Surroundings): Promise<number> {
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

async function agreed({ input, out, signal }: Surroundings): Promise<boolean> {
    if (!input.isTTY) throw new UsageError("nobody is there to be asked: --yes does it, --dry-run only looks");
    const lines = createInterface({ input, output: process.stdout });
    try {
        return /^y(es)?$/i.test(await lines.question("\nDo this? [y/N] ", { signal }));
    } finally {
        lines.close();
        if (signal.aborted) out("\n");
    }
}

if (require.main === module) run(bootstrap);
