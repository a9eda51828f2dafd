/** Servers within the test's own process, and a target that is made of them. */
import http, { type RequestListener } from "node:http";
import https from "node:https";
import type net from "node:net";
import { type AddressInfo } from "node:net";
import { expect } from "chai";
import { NotInStack, type CheckContext, type Check, Failed, Skipped } from "../../../automation/verify/check";
import type { Target, Task } from "../../../automation/verify/target";

/** A target that has nothing, but for what is said. */
export const target = (own: Partial<Target> = {}): Target => ({
    title: "identity test",
    expendable: true,
    agents: {},
    services: {},
    keycloak: undefined,
    logins: {},
    serviceNames: [],
    authority: undefined,
    connectTo: (host, port) => ({ host, port }),
    internal: () => false,
    adminOutOfReach: async () => undefined,
    secret: async () => "the-key",
    taskDefinition: async () => ({}),
    service: async () => ({ tasks: [], wanted: 0 }),
    stop: () => Promise.reject(new Error("nothing is to be stopped")),
    settled: async () => undefined,
    databases: async () => ({}),
    closed: async () => [],
    ...own,
});

export const AROUND: CheckContext = { say: () => undefined, signal: new AbortController().signal, patience: 0.02 };

/** Tasks that run, each reachable at the ports of `at`, or nowhere. */
export const tasks = (...at: Record<number, number>[]): Task[] =>
    at.map((ports, i) => ({
        id: `task-${i + 1}`,
        status: "RUNNING",
        healthy: true,
        at: (port) => (ports[port] === undefined ? undefined : { host: "127.0.0.1", port: ports[port] }),
    }));

export const passed = async (check: Check, own: Target) => (await check.run(own, AROUND)).join("\n");

async function ended<Kind extends Error>(kind: new (...args: never[]) => Kind, check: Check, own: Target) {
    const error = await check.run(own, AROUND).then(
        (seen) => new Error(`it passed: ${seen.join("; ")}`),
        (e: Error) => e,
    );
    expect(error, error.stack).to.be.instanceOf(kind);
    return error as Kind;
}

/** What a check says that has to fail. */
export const failed = async (check: Check, own: Target) => (await ended(Failed, check, own)).message;
export const skipped = async (check: Check, own: Target) => (await ended(Skipped, check, own)).message;
export const absent = async (check: Check, own: Target) => (await ended(NotInStack, check, own)).message;

export const OUT_OF_REACH = target({
    agents: { issuer: { didcommUrl: "http://127.0.0.1:1", adminUrl: "http://127.0.0.1:1" } },
    keycloak: { url: "https://127.0.0.1:1", adminUrl: "https://127.0.0.1:1" },
    adminOutOfReach: async () => ({ reason: "it is in the VPC", remedy: "take the VPN" }),
});

/** All servers of a test, to be closed at its end. */
export class Servers {
    private readonly all: net.Server[] = [];

    async listen(server: net.Server): Promise<number> {
        this.all.push(server);
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        return (server.address() as AddressInfo).port;
    }

    http(answer: RequestListener): Promise<number> {
        return this.listen(http.createServer(answer));
    }

    https(options: https.ServerOptions, answer: RequestListener): Promise<number> {
        return this.listen(https.createServer(options, answer));
    }

    close() {
        for (const server of this.all) {
            (server as Partial<http.Server>).closeAllConnections?.();
            server.close();
        }
    }
}

export async function body(request: http.IncomingMessage): Promise<string> {
    let text = "";
    for await (const chunk of request) text += chunk;
    return text;
}

export function answer(response: http.ServerResponse, status: number, content: unknown = {}, headers = {}) {
    const text = typeof content === "string" ? content : JSON.stringify(content);
    response.writeHead(status, headers).end(text);
}
