/** What the workflows ask of the stacks of this folder. */
import path from "node:path";
import { environmentNamed } from "../../../config/environments";
import { protectionOf, renderProtection } from "../../bootstrap/github";
import { accessComment } from "../../ci/access";
import { comment as commentOf } from "../../ci/comment";
import { planFolder } from "../../plan/files";
import { stackNames } from "../../plan/stack-names";
import { readStackFile } from "../../plan/stack-file";
import type { CommandContext } from "../../shared/context";
import { UsageError } from "../../shared/errors";
import type { AccessInput } from "../ci";

type Context = Pick<CommandContext, "root" | "out" | "env">;

export function stacks({ root, out }: Context): number {
    const names = stacksOf(root);
    out(`stacks=${JSON.stringify(names)}\npreviewed=${JSON.stringify(previewed(root, names))}\n`);
    return 0;
}

/** Whether the branch main and the environments on GitHub are protected as `identity bootstrap` prints it. */
export async function protection({ root, out, env = process.env }: Context): Promise<number> {
    const { GITHUB_TOKEN: token, GITHUB_REPOSITORY: name, GITHUB_API_URL: api = "https://api.github.com" } = env;
    if (!token || !name) throw new UsageError("not in the environment: GITHUB_TOKEN, GITHUB_REPOSITORY");
    const stacks = stacksOf(root).map((stack) => ({ name: stack, region: "", production: isProduction(root, stack) }));
    const found = await protectionOf({ api, name, branch: "main", token }, stacks);
    const lines = renderProtection(found);
    out(lines.length === 0 ? "main and the environments are protected\n" : `${lines.join("\n")}\n`);
    return found.findings.length > 0 ? 1 : 0;
}

/** What a change does to who may do what, as a part of the comment of its pull request. */
export function access({ stack, base }: AccessInput, { root, out }: Context): number {
    const [before, after] = [base, root].map((folder) => path.join(path.resolve(root, folder), planFolder(stack)));
    out(accessComment(stack, before!, after!));
    return 0;
}

/** The text of a pull request's comment. `folder`: where access-<stack>.md and preview-<stack>.md are. */
export function comment({ folder }: { readonly folder: string }, { root, out, env = process.env }: Context): number {
    const { GITHUB_SERVER_URL: server = "https://github.com", GITHUB_REPOSITORY: name, GITHUB_RUN_ID: id } = env;
    out(commentOf(previewed(root, stacksOf(root)), folder, `${server}/${name}/actions/runs/${id}`));
    return 0;
}

function stacksOf(root: string): string[] {
    const names = stackNames(root);
    if (names.length === 0) throw new UsageError(`there is no Pulumi.<stack>.yaml in ${root}`);
    return names;
}

/** Those that are previewed from any branch. */
const previewed = (root: string, names: readonly string[]) => names.filter((name) => !isProduction(root, name));

function isProduction(root: string, stack: string): boolean {
    const { config, project } = readStackFile(root, stack);
    return environmentNamed(config[`${project}:environment`]).production;
}
