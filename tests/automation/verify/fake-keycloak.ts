/** As much of Keycloak as the checks ask: realms by the admin API, log-ins, tokens, sessions; on several nodes that share them. */
import { createHash, randomUUID } from "node:crypto";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { answer, body, type Servers, target, tasks } from "./support";
import type { Target } from "../../../automation/verify/target";

interface Realm {
    realm: string;
    clients: { clientId: string; secret: string }[];
    users: { username: string; credentials: { value: string }[] }[];
}

const MANAGEMENT = 9000;
const PASSWORD = "the-key"; // what the support's target has for every secret

export class FakeKeycloak {
    origin = "";
    readonly realms = new Map<string, Realm>();
    /** Clients of any realm that were made after it: programs with a secret, by their names. */
    readonly programs = new Map<string, { secret: string; optionalClientScopes: string[] }>();
    /** Sessions by id: which node has them, or every one where they are shared. */
    private readonly sessions = new Map<string, { node: number; refresh: string }>();
    private readonly codes = new Map<string, { session: string; challenge: string }>();
    private asked = 0;
    alive: boolean[];
    /** Of the password of temp-admin. */
    hasAdmin = true;
    /** Whether any node knows the sessions of the others. */
    shared = true;
    /** What a node counts. */
    size = (): number => this.alive.filter(Boolean).length;
    /** What it calls itself. */
    issuer = () => this.origin;
    acceptsAny = false;
    /** Whether the realm master counts failed log-ins. */
    counts = true;

    constructor(nodes: number) {
        this.alive = Array<boolean>(nodes).fill(true);
    }

    async target(servers: Servers): Promise<Target> {
        const port = await servers.http(this.balanced);
        this.origin = `http://127.0.0.1:${port}`;
        const management: number[] = [];
        for (const node of this.alive.keys()) {
            management.push(
                await servers.http((_, response) => {
                    if (!this.alive[node]) return void response.destroy();
                    answer(response, 200, `vendor_cluster_size{cache_manager="k",node="n${node}"} ${this.size()}.0\n`);
                }),
            );
        }
        const nodes = tasks(...management.map((one) => ({ [MANAGEMENT]: one })));
        return target({
            keycloak: { url: this.origin, adminUrl: this.origin },
            service: async () => ({ wanted: nodes.length, tasks: nodes }),
            stop: async (_, task) => void (this.alive[nodes.findIndex(({ id }) => id === task.id)] = false),
            settled: async () => void this.alive.fill(true),
        });
    }

    private readonly balanced: RequestListener = (request, response) => {
        const nodes = [...this.alive.keys()].filter((node) => this.alive[node]);
        const node = nodes[this.asked++ % nodes.length];
        if (node === undefined) return answer(response, 503, "no targets");
        void this.handle(node, request, response);
    };

    private async handle(node: number, request: IncomingMessage, response: ServerResponse) {
        const url = new URL(request.url!, this.origin);
        const fields = new URLSearchParams(await body(request));
        const [, top, name = "", ...rest] = url.pathname.split("/");
        if (top === "admin" && rest[1] === "clients") return this.programAt(request, response, rest[2], fields);
        if (top === "admin") return this.administer(request, response, rest[0], [...fields.keys()][0] ?? "", fields);
        const path = rest.at(-1);
        if (path === "openid-configuration") {
            const issuer = `${this.issuer()}/realms/${name}`;
            return answer(response, 200, { issuer, token_endpoint: `${issuer}/token`, jwks_uri: "x" });
        }
        if (path === "auth") return this.auth(node, request, response, name, url.searchParams);
        if (path === "authenticate") return this.authenticate(node, response, name, fields, url.searchParams);
        if (path === "token") return this.token(node, response, name, fields);
        if (path === "userinfo") return answer(response, 200, { preferred_username: "ada" });
        if (path === "logout") {
            for (const [id, one] of this.sessions)
                if (one.refresh === fields.get("refresh_token")) this.sessions.delete(id);
            return answer(response, 204);
        }
        answer(response, 404);
    }

    private administer(
        request: IncomingMessage,
        response: ServerResponse,
        realm: string | undefined,
        text: string,
        fields: URLSearchParams,
    ) {
        if (request.headers.authorization !== "Bearer admin") return answer(response, 401);
        if (request.method === "GET") return answer(response, 200, { realm, bruteForceProtected: this.counts });
        if (request.method === "DELETE") return answer(response, this.realms.delete(realm!) ? 204 : 404);
        // What is no form comes as the name of a field, cut at the first & or =, of which there is none in it.
        const made = JSON.parse(text + (fields.get(text) ?? "")) as Realm;
        this.realms.set(made.realm, made);
        answer(response, 201);
    }

    private programAt(
        request: IncomingMessage,
        response: ServerResponse,
        id: string | undefined,
        fields: URLSearchParams,
    ) {
        if (request.method === "DELETE") return answer(response, this.programs.delete(id!) ? 204 : 404);
        const made = JSON.parse([...fields.keys()][0]!);
        this.programs.set(made.clientId, made);
        answer(response, 201, "", { Location: `${this.origin}${request.url}/${made.clientId}` });
    }

    private auth(
        node: number,
        request: IncomingMessage,
        response: ServerResponse,
        realm: string,
        query: URLSearchParams,
    ) {
        const session = /SESSION=([^;]+)/.exec(request.headers.cookie ?? "")?.[1];
        if (session && this.knows(node, session)) return this.redirect(response, query, session);
        const action = `${this.origin}/realms/${realm}/authenticate?${query}`.replaceAll("&", "&amp;");
        answer(response, 200, `<form action="${action}">`);
    }

    private authenticate(
        node: number,
        response: ServerResponse,
        realm: string,
        fields: URLSearchParams,
        query: URLSearchParams,
    ) {
        const user = this.realms.get(realm)!.users.find(({ username }) => username === fields.get("username"));
        const right = user?.credentials[0]!.value === fields.get("password");
        if (!right && !this.acceptsAny) return answer(response, 200, "Invalid username or password");
        const session = randomUUID();
        this.sessions.set(session, { node, refresh: "" });
        this.redirect(response, query, session);
    }

    private redirect(response: ServerResponse, query: URLSearchParams, session: string) {
        const code = randomUUID();
        this.codes.set(code, { session, challenge: query.get("code_challenge")! });
        const Location = `${query.get("redirect_uri")}?code=${code}`;
        answer(response, 302, "", { Location, "Set-Cookie": `SESSION=${session}; Path=/` });
    }

    private token(node: number, response: ServerResponse, realm: string, fields: URLSearchParams) {
        const refused = (error: string, status = 400) => answer(response, status, { error });
        if (fields.get("grant_type") === "password") {
            const right =
                this.hasAdmin && fields.get("username") === "temp-admin" && fields.get("password") === PASSWORD;
            return right ? answer(response, 200, { access_token: "admin" }) : refused("invalid_grant", 401);
        }
        if (fields.get("grant_type") === "client_credentials") {
            const azp = fields.get("client_id")!;
            const own = this.programs.get(azp);
            if (own?.secret !== fields.get("client_secret")) return refused("unauthorized_client", 401);
            const scope = ["email", ...own!.optionalClientScopes.filter((one) => one === fields.get("scope"))].join(
                " ",
            );
            return answer(response, 200, { access_token: this.tokenWith({ realm, azp, scope }) });
        }
        const client = this.realms.get(realm)?.clients[0];
        if (client?.secret !== fields.get("client_secret")) return refused("unauthorized_client", 401);
        const code = this.codes.get(fields.get("code") ?? "");
        const challenge = createHash("sha256")
            .update(fields.get("code_verifier") ?? "")
            .digest("base64url");
        if (code && code.challenge !== challenge) return refused("invalid_grant");
        const [id] = code
            ? [code.session]
            : [...this.sessions].flatMap(([own, one]) => (one.refresh === fields.get("refresh_token") ? [own] : []));
        if (!id || !this.knows(node, id)) return refused("invalid_grant");
        const session = this.sessions.get(id)!;
        session.refresh ||= randomUUID(); // it may be used again, as in a realm that does not revoke them
        answer(response, 200, {
            access_token: this.tokenWith({ realm, preferred_username: "ada", sid: id }),
            refresh_token: session.refresh,
        });
    }

    private tokenWith({ realm, ...claims }: { realm: string } & Record<string, string>) {
        const payload = JSON.stringify({ iss: `${this.issuer()}/realms/${realm}`, ...claims });
        return `h.${Buffer.from(payload).toString("base64url")}.s`;
    }

    private knows(node: number, session: string) {
        const found = this.sessions.get(session);
        return found !== undefined && (this.shared || found.node === node);
    }
}
