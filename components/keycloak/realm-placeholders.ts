/** What a realm file names as `${VARIABLE}` outside of its secrets. */
import type { Finding, Json, RealmVariables } from "./realm-secrets";

/**
 * Where a value is an address. Elsewhere `${…}` in small letters may be the name of a message in the log-in pages (`${role_admin}`), as
 * every export has it.
 */
const ADDRESS = /^(redirectUris|webOrigins|rootUrl|baseUrl|adminUrl|.*(Url|Uri|uri|urls?))$/;
/** What Keycloak itself puts in for an address of its own, in every export. */
const OF_KEYCLOAK = ["authBaseUrl", "authAdminUrl"];
/** As Keycloak reads it; what stands behind a colon is taken where there is no such variable. */
export const PLACEHOLDER = /\$\{([A-Za-z_][A-Za-z0-9_.]*)(?::([^}]*))?\}/g;

interface Named {
    readonly variable: string;
    readonly where: string;
}

/**
 * The placeholders that nobody gives a value: they would stay in the realm as they are, and within an address no node starts with
 * them. And those whose value no realm file can take.
 */
export function placeholderProblems(realm: Json, { known, unfit }: Pick<RealmVariables, "known" | "unfit">): Finding[] {
    const first = new Map<string, string>();
    for (const { variable, where } of placeholdersIn(realm, "", [])) {
        if (!first.has(variable)) first.set(variable, where);
    }
    return [...first].flatMap(([variable, where]): Finding[] => {
        if (unfit.includes(variable)) {
            const what = `${where} has \${${variable}}, whose value has a line break, a quote or a backslash in it: no node would start`;
            return [
                { what, fix: `${variable} as it is written within quotes in JSON, such as \\n; a key on one line` },
            ];
        }
        if (known.includes(variable)) return [];
        const what = `${where} has \${${variable}}, and nobody gives the nodes ${variable}: the text itself would stay in the realm`;
        return [{ what, fix: `${variable} in the environment of keycloak; or the value itself in the file` }];
    });
}

function placeholdersIn(value: unknown, key: string, path: readonly (string | number)[]): Named[] {
    if (typeof value === "string") return inText(value, key, path);
    if (Array.isArray(value)) return value.flatMap((item, i) => placeholdersIn(item, key, [...path, i]));
    if (value === null || typeof value !== "object") return [];
    return Object.entries(value).flatMap(([name, member]) => placeholdersIn(member, name, [...path, name]));
}

function inText(text: string, key: string, path: readonly (string | number)[]): Named[] {
    return [...text.matchAll(PLACEHOLDER)].flatMap(([, variable, otherwise]) => {
        if (otherwise !== undefined || OF_KEYCLOAK.includes(variable!)) return [];
        const isVariable = /^[A-Z_][A-Z0-9_]*$/.test(variable!) || ADDRESS.test(key);
        return isVariable ? [{ variable: variable!, where: place(path) }] : [];
    });
}

/** `clients[0].redirectUris[1]` */
const place = (path: readonly (string | number)[]) =>
    path
        .map((step) => (typeof step === "number" ? `[${step}]` : `.${step}`))
        .join("")
        .replace(/^\./, "");
