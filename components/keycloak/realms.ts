/** Realm files: what Keycloak imports at its start, kept in the repository. A mistake in one stops every node from starting. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";

export interface RealmProblem {
    readonly file: string;
    readonly what: string;
    readonly fix: string;
}

/** What Keycloak takes in no realm's name (`ReservedCharValidator.validateNoSpace` in its sources), since it is part of URLs. */
const RESERVED = /[\s\p{Cc}:/?#@!$&()*+,;=[\]\\]/u;
/** A variable of the node's environment, put in when the file is imported. Where there is no such variable, the text stays. */
const PLACEHOLDER = /^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$/;
const VARIABLE = "REALM_SECRET";

type Json = Record<string, unknown>;

/**
 * What is wrong with the realm files of a folder, all at once; nothing where there is no folder. `variables` are those that
 * the nodes are given for them (`realmSecrets`).
 */
export function realmProblems(folder: string, variables: readonly string[] = []): RealmProblem[] {
    if (!existsSync(folder)) return [];
    if (!statSync(folder).isDirectory())
        return [{ file: folder, what: "is no folder", fix: "a folder with a file to a realm" }];
    const files = readdirSync(folder)
        .filter((name) => name.endsWith(".json"))
        .sort()
        .map((name) => path.join(folder, name));
    const owners = new Map<string, string>();
    return files.flatMap((file) => {
        const { realm, problem } = read(file);
        if (!realm) return [{ file, ...problem }];
        const name = String(realm.realm);
        const first = owners.get(name);
        owners.set(name, first ?? file);
        return [
            ...(first === undefined
                ? []
                : [
                      {
                          file,
                          what: `is the realm ${name}, and so is ${first}: Keycloak takes one of them`,
                          fix: "one file to a realm, with all that is in it",
                      },
                  ]),
            ...secretProblems(realm, variables).map((problem) => ({ file, ...problem })),
        ];
    });
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

/** Values that must not be in a repository, where they are easy to see. */
function secretProblems(realm: Json, variables: readonly string[]): { what: string; fix: string }[] {
    return secretsOf(realm).flatMap(({ where, value }) => {
        if (typeof value !== "string" || value === "") return [];
        const variable = PLACEHOLDER.exec(value)?.[1];
        if (variable === undefined) {
            const starred = /^\*+$/.test(value);
            return [
                {
                    what: starred
                        ? `${where} is the stars that an export shows in its place, and they would become the secret`
                        : `${where} is in the clear`,
                    fix: `"\${${VARIABLE}}" in the file, and ${VARIABLE} (under a name of your own) among the secrets of keycloak`,
                },
            ];
        }
        if (variables.includes(variable)) return [];
        return [
            {
                what: `${where} is \${${variable}}, and nobody gives the nodes ${variable}: the text itself would be the secret`,
                fix: `${variable} among the secrets of keycloak, with generate, value, parameter or set`,
            },
        ];
    });
}

interface Found {
    readonly where: string;
    readonly value: unknown;
}

function secretsOf(realm: Json): Found[] {
    const clients = list(realm.clients).map((client) => ({
        where: `the secret of client ${called(client.clientId, client.name, client.id)}`,
        value: client.secret,
    }));
    const users = list(realm.users).flatMap((user) =>
        list(user.credentials).map(({ type, value }) => ({
            where: `the ${called(type, "password")} of user ${called(user.username, user.email, user.id)}`,
            value,
        })),
    );
    const mail = { where: "the password of smtpServer", value: object(realm.smtpServer).password };
    const providers = list(realm.identityProviders).map(({ alias, providerId, config }) => ({
        where: `the secret of identity provider ${called(alias, providerId)}`,
        value: object(config).clientSecret,
    }));
    return [...clients, ...users, mail, ...providers, ...components(realm)];
}

/** Directories to ask for users, and keys to sign with: by type, each with lists of texts for its settings. */
function components(realm: Json): Found[] {
    return Object.entries(object(realm.components)).flatMap(([type, ofType]) =>
        list(ofType).flatMap(({ name, id, providerId, config }) =>
            ["bindCredential", "privateKey", "secret", "keystorePassword", "keyPassword"].flatMap((key) =>
                [object(config)[key]]
                    .flat()
                    .map((value) => ({ where: `${key} of component ${called(name, providerId, id, type)}`, value })),
            ),
        ),
    );
}

/** The first of several names that there is. */
const called = (...names: unknown[]) =>
    names.find((name) => typeof name === "string" && name !== "") ?? "(without a name)";

const object = (value: unknown): Json => (value !== null && typeof value === "object" ? (value as Json) : {});
const list = (value: unknown): Json[] => (Array.isArray(value) ? value.map(object) : []);
