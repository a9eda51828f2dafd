/** From a file of another tool to the files of heritages. Writes nothing. */
import path from "node:path";
import { UsageError } from "../shared/errors";
import { assemble } from "./assemble";
import type { Draft, Tree } from "./heritage";
import { find } from "./input";
import { judge } from "./judge";
import type { Input, Note } from "./model";
import type { Node } from "./node";
import { difference, environmentOf } from "./overrides";
import { nameRest } from "./rest";
import { written } from "./write";

export interface Converted {
    /** "a compose file" */
    readonly format: string;
    readonly files: readonly {
        readonly name: string;
        readonly text: string;
        readonly tree: Tree;
        readonly notes: readonly Note[];
    }[];
    /** What the file says and is so here without being said, with the reason. */
    readonly leftOut: readonly { readonly where: string; readonly reason: string }[];
    /** What was read, for whoever wants to see that nothing is lost. */
    readonly roots: readonly Node[];
}

export interface Wanted {
    /** A file or a folder. */
    readonly named: string;
    /** The project's folder. */
    readonly root: string;
    /** The heritage's name. @default the file's, or the folder's */
    readonly name?: string;
    /** Which of the file's own environments. @default all that mean dev or prod */
    readonly environment?: string;
}

/** Throws a `UsageError` where there is nothing to convert. */
export function convert({ named, root, name, environment }: Wanted): Converted {
    const { format, input } = find(named);
    const known = format.environments(input);
    if (environment !== undefined && !known.includes(environment)) {
        const which = known.length > 0 ? `it has ${known.join(", ")}` : "it has none";
        throw new UsageError(`--environment ${environment}: ${named} has no environment of that name; ${which}`);
    }
    const read = (of: string | undefined, base?: readonly Draft[]) => {
        const app = format.read(input, of);
        if (app.workloads.length === 0) {
            const why = app.notes.map(({ text }) => `\n  - ${text}`).join("");
            throw new UsageError(`${named}: nothing of it would run as an application${why && `:${why}`}`);
        }
        const own = name ?? app.name ?? path.basename(path.resolve(input.folder));
        return assemble(app, own, { root, folder: input.folder, base });
    };
    const { drafts, placed } = read(environment);
    if (environment === undefined)
        for (const knownEnvironment of known) override(knownEnvironment, drafts, read, format.name);
    // Of the file's own environments one is asked for: the others are not of interest.
    nameRest(
        input.roots,
        drafts,
        placed,
        (environmentName) => environment !== undefined && environmentName !== environment,
    );
    judge(drafts);
    return {
        format: format.name,
        files: drafts.map((draft) => ({
            name: draft.name,
            text: written(
                draft,
                path.join(input.folder === "." ? "" : path.basename(path.resolve(input.folder)), input.file),
            ),
            tree: draft.tree,
            notes: draft.notes,
        })),
        leftOut: leftOut(input),
        roots: input.roots,
    };
}

/** What one of the file's own environments has otherwise, for the environment here that it means. */
function override(
    of: string,
    drafts: readonly Draft[],
    read: (of: string, base: readonly Draft[]) => { drafts: Draft[] },
    format: string,
) {
    const target = environmentOf(of);
    if (target === undefined || format === "a compose file") return;
    for (const other of read(of, drafts).drafts) {
        const draft = drafts.find(({ name }) => name === other.name);
        if (!draft) {
            drafts[0]!.note(
                "todo",
                `The environment ${of} has another image for ${other.name}: --environment ${of} shows its file.`,
                [],
            );
            continue;
        }
        const different = difference(draft.tree, other.tree) as Tree | undefined;
        if (different)
            draft.tree = { ...draft.tree, environments: { ...(draft.tree.environments as Tree), [target]: different } };
        for (const note of other.notes) draft.note(note.kind, note.text, note.place);
    }
}

function leftOut({ roots }: Input): Converted["leftOut"] {
    return roots.flatMap((root) =>
        root
            .leaves()
            .flatMap(({ path: at, reason, where }) =>
                reason === undefined || at.length === 0
                    ? []
                    : [{ where: root === roots[0] ? where : `${root.file}: ${where}`, reason }],
            ),
    );
}
