/** Writes the comment of a pull request. */
import { comment as commentOf, publish } from "../../ci/comment";
import type { CommandContext } from "../../shared/context";
import { UsageError } from "../../shared/errors";
import { previewed, stacksOf } from "./stacks";

export interface CommentInput {
    readonly pullRequest: number;
    /** Where access-<stack>.md and preview-<stack>.md are. */
    readonly folder: string;
}

export async function comment(
    { pullRequest, folder }: CommentInput,
    { root, out, env = process.env }: Pick<CommandContext, "root" | "out" | "env">,
): Promise<number> {
    const stacks = previewed(root, stacksOf(root));
    const missing = ["GITHUB_TOKEN", "GITHUB_REPOSITORY", "GITHUB_RUN_ID"].filter((name) => !env[name]);
    if (missing.length > 0) throw new UsageError(`not in the environment: ${missing.join(", ")}`);
    const { GITHUB_SERVER_URL: server = "https://github.com", GITHUB_API_URL: api = "https://api.github.com" } = env;
    const body = commentOf(stacks, folder, `${server}/${env.GITHUB_REPOSITORY}/actions/runs/${env.GITHUB_RUN_ID}`);
    const request = {
        api,
        repository: env.GITHUB_REPOSITORY!,
        number: String(pullRequest),
        token: env.GITHUB_TOKEN!,
    };
    out(`the comment was ${await publish(body, request)}\n`);
    return 0;
}
