/** Realm files: what Keycloak imports at its start, kept in the repository. A mistake in one stops every node from starting. */
import { existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { jsonFiles } from "./realm-files";
import { placeholderProblems } from "./realm-placeholders";
import { type Json, type RealmVariables, secretProblems, secretVariables } from "./realm-secrets";

export interface RealmProblem {
    readonly file: string;
    readonly what: string;
    readonly fix: string;
}

/** What Keycloak takes in no realm's name (`ReservedCharValidator.validateNoSpace` in its sources), since it is part of URLs. */
const RESERVED = /[\s\p{Cc}:/?#@!$&()*+,;=[\]\\]/u;
/**
 * How `kc.sh export --dir` calls its files: the realm in one, its users in others beside it. Keycloak takes these together by their
 * names, and every other `.json` as a realm by itself.
 */
const USERS = /^(.+?)-(federated-)?users-\d+\.json$/;
/** The realm whose users a file has; undefined for a realm's own file. */
export const usersOf = (file: string) => USERS.exec(path.basename(file))?.[1];

/**
 * What is wrong with the realm files of some folders, all at once; nothing where there is no folder. `variables` are those that the
 * nodes are given for them.
 */
export function realmProblems(folders: readonly string[], variables: RealmVariables = NONE): RealmProblem[] {
    const wrong = folders.filter((folder) => existsSync(folder) && !statSync(folder).isDirectory());
    const files = folders.filter((folder) => !wrong.includes(folder)).flatMap(jsonFiles);
    const owners = new Map<string, string>();
    return [
        ...wrong.map((folder) => ({ file: folder, what: "is no folder", fix: "a folder with a file to a realm" })),
        ...sameNames(files),
        ...files.flatMap((file) => {
            const { realm, problem } = read(file);
            if (!realm) return [{ file, ...problem }];
            return [
                ...(usersOf(file) !== undefined
                    ? usersProblems(file, realm, files)
                    : takenProblems(file, realm, owners)),
                ...secretProblems(realm, variables).map((problem) => ({ file, ...problem })),
                ...placeholderProblems(realm, {
                    ...variables,
                    known: [...variables.known, ...secretVariables(realm)], // of which the line before says whether they are
                }).map((problem) => ({ file, ...problem })),
            ];
        }),
    ];
}

const NONE: RealmVariables = { known: [], generated: [], unfit: [] };

/** Folders come together in one, in the image. */
function sameNames(files: readonly string[]): RealmProblem[] {
    const names = files.map((file) => path.basename(file));
    return files
        .filter((_, i) => names.indexOf(names[i]!) < i)
        .map((file) => ({
            file,
            what: `is called like ${files[names.indexOf(path.basename(file))]}, whose place it would take in the image`,
            fix: "another file name; the realm's own name is in the file",
        }));
}

function takenProblems(file: string, { realm }: Json, owners: Map<string, string>): RealmProblem[] {
    const name = String(realm);
    const first = owners.get(name);
    owners.set(name, first ?? file);
    if (first === undefined) return [];
    return [
        {
            file,
            what: `is the realm ${name}, and so is ${first}: Keycloak takes one of them`,
            fix: "one file to a realm, with all that is in it",
        },
    ];
}

/** Users are imported with the realm that the name of their file begins with, and without it not at all. */
function usersProblems(file: string, { realm }: Json, files: readonly string[]): RealmProblem[] {
    const [, name] = USERS.exec(path.basename(file))!;
    const beside = path.join(path.dirname(file), `${name}-realm.json`);
    if (!files.includes(beside)) {
        const what = `holds users of an export, and there is no ${beside}: Keycloak would take it for a realm of its own`;
        return [{ file, what, fix: `the export's ${name}-realm.json beside it; or the users in the realm's own file` }];
    }
    if (realm === name) return [];
    return [
        {
            file,
            what: `holds users of the realm ${String(realm)}, and its name says ${name}`,
            fix: `${String(realm)}-users-0.json, beside ${String(realm)}-realm.json`,
        },
    ];
}

type Read = { realm: Json; problem?: undefined } | { realm?: undefined; problem: { what: string; fix: string } };

/** The realm that a file holds, or why it holds none. */
function read(file: string): Read {
    const fix = "one realm as an object, as `kc.sh export` or the admin console writes it";
    let realm: unknown;
    let bytes: Buffer;
    try {
        bytes = readFileSync(file);
    } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        return { problem: { what: code === "EISDIR" ? "is a folder" : `cannot be read (${code})`, fix: "a file" } };
    }
    const encoding = encodingProblem(bytes);
    if (encoding) return { problem: { what: encoding, fix: "save it as UTF-8, without a byte order mark" } };
    try {
        realm = JSON.parse(bytes.toString("utf8"));
    } catch {
        // The parser's own message quotes the text around the mistake, which may be a secret.
        return { problem: { what: "is no JSON", fix: `${fix}; npx prettier ${file} shows the place` } };
    }
    if (realm === null || typeof realm !== "object" || Array.isArray(realm)) {
        return { problem: { what: "is no object", fix } };
    }
    const { realm: name } = realm as Json;
    if (typeof name !== "string" || name === "") {
        return { problem: { what: "does not say which realm it is", fix: '"realm": "<name>" at the top' } };
    }
    const reserved = RESERVED.exec(name)?.[0];
    if (reserved !== undefined) {
        const shown = reserved === " " ? "space" : JSON.stringify(reserved);
        return {
            problem: {
                what: `is the realm "${name}", and Keycloak takes no ${shown} in a realm's name`,
                fix: "letters, digits and -_.; what people read is displayName",
            },
        };
    }
    if (name === "master") {
        return {
            problem: {
                what: "is the realm master, which Keycloak makes itself, and an import does not change",
                fix: "a realm of another name; master is for administrators",
            },
        };
    }
    return { realm: realm as Json };
}

/** Whatever is no plain UTF-8: Keycloak reads it as that. */
function encodingProblem(bytes: Buffer): string | undefined {
    const [first, second, third] = bytes;
    if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return "is UTF-16";
    if (first === 0xef && second === 0xbb && third === 0xbf) return "begins with a byte order mark, which is no JSON";
    try {
        new TextDecoder("utf-8", { fatal: true }).decode(bytes);
        return undefined;
    } catch {
        return "is not UTF-8";
    }
}
