/** The stacks of this folder, and which of them are of production. */
import { readdirSync } from "node:fs";
import { environmentNamed } from "../../../config/environments";
import { readStackFile } from "../../plan/stack-file";
import type { CommandContext } from "../../shared/context";
import { UsageError } from "../../shared/errors";

export function stacks({ root, out }: Pick<CommandContext, "root" | "out">): number {
    const names = stacksOf(root);
    out(`stacks=${JSON.stringify(names)}\npreviewed=${JSON.stringify(previewed(root, names))}\n`);
    return 0;
}

/** Names that a workflow can be trusted with: they end up in commands. */
export function stacksOf(root: string): string[] {
    const names = readdirSync(root)
        .flatMap((file) => /^Pulumi\.([A-Za-z0-9_][\w.-]*)\.yaml$/.exec(file)?.[1] ?? [])
        .sort();
    if (names.length === 0) throw new UsageError(`there is no Pulumi.<stack>.yaml in ${root}`);
    return names;
}

/** Those that are previewed from any branch. */
export const previewed = (root: string, names: readonly string[]) => names.filter((name) => !isProduction(root, name));

export function isProduction(root: string, stack: string): boolean {
    const { config, project } = readStackFile(root, stack);
    return environmentNamed(config[`${project}:environment`]).production;
}
