/** HTTP requests. Each has a new connection, so that a load balancer picks a task for each. */
import http from "node:http";
import https from "node:https";
import { isIP } from "node:net";
import type { ConnectionOptions } from "node:tls";
import { CommandError } from "../shared/errors";
import { endOf, type Target } from "./target";

export interface HttpRequest {
    readonly method?: string;
    readonly headers?: Record<string, string>;
    readonly body?: string;
    /** Sent as JSON. */
    readonly json?: unknown;
    /** Sent as a form. */
    readonly form?: Record<string, string>;
    readonly timeoutSeconds?: number;
    /** A path to send without normalization: `/realms/../admin`. */
    readonly rawPath?: string;
}

export interface Answer {
    readonly status: number;
    readonly headers: http.IncomingHttpHeaders;
    readonly text: string;
    json(): any; // eslint-disable-line @typescript-eslint/no-explicit-any -- whatever JSON is answered
}

const TIMEOUT_SECONDS = 30;

/** There is no answer, or the certificate is not trusted. */
export class NoAnswer extends CommandError {
    constructor(
        readonly url: string,
        readonly code: string,
        what: string,
    ) {
        super(`${url}: ${what}`);
    }
}

/** Whom to ask. `anyName`: its certificate may be for any name, and only the authority is verified, as of a task's Envoy. */
export type Asked = Pick<Target, "authority" | "connectTo"> & { readonly anyName?: boolean };

/** Sends a request to where the target says that the URL is reached. Trusts the target's authority. */
export function request(target: Asked, url: string, ask: HttpRequest = {}) {
    const { protocol, pathname, search, host } = new URL(url);
    const secure = protocol === "https:";
    const { host: name, port } = endOf(url);
    const place = target.connectTo(name, port);
    const { content, type } = body(ask);
    const options: https.RequestOptions = {
        ...place,
        path: ask.rawPath ?? pathname + search,
        agent: false,
        method: ask.method ?? (content === undefined ? "GET" : "POST"),
        headers: {
            Host: host,
            "User-Agent": "identity-verify", // AWS WAF's core rule set matches requests without one
            ...(content !== undefined && { "Content-Type": type, "Content-Length": Buffer.byteLength(content) }),
            ...ask.headers,
        },
        ...(secure && tlsFor(target, name)),
        signal: AbortSignal.timeout((ask.timeoutSeconds ?? TIMEOUT_SECONDS) * 1000),
    };
    return new Promise<Answer>((resolve, reject) => {
        const fail = (error: Error) => reject(noAnswer(url, error));
        const sent = (secure ? https : http).request(options, async (response) => {
            try {
                let text = "";
                for await (const chunk of response.setEncoding("utf8")) text += chunk;
                const { statusCode: status = 0, headers } = response;
                resolve({ status, headers, text, json: () => parsed(url, text) });
            } catch (error) {
                fail(error as Error);
            }
        });
        sent.on("error", fail);
        sent.end(content);
    });
}

/** Whom TLS trusts as this host. */
export const tlsFor = ({ authority, anyName }: Asked, host: string): ConnectionOptions => ({
    ...(authority && { ca: authority }),
    ...(!isIP(host) && { servername: host }),
    ...(anyName && { checkServerIdentity: () => undefined }),
});

function body({ body: plain, json, form }: HttpRequest): { content?: string; type?: string } {
    if (json !== undefined) return { content: JSON.stringify(json), type: "application/json" };
    if (form) return { content: new URLSearchParams(form).toString(), type: "application/x-www-form-urlencoded" };
    return { content: plain, type: "text/plain" };
}

function parsed(url: string, text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        throw new NoAnswer(url, "NO_JSON", `what it answers is no JSON: ${shortened(text)}`);
    }
}

/** The first 120 characters of an answer, in one line. */
export const shortened = (text: string) => {
    const line = text.replaceAll(/\s+/g, " ").trim();
    return line.length > 120 ? `${line.slice(0, 117)}…` : line || "(nothing)";
};

export function noAnswer(url: string, error: Error): NoAnswer {
    const { code = error.name } = error as NodeJS.ErrnoException;
    return new NoAnswer(url, code, WHY[code] ?? (error.message || code));
}

const WHY: Record<string, string> = {
    ECONNREFUSED: "the connection is refused",
    ECONNRESET: "the connection is closed without an answer",
    ENOTFOUND: "there is no such name",
    EAI_AGAIN: "there is no such name",
    ETIMEDOUT: "nothing answers",
    TimeoutError: "nothing answers in time",
    ABORT_ERR: "nothing answers in time",
    EHOSTUNREACH: "there is no route to it",
    ENETUNREACH: "there is no route to it",
    CERT_HAS_EXPIRED: "its certificate has expired",
    ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another name",
    DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is not signed by a trusted authority",
    SELF_SIGNED_CERT_IN_CHAIN: "its certificate is not signed by a trusted authority",
    UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate is not signed by a trusted authority",
    UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "its certificate is not signed by a trusted authority",
    CERT_SIGNATURE_FAILURE: "its certificate is not signed by a trusted authority",
};
