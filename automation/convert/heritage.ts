/** A heritage's file that is being written: its keys, and what a person has to know of each. */
import type { Note } from "./model";
import type { Path } from "./node";

export type Tree = Record<string, unknown>;

export class Draft {
    readonly notes: Note[] = [];
    /** In the order of the file. */
    tree: Tree = {};
    /** What is refused and cannot go. */
    readonly kept = new Set<string>();

    constructor(readonly name: string) {}

    note(kind: Note["kind"], text: string, place: Path) {
        if (!this.notes.some((one) => one.text === text && (one.kind === kind || kind === "changed"))) {
            this.notes.push({ kind, text, place, top: true });
        }
    }
}

export const isTree = (value: unknown): value is Tree =>
    value !== null && typeof value === "object" && !Array.isArray(value);

/** Without what is undefined. */
export function defined(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(defined);
    if (!isTree(value)) return value;
    return Object.fromEntries(
        Object.entries(value)
            .filter(([, inner]) => inner !== undefined)
            .map(([key, inner]) => [key, defined(inner)]),
    );
}

export function valueAt(tree: unknown, path: Path): unknown {
    return path.reduce<unknown>(
        (value, key) => (value !== null && typeof value === "object" ? (value as Tree)[key] : undefined),
        tree,
    );
}

/** Takes a value out, and mappings that are empty without it. Says whether it was there. */
export function removeAt(tree: Tree, path: Path): boolean {
    const key = path.at(-1)!;
    const parent = path.length > 1 ? valueAt(tree, path.slice(0, -1)) : tree;
    if (parent === null || typeof parent !== "object" || !Object.hasOwn(parent, key)) return false;
    if (Array.isArray(parent)) parent.splice(Number(key), 1);
    else delete (parent as Tree)[key];
    const isGone =
        Object.keys(parent).length === 0 &&
        path.length > 1 &&
        !["services", "scheduled_tasks"].includes(String(path.at(-3)));
    if (isGone && path.length !== 3) removeAt(tree, path.slice(0, -1));
    return true;
}
