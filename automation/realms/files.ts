/** The realm files of a stack, with the values of their variables. */
import path from "node:path";
import { jsonFiles, readRealm } from "../../components/keycloak/realm-files";
import { PLACEHOLDER } from "../../components/keycloak/realm-placeholders";
import { realmProblems, usersOf } from "../../components/keycloak/realms";
import { realmFolders } from "../../config/keycloak/realm-folders";
import { UsageError } from "../shared/errors";
import type { Target } from "../verify/target";
import type { Json } from "./objects";

export interface RealmFile {
    readonly realm: string;
    /** From the project's root. */
    readonly file: string;
    /** As Keycloak reads it. */
    readonly content: Json;
    /** Values of its variables that are secrets. */
    readonly secrets: readonly string[];
}

/** Those of `realms`, or all. `root`: the folder with `images`. */
export async function realmFiles(
    realms: readonly string[],
    { stack, root }: { stack: string; root: string },
    target: Target,
): Promise<RealmFile[]> {
    const folders = realmFolders(stack).map((folder) => path.join(root, folder));
    const shown = (file: string) => path.relative(root, file);
    const files = folders.flatMap(jsonFiles).filter((file) => usersOf(file) === undefined);
    const all = files.map((file) => ({ file, read: readRealm(file) }));
    // What variables there are the nodes say; whether they are right, the plan.
    const known = all.flatMap(({ read }) => [...JSON.stringify(read).matchAll(PLACEHOLDER)].map(([, name]) => name!));
    const problems = realmProblems(folders, { known, generated: [], unfit: [] });
    if (problems.length > 0) {
        throw new UsageError(
            problems
                .map(({ file, what, fix }) => `${file} ${what}\n    → ${fix}`)
                .join("\n")
                .replaceAll(`${root}${path.sep}`, ""),
        );
    }
    const names = all.map(({ read }) => String(read.realm));
    const unknown = realms.filter((realm) => !names.includes(realm));
    if (unknown.length > 0 || names.length === 0) {
        const there =
            names.length > 0 ? `there are: ${names.join(", ")}` : `${folders.map(shown).join(" and ")} have none`;
        throw new UsageError(
            `there is no file of ${unknown.length > 0 ? `the realm ${unknown.join(", ")}` : "a realm"}; ${there}`,
        );
    }
    const variables = await givenTo(target, known);
    return all
        .map(({ file, read }) => ({ file: shown(file), realm: String(read.realm), ...filled(read, variables) }))
        .filter(({ realm }) => realms.length === 0 || realms.includes(realm));
}

interface Variables {
    readonly clear: Readonly<Record<string, string>>;
    readonly secret: Readonly<Record<string, string>>;
}

/** What the nodes are given of these. */
async function givenTo(target: Target, names: readonly string[]): Promise<Variables> {
    const { containerDefinitions = [] } = await target.taskDefinition("keycloak");
    const clear = Object.fromEntries(
        containerDefinitions.flatMap(({ environment = [] }) =>
            environment.map(({ name, value }) => [name!, value ?? ""] as const),
        ),
    );
    const secrets = new Set(containerDefinitions.flatMap(({ secrets: all = [] }) => all.map(({ name }) => name!)));
    const secret: Record<string, string> = {};
    for (const name of new Set(names)) if (secrets.has(name)) secret[name] = await target.secret("keycloak", name);
    return { clear, secret };
}

/** Keycloak puts values into the file's text; one that nobody gives stays as it is. */
function filled(realm: Json, { clear, secret }: Variables): Pick<RealmFile, "content" | "secrets"> {
    const text = JSON.stringify(realm);
    const content = text.replaceAll(PLACEHOLDER, (all, name: string, otherwise?: string) => {
        const value = secret[name] ?? clear[name] ?? otherwise;
        return value === undefined ? all : JSON.stringify(value).slice(1, -1);
    });
    const used = [...text.matchAll(PLACEHOLDER)].flatMap(([, name]) => secret[name!] ?? []);
    return { content: JSON.parse(content) as Json, secrets: [...new Set(used)].filter((value) => value !== "") };
}
