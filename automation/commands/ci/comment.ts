/** The text of a pull request's comment. */
import { comment as commentOf } from "../../ci/comment";
import type { CommandContext } from "../../shared/context";
import { previewed, stacksOf } from "./stacks";

/** `folder`: where access-<stack>.md and preview-<stack>.md are. */
export function comment(
    { folder }: { readonly folder: string },
    { root, out, env = process.env }: Pick<CommandContext, "root" | "out" | "env">,
): number {
    const { GITHUB_SERVER_URL: server = "https://github.com", GITHUB_REPOSITORY: name, GITHUB_RUN_ID: id } = env;
    out(commentOf(previewed(root, stacksOf(root)), folder, `${server}/${name}/actions/runs/${id}`));
    return 0;
}
