/** A heritage's file that is being written: its keys, and what a person has to know of each. */
import { isMap } from "../plan/leaves";
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

    readonly note = (kind: Note["kind"], text: string, place: Path) => {
        if (!this.notes.some((note) => note.text === text && (note.kind === kind || kind === "changed"))) {
            this.notes.push({ kind, text, place, top: true });
        }
    };
}

/** Without what is undefined. */
export function defined(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(defined);
    if (!isMap(value)) return value;
    return Object.fromEntries(
        Object.entries(value)
            .filter(([, inner]) => inner !== undefined)
            .map(([key, inner]) => [key, defined(inner)]),
    );
}

/** The same; undefined where nothing is left. */
export function some(record: Tree): Tree | undefined {
    const tree = defined(record) as Tree;
    return Object.keys(tree).length > 0 ? tree : undefined;
}

export function valueAt(tree: unknown, path: Path): unknown {
    return path.reduce<unknown>(
        (value, key) => (value !== null && typeof value === "object" ? (value as Tree)[key] : undefined),
        tree,
    );
}

/** Takes a value out, and a mapping that is empty without it; elements of lists and what has a name of its own stay. */
export function removeAt(tree: Tree, path: Path) {
    const [above, key] = [path.slice(0, -1), path.at(-1)!];
    const parent = above.length > 0 ? valueAt(tree, above) : tree;
    if (Array.isArray(parent)) parent.splice(Number(key), 1);
    else if (isMap(parent)) delete parent[key];
    else return;
    const [last, of] = [above.at(-1), above.at(-2)];
    if (above.length === 0 || Object.keys(parent).length > 0 || typeof last === "number" || NAMED.includes(String(of)))
        return;
    removeAt(tree, above);
}

const NAMED = ["services", "scheduled_tasks", "uses", "volumes", "secrets"];
