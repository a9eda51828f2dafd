/** `login` of a heritage's listener: what the load balancer, the realm and the stack file have to have for it. */
import { jsonFiles, readRealm } from "../../components/keycloak/realm-files";
import type { HeritageConfig, PlatformConfig } from "../defaults";
import { realmFolders } from "../keycloak/realm-folders";
import { callbackVariables, callbacksOf } from "../logins";
import { nearest } from "../nearest";
import type { Path, Problem } from "./common";

type Listener = HeritageConfig["services"][string]["listeners"][number];
type Login = NonNullable<Listener["login"]>;
type Json = Readonly<Record<string, unknown>>;

const EVERYBODY = "0.0.0.0/0";

export function checkLogins(config: PlatformConfig, stack: string): Problem[] {
    const asks = ({ services }: HeritageConfig) =>
        Object.values(services).some(({ listeners }) => listeners.some(({ login }) => login));
    if (!Object.values(config.heritages).some(asks)) return []; // no realm file is read for nothing
    const realms = realmFolders(stack)
        .flatMap(jsonFiles)
        .map((file) => ({ file, realm: readRealm(file) }));
    return Object.entries(config.heritages).flatMap(([heritage, { services }]) =>
        Object.entries(services).flatMap(([key, { listeners }]) =>
            listeners.flatMap((listener, i) => {
                const { login } = listener;
                if (!login) return [];
                const path = ["heritages", heritage, "services", key, "listeners", i, "login"];
                return [
                    ...whoProblems(path, login),
                    ...stackProblems(path, listener, config),
                    ...secretProblems(path, login, config),
                    ...realmFileProblems(path, listener, realms, config),
                ];
            }),
        ),
    );
}

/** Whom it lets in. */
function whoProblems(path: Path, { client, secret, tokens }: Login): Problem[] {
    const problems: Problem[] = [];
    const add = (key: string, what: string, fix: string) => void problems.push({ path: [...path, key], what, fix });
    if (tokens && tokens.client === undefined && tokens.scope === undefined)
        add("tokens", "lets in every token of the realm, whomever it was given to", "client, scope, or both");
    if (client === undefined && (secret !== undefined || !tokens))
        add("client", "is missing", "the realm's client, a confidential one; or tokens, for programs alone");
    if (secret === undefined && (client !== undefined || !tokens))
        add("secret", "is missing", "the variable of identity:keycloak.secrets that has the client's secret");
    return problems;
}

/** What the load balancer needs to come to the realm. */
function stackProblems(path: Path, { redirect, endpoint }: Listener, config: PlatformConfig): Problem[] {
    const { keycloak, domain, publicEndpoint, network } = config;
    const problems: Problem[] = [];
    const add = (what: string, fix: string, ...also: Path[]) => void problems.push({ path, what, fix, also });
    if (redirect !== undefined)
        add("asks for a log-in, and these requests are sent on to another address", "one of the two");
    if (!keycloak)
        add("is at the stack's Keycloak, and there is none", "identity:keycloak in the stack file", ["keycloak"]);
    if (!domain) {
        const what =
            "needs a domain: a load balancer asks a realm whose certificate a public authority signed, and no other";
        add(what, "identity:domain in the stack file", ["domain"]);
    }
    if (keycloak && !publicEndpoint.allowedCidrs.includes(EVERYBODY)) {
        const what =
            "needs a public endpoint that everybody may connect to: the load balancer comes to the realm from addresses that AWS gives it";
        add(what, `publicEndpoint.allowedCidrs with ${EVERYBODY}`, ["publicEndpoint", "allowedCidrs"]);
    }
    if (endpoint === "internal" && network.nat === "none") {
        const what = "needs NAT on the internal endpoint: its load balancer has no other way to the realm";
        add(what, "network.nat, or the public endpoint", ["network", "nat"]);
    }
    return problems;
}

/** A rule of a load balancer has the secret itself, so the program has to know it. */
function secretProblems(path: Path, { secret }: Login, { keycloak }: PlatformConfig): Problem[] {
    if (!keycloak || secret === undefined) return [];
    const also = [["keycloak", "secrets"]];
    const at = [...path, "secret"];
    const source = keycloak.secrets[secret];
    if (source === undefined) {
        const known = Object.keys(keycloak.secrets);
        const fix =
            known.length > 0
                ? nearest(secret, known)
                : `identity:keycloak: { secrets: { ${secret}: { generate: {} } } }`;
        return [{ path: at, what: `${secret} is no secret of identity:keycloak`, fix, also }];
    }
    if (source.generate !== undefined || source.value !== undefined) return [];
    const what = `${secret} is kept by somebody else, and the load balancer's rule has the secret itself`;
    return [{ path: at, what, fix: `{ generate: {} } or { value: … } as the source of ${secret}`, also }];
}

/** Where the repository has the realm. A realm that was made by hand is not seen. */
function realmFileProblems(
    path: Path,
    listener: Listener,
    realms: readonly { file: string; realm: Json }[],
    config: PlatformConfig,
): Problem[] {
    const { realm, client, tokens } = listener.login!;
    const found = realms.find((candidate) => candidate.realm.realm === realm);
    if (!found || config.keycloak?.image !== undefined) return [];
    return [
        ...(client === undefined ? [] : browserProblems(path, listener, client, found, config)),
        ...(tokens ? tokenProblems([...path, "tokens"], tokens, found) : []),
    ];
}

interface Found {
    readonly file: string;
    readonly realm: Json;
}

/** That the realm sends browsers back to the load balancer. */
function browserProblems(
    path: Path,
    listener: Listener,
    client: string,
    found: Found,
    config: PlatformConfig,
): Problem[] {
    const { realm } = listener.login!;
    const clients = (Array.isArray(found.realm.clients) ? found.realm.clients : []) as Json[];
    const ids = clients.map(({ clientId }) => String(clientId));
    const wanted = callbacksOf(listener, config);
    const own = clients.find(({ clientId }) => clientId === client);
    if (!own) {
        const what = `the realm ${realm} (${found.file}) has no client ${client}`;
        return [{ path: [...path, "client"], what, fix: nearest(client, ids) }];
    }
    const patterns = (Array.isArray(own.redirectUris) ? own.redirectUris : []).map((uri) => String(uri));
    const variables = Object.entries(callbackVariables(config));
    const variableOf = (uri: string) => variables.find(([, value]) => value === uri)![0];
    const missing = wanted.filter((uri) => !patterns.some((pattern) => takes(absolute(pattern, own), uri)));
    if (missing.length === 0) return [];
    return [
        {
            path: [...path, "client"],
            what: `the client ${client} of ${found.file} sends nobody back to the load balancer`,
            fix: `"redirectUris": ${JSON.stringify([...patterns, ...missing.map((uri) => `\${${variableOf(uri)}}`)])}`,
        },
    ];
}

/** Who gets such a token, and that the load balancer can verify it. */
function tokenProblems(path: Path, { client, scope }: NonNullable<Login["tokens"]>, { file, realm }: Found): Problem[] {
    const problems: Problem[] = [];
    const named = (what: string, key: "client" | "scope", value: string, names: string[]) => {
        if (names.includes(value)) return;
        const where = {
            path: [...path, key],
            what: `the realm ${String(realm.realm)} (${file}) has no ${what} ${value}`,
        };
        problems.push({ ...where, fix: nearest(value, names) });
    };
    const listOf = (key: string) => (Array.isArray(realm[key]) ? (realm[key] as Json[]) : []);
    if (client !== undefined)
        named(
            "client",
            "client",
            client,
            listOf("clients").map(({ clientId }) => String(clientId)),
        );
    // Without a list Keycloak makes its own, and somebody may have added one to them.
    if (scope !== undefined && Array.isArray(realm.clientScopes))
        named(
            "client scope",
            "scope",
            scope,
            listOf("clientScopes").map(({ name }) => String(name)),
        );
    const own = listOf("clients").find(({ clientId }) => clientId === client);
    const algorithm = (own?.attributes as Json | undefined)?.[ALGORITHM] ?? realm.defaultSignatureAlgorithm ?? "RS256";
    if (algorithm !== "RS256") {
        const what = `tokens are signed by ${String(algorithm)} (${file}), and a load balancer verifies RS256 alone`;
        problems.push({ path, what, fix: own ? `"attributes": { "${ALGORITHM}": "RS256" } of the client` : "RS256" });
    }
    return problems;
}

/** The attribute of a client, in the place of the realm's `defaultSignatureAlgorithm`. */
const ALGORITHM = "access.token.signed.response.alg";

/** Keycloak reads a path as one below the client's root URL. */
const absolute = (pattern: string, { rootUrl }: Json) =>
    pattern.startsWith("/") ? `${String(rootUrl ?? "")}${pattern}` : pattern;

/** A `*` at the end is any text, and what a variable holds is not known here. */
const takes = (pattern: string, uri: string) =>
    pattern.includes("${") || (pattern.endsWith("*") ? uri.startsWith(pattern.slice(0, -1)) : uri === pattern);
