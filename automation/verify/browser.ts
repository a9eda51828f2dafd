/** A browser with cookies, and an application whose users log in with Keycloak. */
import { createHash, randomBytes } from "node:crypto";

/** Sends a request through a load balancer, or to one node of a cluster. */
export type Send = (
    method: string,
    path: string,
    headers: Record<string, string>,
    body?: string,
) => Promise<{ status: number; headers: { location?: string; "set-cookie"?: string[] }; text: string }>;

export interface Page {
    status: number;
    /** The target of a redirect. */
    location: string | undefined;
    text: string;
    json(): any; // eslint-disable-line @typescript-eslint/no-explicit-any -- whatever JSON is answered
    /** The path of the form's action; undefined where the page has no form. */
    form(): string | undefined;
}

export class Browser {
    /** `origin`: where the service is, `https://<name>`, and the path that all of it is below, if there is one. */
    constructor(
        readonly origin: string,
        private readonly send: Send,
        private readonly cookies = new Map<string, string>(),
    ) {}

    /** The same browser and cookies, with another way to send requests. */
    through(send: Send): Browser {
        return new Browser(this.origin, send, this.cookies);
    }

    get(path: string, headers: Record<string, string> = {}): Promise<Page> {
        return this.ask("GET", path, headers);
    }

    post(path: string, fields: Record<string, string>): Promise<Page> {
        const headers = { "Content-Type": "application/x-www-form-urlencoded" };
        return this.ask("POST", path, headers, new URLSearchParams(fields).toString());
    }

    private async ask(method: string, path: string, headers: Record<string, string>, body?: string): Promise<Page> {
        const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
        const { status, text, ...answer } = await this.send(
            method,
            path,
            { ...headers, ...(cookie && { Cookie: cookie }) },
            body,
        );
        for (const line of answer.headers["set-cookie"] ?? []) this.keep(line);
        return {
            status,
            location: answer.headers.location,
            text,
            json: () => JSON.parse(text),
            form: () => {
                const action = / action="([^"]+)"/.exec(text)?.[1]?.replaceAll("&amp;", "&");
                if (action === undefined) return undefined;
                const { pathname, search } = new URL(action, this.origin);
                const below = new URL(this.origin).pathname.replace(/\/$/, "");
                return pathname.replace(below, "") + search; // paths here are from the origin on, which may have one itself (/auth)
            },
        };
    }

    private keep(line: string) {
        const [pair = "", ...attributes] = line.split(/;\s*/);
        const [name, value] = [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)];
        if (value === "" || attributes.some((attribute) => /^max-age=0$/i.test(attribute))) this.cookies.delete(name);
        else this.cookies.set(name, value);
    }
}

export interface Tokens {
    access_token: string;
    refresh_token: string;
}

export interface User {
    username: string;
    password: string;
}

/** A confidential client of a realm, with the authorization-code flow and PKCE. */
export class Application {
    private readonly verifier = randomBytes(32).toString("base64url");

    constructor(
        private readonly realm: string,
        private readonly id: string,
        private readonly secret: string,
        private readonly redirect: string,
    ) {}

    /** The path and query of the authorization request. */
    get authorization(): string {
        return `${this.path}/auth?${new URLSearchParams({
            client_id: this.id,
            redirect_uri: this.redirect,
            response_type: "code",
            scope: "openid",
            state: "s",
            code_challenge: createHash("sha256").update(this.verifier).digest("base64url"),
            code_challenge_method: "S256",
        })}`;
    }

    /** Submits the log-in page. Returns the redirect to the application, or the page again. */
    async logIn(browser: Browser, user: User): Promise<Page> {
        const page = await browser.get(this.authorization);
        const form = page.form();
        if (page.status !== 200 || form === undefined) {
            throw new Error(`the log-in page is no form: ${page.status}, ${page.text.slice(0, 200)}`);
        }
        return browser.post(form, { ...user });
    }

    /** Exchanges the code of a redirect for tokens. */
    async exchange(browser: Browser, location: string): Promise<Tokens> {
        const code = new URL(location).searchParams.get("code");
        if (code === null) throw new Error(`the redirect brings no code: ${location}`);
        return this.token(browser, {
            grant_type: "authorization_code",
            code,
            redirect_uri: this.redirect,
            code_verifier: this.verifier,
        });
    }

    refresh(browser: Browser, { refresh_token }: Tokens): Promise<Tokens> {
        return this.token(browser, { grant_type: "refresh_token", refresh_token });
    }

    /** Checks refresh, user info, single sign-on, and that the session id stays the same. Returns the new tokens. */
    async goesOn(browser: Browser, tokens: Tokens, { username }: Pick<User, "username">): Promise<Tokens> {
        const fresh = await this.refresh(browser, tokens);
        const info = await browser.get(`${this.path}/userinfo`, { Authorization: `Bearer ${fresh.access_token}` });
        if (info.status !== 200 || info.json().preferred_username !== username) {
            throw new SessionLost("the user's data", info);
        }
        const again = await browser.get(this.authorization);
        if (again.status !== 302) throw new SessionLost("single sign-on", again);
        const { sid } = claims((await this.exchange(browser, again.location!)).access_token);
        if (sid !== claims(fresh.access_token).sid) throw new SessionLost("the session: it is another one now", again);
        return fresh;
    }

    logOut(browser: Browser, { refresh_token }: Tokens): Promise<Page> {
        return browser.post(`${this.path}/logout`, { ...this.credentials, refresh_token });
    }

    private async token(browser: Browser, grant: Record<string, string>): Promise<Tokens> {
        const answer = await browser.post(`${this.path}/token`, { ...this.credentials, ...grant });
        if (answer.status !== 200) throw new SessionLost("tokens", answer);
        return answer.json();
    }

    private get credentials() {
        return { client_id: this.id, client_secret: this.secret };
    }

    private get path() {
        return `/realms/${this.realm}/protocol/openid-connect`;
    }
}

/** A request of the session failed. */
export class SessionLost extends Error {
    constructor(
        readonly what: string,
        { status, text }: Pick<Page, "status" | "text">,
    ) {
        super(`${what}: ${status} ${text.replaceAll(/\s+/g, " ").slice(0, 200)}`);
        this.passing = status >= 500;
    }

    /** Whether it was a server error, after which the session may still exist: a load balancer may have asked a node that is gone. */
    readonly passing: boolean;
}

export const claims = (token: string) => JSON.parse(Buffer.from(token.split(".")[1]!, "base64url").toString());

/** A realm with one client and one user, as Keycloak imports it, from a file or by its API. */
export const realm = (name: string, client: { id: string; secret: string; redirect: string }, user: User) => ({
    realm: name,
    enabled: true,
    clients: [
        {
            clientId: client.id,
            secret: client.secret,
            redirectUris: [client.redirect],
            attributes: { "pkce.code.challenge.method": "S256" },
        },
    ],
    users: [
        {
            username: user.username,
            enabled: true,
            email: `${user.username}@example.com`,
            emailVerified: true,
            firstName: "Ada",
            lastName: "Lovelace",
            credentials: [{ type: "password", value: user.password }],
        },
    ],
});
