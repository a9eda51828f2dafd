import type { z } from "zod";
import type { Problem } from "./checks/common";

type Issue = z.core.$ZodIssue;
type Path = Problem["path"];

/**
 * The part of a configuration that fits the schema, and the problems of the rest. One wrong value does not hide what else is wrong: each
 * value that does not fit is left out, with whatever needs it, and the rest is read again. `needed` are keys at the top that cannot be
 * left out, and what stands in for them.
 */
export function parseValidPart<Schema extends z.ZodType>(
    schema: Schema,
    input: Record<string, unknown>,
    needed: Record<string, unknown> = {},
): { data: z.infer<Schema>; issues: Issue[]; left: Path[] } {
    const rest = structuredClone(input);
    const [issues, left]: [Issue[], Path[]] = [[], []];
    for (;;) {
        const parsed = schema.safeParse(rest);
        if (parsed.success) return { data: parsed.data, issues, left };
        // Of two bounds the nearer one is meant: zod knows one of its own for whole numbers.
        const relevant = parsed.error.issues.filter(
            (issue, i, all) => !all.slice(i + 1).some((item) => isNearer(item, issue)),
        );
        // What is missing only because something in it was left out is not missing in the file.
        issues.push(...relevant.filter((i) => !left.some((l) => isPathPrefix(l, i.path as Path))));
        for (const issue of parsed.error.issues) {
            const at = issue.path as Path;
            const wrong = issue.code === "unrecognized_keys" ? issue.keys.map((key) => [...at, key]) : [at];
            for (const path of wrong) {
                const key = String(path[0]);
                if (path.length === 1 && Object.hasOwn(needed, key)) rest[key] = needed[key];
                else left.push(...remove(rest, path));
                left.push(path);
            }
        }
    }
}

const isNearer = (item: Issue, than: Issue) =>
    item.code === "too_big" && than.code === "too_big" && isPathPrefix(item.path as Path, than.path as Path);

/** Takes a value out, and what is nothing without it: the mapping that lacks it, the list that held it. Says what went with it. */
function remove(from: Record<string, unknown>, path: Path): Path[] {
    const above = path.slice(0, -1);
    const parent = above.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], from);
    const key = path.at(-1)!;
    if (parent === null || typeof parent !== "object" || above.length === 0) {
        delete from[key];
        return [];
    }
    if (Array.isArray(parent) || !Object.hasOwn(parent, key)) return [above, ...remove(from, above)];
    delete (parent as Record<string, unknown>)[key];
    return Object.keys(parent).length === 0 ? [above] : [];
}

/** Whether a path is another, or leads into it. */
export const isPathPrefix = (path: Path, to: Path) => path.length <= to.length && path.every((key, i) => key === to[i]);
