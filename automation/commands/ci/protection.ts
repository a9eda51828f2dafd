/** Whether the branch main and the environments on GitHub are protected as `identity bootstrap` prints it. */
import { protectionOf, renderProtection } from "../../bootstrap/github";
import type { CommandContext } from "../../shared/context";
import { UsageError } from "../../shared/errors";
import { isProduction, stacksOf } from "./stacks";

export async function protection({
    root,
    out,
    env = process.env,
}: Pick<CommandContext, "root" | "out" | "env">): Promise<number> {
    const { GITHUB_TOKEN: token, GITHUB_REPOSITORY: name, GITHUB_API_URL: api = "https://api.github.com" } = env;
    if (!token || !name) throw new UsageError("not in the environment: GITHUB_TOKEN, GITHUB_REPOSITORY");
    const stacks = stacksOf(root).map((stack) => ({ name: stack, region: "", production: isProduction(root, stack) }));
    const found = await protectionOf({ api, name, branch: "main", token }, stacks);
    const lines = renderProtection(found);
    out(lines.length === 0 ? "main and the environments are protected\n" : `${lines.join("\n")}\n`);
    return found.findings.length > 0 ? 1 : 0;
}
