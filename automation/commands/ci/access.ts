/** What a change does to who may do what, as a part of the comment of its pull request. */
import path from "node:path";
import { accessComment } from "../../ci/access";
import { planFolder } from "../../plan/files";
import type { CommandContext } from "../../shared/context";
import type { AccessInput } from "../ci";

export function access({ stack, base }: AccessInput, { root, out }: Pick<CommandContext, "root" | "out">): number {
    const [before, after] = [base, root].map((folder) => path.join(path.resolve(root, folder), planFolder(stack)));
    out(accessComment(stack, before!, after!));
    return 0;
}
