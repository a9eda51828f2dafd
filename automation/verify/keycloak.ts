/** A temporary realm with a client and a user, created and deleted by the admin API. */
import { randomBytes } from "node:crypto";
import { adminInReach, LABEL, answerText } from "./agents";
import { Application, Browser, realm, type Send, type User } from "./browser";
import { NotInStack, Failed, Skipped } from "./check";
import { request } from "./http";
import { environmentWith, type Target } from "./target";

const NAME = "keycloak";
/** A name that never resolves (RFC 6761): the browser does not follow the redirect. */
const REDIRECT = "https://verify.invalid/callback";

export interface TemporaryRealm {
    readonly name: string;
    readonly application: Application;
    readonly user: User;
    /** Through the load balancer, as users do. */
    readonly browser: Browser;
    remove(): Promise<void>;
}

export function keycloakOf(target: Target): NonNullable<Target["keycloak"]> {
    if (!target.keycloak) throw new NotInStack("the stack has no Keycloak");
    return target.keycloak;
}

export async function temporaryRealm(target: Target): Promise<TemporaryRealm> {
    const { url } = keycloakOf(target);
    await adminInReach(target);
    const hex = () => randomBytes(12).toString("hex");
    const name = `verify-${hex().slice(0, 8)}`;
    const client = { id: "verify", secret: hex(), redirect: REDIRECT };
    const user = { username: "ada", password: hex() };
    const created = await administer(target, "POST", "/admin/realms", {
        ...realm(name, client, user),
        displayName: LABEL, // explains the realm, should it be left behind
    });
    if (created.status !== 201) throw new Failed("a realm to be made by Keycloak's admin API", answerText(created));
    return {
        name,
        user,
        application: new Application(name, client.id, client.secret, client.redirect),
        browser: new Browser(url, through(target, url)),
        async remove() {
            const gone = await administer(target, "DELETE", `/admin/realms/${name}`);
            if (gone.status !== 204) throw new Failed(`the realm ${name} to be deleted again`, answerText(gone));
        },
    };
}

/** Sends requests through the load balancer at an origin. */
export const through =
    (target: Target, origin: string): Send =>
    (method, path, headers, body) =>
        request(target, origin + path, { method, headers, body });

/**
 * A token is valid for a minute, and used for half of it. With a log-in for each request, one of many was refused on a busy machine (26.7.3:
 * 400, invalid_grant), although the password was right.
 */
const TOKEN_MILLISECONDS = 30_000;
interface KnownToken {
    readonly token: Promise<string>;
    readonly until: number;
}
const tokens = new WeakMap<Target, KnownToken>();

/** Sends a request to the admin API. A known token that is not taken any more, such as after a change of the realm master, is asked for anew. */
export async function administer(target: Target, method: string, path: string, json?: unknown) {
    const { adminUrl } = keycloakOf(target);
    const ask = async (token: string) => {
        const headers = { Authorization: `Bearer ${token}` };
        return request(target, adminUrl + path, { method, headers, ...(json !== undefined && { json }) });
    };
    const known = tokens.get(target);
    if (known && Date.now() <= known.until) {
        const answer = await ask(await known.token);
        if (answer.status !== 401) return answer;
    }
    return ask(await newToken(target, adminUrl, known));
}

/** One for all who found the same one out of use. */
function newToken(target: Target, adminUrl: string, old: KnownToken | undefined): Promise<string> {
    const current = tokens.get(target);
    if (current && current !== old) return current.token;
    const token = adminToken(target, adminUrl);
    tokens.set(target, { token, until: Date.now() + TOKEN_MILLISECONDS });
    token.catch(() => tokens.delete(target));
    return token;
}

async function adminToken(target: Target, adminUrl: string): Promise<string> {
    const { username, password } = await administrator(target);
    const answer = await request(target, `${adminUrl}/realms/master/protocol/openid-connect/token`, {
        form: { grant_type: "password", client_id: "admin-cli", username, password },
    });
    if (answer.status === 200) return answer.json().access_token;
    if (answer.status !== 401) throw new Failed(`a token for ${username} from ${adminUrl}`, answerText(answer));
    throw new Skipped(
        `Keycloak does not know ${username} with the password at hand; it is to be deleted once there are administrators`,
        "set KEYCLOAK_ADMIN and KEYCLOAK_ADMIN_PASSWORD to one who may make realms",
    );
}

/** The administrator in the environment variables, or the bootstrap administrator. */
async function administrator(target: Target): Promise<User> {
    const { KEYCLOAK_ADMIN: username, KEYCLOAK_ADMIN_PASSWORD: password } = process.env;
    if (username && password) return { username, password };
    const environment = environmentWith(await target.taskDefinition(NAME), "KC_BOOTSTRAP_ADMIN_USERNAME");
    return {
        username: environment?.KC_BOOTSTRAP_ADMIN_USERNAME ?? "temp-admin",
        password: await target.secret(NAME, "KC_BOOTSTRAP_ADMIN_PASSWORD"),
    };
}
