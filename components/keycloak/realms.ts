/** Realm files: what Keycloak imports at its start, kept in the repository. A mistake in one stops every node from starting. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";

export interface RealmProblem {
    readonly file: string;
    readonly what: string;
    readonly fix: string;
}

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
            ...secretProblems(realm, variables).map((one) => ({ file, ...one })),
        ];
    });
}

type Read = { realm: Json; problem?: undefined } | { realm?: undefined; problem: { what: string; fix: string } };

/** The realm that a file holds, or why it holds none. */
function read(file: string): Read {
    const fix = "one realm as an object, as `kc.sh export` or the admin console writes it";
    let realm: unknown;
    try {
        realm = JSON.parse(readFileSync(file, "utf8"));
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
                fix: `${variable} among the secrets of keycloak, with generate, value or parameter`,
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
        where: `the secret of client ${client.clientId}`,
        value: client.secret,
    }));
    const users = list(realm.users).flatMap((user) =>
        list(user.credentials).map(({ type, value }) => ({
            where: `the ${type ?? "password"} of user ${user.username}`,
            value,
        })),
    );
    const mail = { where: "the password of smtpServer", value: object(realm.smtpServer).password };
    const providers = list(realm.identityProviders).map(({ alias, config }) => ({
        where: `the secret of identity provider ${alias}`,
        value: object(config).clientSecret,
    }));
    return [...clients, ...users, mail, ...providers, ...components(realm)];
}

/** Directories to ask for users, and keys to sign with: by type, each with lists of texts for its settings. */
function components(realm: Json): Found[] {
    return Object.values(object(realm.components)).flatMap((ofType) =>
        list(ofType).flatMap(({ name, config }) =>
            ["bindCredential", "privateKey", "secret", "keystorePassword", "keyPassword"].flatMap((key) =>
                [object(config)[key]].flat().map((value) => ({ where: `${key} of component ${name}`, value })),
            ),
        ),
    );
}

const object = (value: unknown): Json => (value !== null && typeof value === "object" ? (value as Json) : {});
const list = (value: unknown): Json[] => (Array.isArray(value) ? value.map(object) : []);
