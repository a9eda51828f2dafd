/** What `identity bootstrap` is asked for, checked. */
import { stackOf } from "../../bootstrap/stack";
import type { StackName } from "../../bootstrap/names";
import { readStackFile } from "../../plan/stack-file";
import { UsageError } from "../../shared/errors";
import type { BootstrapInput } from "../bootstrap";

export interface Options {
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

/** Owner and name, each with the number that GitHub's tokens may add. */
const REPOSITORY = /^[A-Za-z0-9][A-Za-z0-9-]*(@\d+)?\/[A-Za-z0-9._-]+(@\d+)?$/;

/** All that is wrong with the arguments, at once. */
export function checked(input: BootstrapInput, root: string): Options {
    const wrong: string[] = [];
    const { repository = "", stack, branch, parameters } = input;
    if (!REPOSITORY.test(repository)) {
        const got = repository === "" ? "--repository is missing" : `--repository ${repository} is no repository`;
        wrong.push(`${got}: OWNER/NAME on GitHub, e.g. acme/identity`);
    } else if (repository.split("@").length === 2) {
        wrong.push(
            `--repository ${repository}: GitHub's tokens have both numbers, or none (identity bootstrap --help says where they are)`,
        );
    }
    if (!/^[A-Za-z0-9._/-]+$/.test(branch)) wrong.push(`--branch ${branch} is no branch`);
    if (stack.length === 0) wrong.push("--stack is missing: the stacks that live in this account, e.g. --stack dev");
    /** What `read` returns; what it refuses is one of the things that are wrong. */
    const orWrong = <T>(read: () => T): T[] => {
        try {
            return [read()];
        } catch (error) {
            if (!(error instanceof UsageError)) throw error;
            wrong.push(error.message);
            return [];
        }
    };
    const files = [...new Set(stack)].flatMap((name) => orWrong(() => readStackFile(root, name)));
    for (const { file, config } of files) if (!config["aws:region"]) wrong.push(`${file}: aws:region is missing`);
    for (const parameter of parameters) {
        if (!/^\/[\w./-]+(\/\*)?$/.test(parameter)) {
            wrong.push(`--parameters ${parameter} is no parameter: /team/mail/key, or /team/* for all below it`);
        }
    }
    const stacks = files.flatMap((file) => orWrong(() => stackOf(file, parameters, input.realms)));
    const regions = [...new Set(files.flatMap(({ config }) => config["aws:region"] ?? []))];
    if (input.region === undefined && regions.length > 1) {
        wrong.push(`the stacks are in ${regions.join(" and ")}: --region says where their state lives`);
    }
    if (input.region !== undefined && !/^[a-z]{2}(-[a-z]+)+-\d$/.test(input.region)) {
        wrong.push(`--region ${input.region} is no region, e.g. eu-central-1`);
    }
    if (wrong.length > 0) throw new UsageError(wrong.join("\n"));
    return {
        repository,
        branch,
        dryRun: input.dryRun,
        yes: input.yes,
        project: files[0]!.project,
        region: input.region ?? regions[0]!,
        stacks,
        accounts: files.map(({ file, config }) => ({ file, allowed: list(config["aws:allowedAccountIds"]) })),
    };
}

const list = (json: string | undefined) => (json === undefined ? [] : (JSON.parse(json) as unknown[]).map(String));
