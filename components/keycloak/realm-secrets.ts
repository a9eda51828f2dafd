/** Values of a realm file that must not be in a repository, where they are. */

export type Json = Record<string, unknown>;

export interface Finding {
    readonly what: string;
    readonly fix: string;
}

/** What the nodes are given beside their own settings (`environment` and `realmSecrets`), by name. */
export interface RealmVariables {
    readonly known: readonly string[];
    /** Those that are passwords which the program makes: no key is one of them. */
    readonly generated: readonly string[];
    /** Those whose value, as far as it is known, is no part of a JSON text as it stands: see `isPartOfJson`. */
    readonly unfit: readonly string[];
}

/** Keycloak 26.7.3 puts a value into the file's text before it reads that: a line break or a quote in it is a mistake of JSON. */
export const isPartOfJson = (value: string) => !/["\\\p{Cc}]/u.test(value);

/** A variable of the node's environment, put in when the file is imported. Where there is no such variable, the text stays. */
const PLACEHOLDER = /^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$/;
const VARIABLE = "REALM_SECRET";
/** Settings of a config that are secrets: clientSecret, bindCredential, keystorePassword, privateKey, p8Content (Apple's key), secret.key. */
const SECRET_KEY = /(secret|password|private[._]?key|credential|p8Content|secret\.key)$/i;
const KEY = /(private[._]?key|p8Content)$/i;
/** Whether a setting of a realm is a secret by its name. */
export const isSecretSetting = (key: string) => SECRET_KEY.test(key);

interface Found {
    readonly where: string;
    readonly value: unknown;
    /** A key in a form of its own, such as PEM: no generated password will do. */
    readonly isKey?: boolean;
    /** What is not to be in the file at all, and why that does no harm. */
    readonly leaveOut?: string;
}

export function secretProblems(realm: Json, variables: RealmVariables): Finding[] {
    return [...secretsOf(realm).flatMap((found) => problemOf(found, variables)), ...generatedKeys(realm)];
}

/** The variables that secrets are: whether they are known `secretProblems` says. */
export const secretVariables = (realm: Json): string[] =>
    secretsOf(realm).flatMap(({ value }) => (typeof value === "string" ? (PLACEHOLDER.exec(value)?.[1] ?? []) : []));

function problemOf({ where, value, isKey, leaveOut }: Found, { known, generated }: RealmVariables): Finding[] {
    if (typeof value !== "string" || value === "" || value === "true" || value === "false") return [];
    if (leaveOut !== undefined) return [{ what: `${where} is in the file`, fix: `leave it out: ${leaveOut}` }];
    const sources = isKey
        ? "value, parameter, secret or set: the key on one line, without its BEGIN and END"
        : undefined;
    const variable = PLACEHOLDER.exec(value)?.[1];
    if (variable === undefined) {
        const what = /^\*+$/.test(value)
            ? `${where} is the stars that an export shows in its place, and they would become the secret`
            : `${where} is in the clear`;
        const fix = `"\${${VARIABLE}}" in the file, and ${VARIABLE} (under a name of your own) among the secrets of keycloak`;
        return [{ what, fix: sources ? `${fix}, with ${sources}` : fix }];
    }
    if (!known.includes(variable)) {
        return [
            {
                what: `${where} is \${${variable}}, and nobody gives the nodes ${variable}: the text itself would be the secret`,
                fix: `${variable} among the secrets of keycloak, with ${sources ?? "generate, value, parameter or set"}`,
            },
        ];
    }
    if (!isKey || !generated.includes(variable)) return [];
    const what = `${where} is \${${variable}}, which is a generated password and no key: no node would start`;
    const fix = `the key itself as ${variable}, on one line and without its BEGIN and END, with value, parameter, secret or set`;
    return [{ what, fix }];
}

function secretsOf(realm: Json): Found[] {
    const clients = list(realm.clients).flatMap((client) => {
        const of = `of client ${called(client.clientId, client.name, client.id)}`;
        const attributes = object(client.attributes);
        return [
            { where: `the secret ${of}`, value: client.secret },
            {
                where: `the registration access token ${of}`,
                value: client.registrationAccessToken,
                leaveOut: "Keycloak makes one when the client is registered anew",
            },
            {
                where: `the rotated secret ${of}`,
                value: attributes["client.secret.rotated"],
                leaveOut: "it is the old one, which ends by itself",
            },
            ...["saml.signing.private.key", "saml.encryption.private.key"].map((key) => ({
                where: `${key} ${of}`,
                value: attributes[key],
                isKey: true,
            })),
        ];
    });
    const users = list(realm.users).flatMap((user) =>
        list(user.credentials).flatMap(({ type, value, secretData }) => {
            const of = `of user ${called(user.username, user.email, user.id)}`;
            const found: Found[] = [{ where: `the ${called(type, "password")} ${of}`, value }];
            // A password is hashed; what a second factor is computed of is not.
            if (type === "password" || secretData === undefined) return found;
            const leaveOut = "the user sets it up anew";
            return [...found, { where: `the ${called(type)} ${of}`, value: secretData, leaveOut }];
        }),
    );
    const providers = list(realm.identityProviders).flatMap(({ alias, providerId, config }) =>
        inConfig(config, `identity provider ${called(alias, providerId)}`).map(({ where, ...found }) => ({
            where: where.replace(/^clientSecret /, "the secret "),
            ...found,
        })),
    );
    const mail = inConfig(realm.smtpServer, "smtpServer").map(({ where, ...found }) => ({
        where: `the ${where}`,
        ...found,
    }));
    const authenticators = list(realm.authenticatorConfig).flatMap(({ alias, id, config }) =>
        inConfig(config, `authenticator config ${called(alias, id)}`),
    );
    return [...clients, ...users, ...mail, ...providers, ...authenticators, ...inComponents(realm)];
}

/** Directories to ask for users, and keys to sign with: by type, each with lists of texts for its settings. */
function inComponents(realm: Json): Found[] {
    return components(realm).flatMap(({ type, component: { name, id, providerId, config } }) =>
        isGenerated(providerId) ? [] : inConfig(config, `component ${called(name, providerId, id, type)}`),
    );
}

const inConfig = (config: unknown, of: string): Found[] =>
    Object.entries(object(config))
        .filter(([key]) => isSecretSetting(key))
        .flatMap(([key, value]) =>
            [value].flat().map((secret) => ({ where: `${key} of ${of}`, value: secret, isKey: KEY.test(key) })),
        );

/**
 * Keys that Keycloak makes itself where the file has none (`rsa-generated`, `hmac-generated`, …). Whatever stands in their place
 * has to be such a key: with a password there, Keycloak 26.7.3 ends with "Unable to decode the private key".
 */
function generatedKeys(realm: Json): Finding[] {
    return components(realm).flatMap(({ component: { name, providerId, config } }) => {
        const held = ["privateKey", "secret"].filter((key) => object(config)[key] !== undefined);
        if (!isGenerated(providerId) || held.length === 0) return [];
        const what = `${held.join(" and ")} of key provider ${called(name, providerId)} is in the file`;
        return [
            { what, fix: "leave privateKey, secret, certificate and kid out of its config: Keycloak makes new ones" },
        ];
    });
}

const isGenerated = (providerId: unknown) => typeof providerId === "string" && providerId.endsWith("-generated");

const components = (realm: Json) =>
    Object.entries(object(realm.components)).flatMap(([type, ofType]) =>
        list(ofType).map((component) => ({ type, component })),
    );

/** The first of several names that there is. */
const called = (...names: unknown[]) =>
    names.find((name) => typeof name === "string" && name !== "") ?? "(without a name)";

const object = (value: unknown): Json => (value !== null && typeof value === "object" ? (value as Json) : {});
const list = (value: unknown): Json[] => (Array.isArray(value) ? value.map(object) : []);
