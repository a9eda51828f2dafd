/** Tests TCP ports, TLS handshakes, and whether a database accepts connections without TLS. */
import net, { isIP } from "node:net";
import tls from "node:tls";
import type { Place } from "./target";

const SECONDS = 4;

export type Reached = "open" | "refused" | "no answer" | "no such name" | "no way there";

/** Tries a TCP connection. */
export function reach({ host, port }: Place, seconds = SECONDS): Promise<Reached> {
    return new Promise((resolve) => {
        const socket = net.connect({ host, port });
        const end = (how: Reached) => {
            socket.destroy();
            resolve(how);
        };
        socket.setTimeout(seconds * 1000, () => end("no answer"));
        socket.once("connect", () => end("open"));
        socket.once("error", ({ code = "" }: NodeJS.ErrnoException) => end(REACHED[code] ?? "no answer"));
    });
}

const REACHED: Record<string, Reached> = {
    ECONNREFUSED: "refused",
    ENOTFOUND: "no such name",
    EAI_AGAIN: "no such name",
    EHOSTUNREACH: "no way there",
    ENETUNREACH: "no way there",
};

export interface Handshake {
    /** Why the certificate is not trusted; undefined where it is. */
    readonly problem: string | undefined;
    readonly subject: string;
    readonly issuer: string;
    readonly ends: Date;
    readonly protocol: string;
}

/** Gets a server's certificate, and verifies it for `name` if given. Throws if the server has no TLS. */
export function handshake(
    place: Place,
    name: string | undefined,
    authority: string | undefined,
    options: tls.ConnectionOptions = {},
): Promise<Handshake> {
    return new Promise((resolve, reject) => {
        const socket = tls.connect({
            ...place,
            rejectUnauthorized: false,
            ALPNProtocols: ["h2", "http/1.1"],
            ...(authority && { ca: authority }),
            ...(name && !isIP(name) && { servername: name }),
            // The name is verified below, since it is a result and no error.
            checkServerIdentity: () => undefined,
            ...options,
        });
        socket.setTimeout(SECONDS * 1000, () => socket.destroy(new Error("no answer to a TLS handshake")));
        socket.once("error", reject);
        socket.once("secureConnect", () => {
            const certificate = socket.getPeerCertificate();
            const otherName = name === undefined ? undefined : tls.checkServerIdentity(name, certificate);
            resolve({
                problem: socket.authorized ? otherName?.message : String(socket.authorizationError),
                subject: called(certificate.subject),
                issuer: called(certificate.issuer),
                ends: new Date(certificate.valid_to),
                protocol: socket.getProtocol() ?? "no TLS",
            });
            socket.destroy();
        });
    });
}

const called = (name: tls.Certificate | undefined) => String(name?.CN || name?.O || "nobody");

/** Whether a server accepts TLS 1.1; undefined where this Node.js does not support it. */
export async function speaksOldTls(place: Place, name?: string): Promise<boolean | undefined> {
    try {
        await handshake(place, name, undefined, {
            minVersion: "TLSv1",
            maxVersion: "TLSv1.1",
            ciphers: "DEFAULT@SECLEVEL=0",
        });
        return true;
    } catch (error) {
        const { code = "", message } = error as NodeJS.ErrnoException;
        const clientCannot = /NO_PROTOCOLS_AVAILABLE|UNSUPPORTED_PROTOCOL|INVALID_COMMAND|NO_CIPHERS_AVAILABLE/;
        if (clientCannot.test(code) || /no protocols available/.test(message)) return undefined;
        // An alert or a closed connection is a refusal. Another error, such as a timeout, is not.
        if (/ALERT|HANDSHAKE_FAILURE/.test(code) || ["ECONNRESET", "EPIPE"].includes(code)) return false;
        throw error;
    }
}

const PROTOCOL_3 = 196_608;
const SSL_REQUEST = 80_877_103;

/** PostgreSQL's error for a client without TLS; undefined where it accepts the connection. */
export async function databaseInTheClear(place: Place): Promise<string | undefined> {
    const words = Buffer.from("user\0verify\0database\0postgres\0\0");
    const { answer, socket } = await exchange(place, Buffer.concat([numbers(8 + words.length, PROTOCOL_3), words]));
    socket.destroy();
    if (answer[0] !== "E".charCodeAt(0)) return undefined;
    // Text fields that each end with a zero byte: severity (S), code (C), message (M), …
    const fields = answer.subarray(5).toString("utf8").split("\0");
    return fields.find((field) => field.startsWith("M"))?.slice(1) ?? "an error";
}

/** Gets the certificate of a PostgreSQL server, after an SSLRequest. */
export async function databaseHandshake(place: Place, name: string, authority: string | undefined) {
    const { answer, socket } = await exchange(place, numbers(8, SSL_REQUEST));
    if (answer.toString() !== "S") throw new Error("it has no TLS");
    return handshake(place, name, authority, { socket, ALPNProtocols: ["postgresql"] });
}

function numbers(...values: number[]): Buffer {
    const buffer = Buffer.alloc(4 * values.length);
    values.forEach((value, i) => buffer.writeInt32BE(value, 4 * i));
    return buffer;
}

function exchange(place: Place, question: Buffer): Promise<{ answer: Buffer; socket: net.Socket }> {
    return new Promise((resolve, reject) => {
        const socket = net.connect({ ...place });
        socket.setTimeout(SECONDS * 1000, () => socket.destroy(new Error("no answer")));
        socket.once("error", reject);
        socket.once("close", () => reject(new Error("the connection is closed without an answer")));
        socket.once("connect", () => socket.write(question));
        socket.once("data", (answer) => resolve({ answer, socket }));
    });
}
