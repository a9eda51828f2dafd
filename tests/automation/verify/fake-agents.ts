/** As much of ACA-Py's admin API as the checks ask, by clusters of tasks behind a load balancer that takes them in turn. */
import { randomUUID } from "node:crypto";
import http, { type IncomingMessage, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import type { Target } from "../../../automation/verify/target";
import { answer, body, type Servers, target, tasks } from "./support";

/** What a wallet's database holds. */
class Wallet {
    readonly dids: string[] = [];
    readonly connections = new Map<
        string,
        { invitation: string; state: string; peer: { cluster: FakeCluster; id: string } }
    >();
}

export class FakeTask {
    readonly sockets = new WebSocketServer({ noServer: true });

    constructor(
        public wallet: Wallet,
        readonly cluster: FakeCluster,
    ) {}

    async handle(request: IncomingMessage, response: ServerResponse) {
        const { method, url = "" } = request;
        const { pathname, searchParams } = new URL(url, "http://agent");
        const asked = `${method} ${pathname.replace(/^\/connections\/[^/]+/, "/connections/ID")}`;
        const content = await body(request);
        if (!this.cluster.open && request.headers["x-api-key"] !== this.cluster.key)
            return answer(response, 401, "401");
        const { wallet } = this;
        const id = pathname.split("/")[2]!;
        switch (asked) {
            case "POST /wallet/did/create": {
                const { did } = JSON.parse(content || "{}").options ?? { did: "x" };
                wallet.dids.push(did);
                return answer(response, 200, { result: { did } });
            }
            case "GET /wallet/did":
                return answer(response, 200, { results: wallet.dids.map((did) => ({ did })) });
            case "POST /out-of-band/create-invitation": {
                const invitation = randomUUID();
                FakeCluster.invitations.set(invitation, this);
                return answer(response, 200, { invi_msg_id: invitation, invitation: { "@id": invitation } });
            }
            case "POST /out-of-band/receive-invitation": {
                const invitation = JSON.parse(content)["@id"];
                const other = FakeCluster.invitations.get(invitation)!;
                const [own, theirs] = [randomUUID(), randomUUID()];
                const state = this.cluster.state;
                wallet.connections.set(own, { invitation, state, peer: { cluster: other.cluster, id: theirs } });
                other.wallet.connections.set(theirs, { invitation, state, peer: { cluster: this.cluster, id: own } });
                return answer(response, 200, { connection_id: own });
            }
            case "GET /connections": {
                const wanted = searchParams.get("invitation_msg_id");
                const found = [...wallet.connections].filter(([, one]) => one.invitation === wanted);
                return answer(response, 200, { results: found.map(([connection_id]) => ({ connection_id })) });
            }
            case "GET /connections/ID": {
                const found = wallet.connections.get(id);
                return found
                    ? answer(response, 200, found && { state: found.state })
                    : answer(response, 404, "404: Not Found");
            }
            case "DELETE /connections/ID":
                wallet.connections.delete(id);
                return answer(response, 200);
            case "POST /connections/ID/send-message": {
                const { cluster, id: theirs } = wallet.connections.get(id)!.peer;
                cluster.receiver().receive(theirs, JSON.parse(content).content);
                return answer(response, 200);
            }
            default:
                return answer(response, asked.startsWith("DELETE /out-of-band") ? 200 : 404);
        }
    }

    /** One that does not have the connection cannot open the message. */
    private receive(connection: string, content: string) {
        if (!this.wallet.connections.has(connection)) return;
        const text = JSON.stringify({ topic: "basicmessages", payload: { content } });
        for (const socket of this.sockets.clients) socket.send(text);
    }
}

export class FakeCluster {
    static readonly invitations = new Map<string, FakeTask>();
    readonly key = "the-key";
    /** Whether it answers without a key. */
    open = false;
    /** What becomes of connections. */
    state = "active";
    readonly tasks: FakeTask[];
    private asked = 0;
    private received = 0;
    /** Which task gets the next message. */
    receiver = (): FakeTask => this.tasks[this.received++ % this.tasks.length]!;

    constructor(count: number) {
        const wallet = new Wallet();
        this.tasks = Array.from({ length: count }, () => new FakeTask(wallet, this));
    }

    /** As if one of the tasks had another database. */
    split() {
        this.tasks.at(-1)!.wallet = new Wallet();
    }

    /** Where the tasks are asked in turn, by the load balancer; and each by itself. */
    async listen(servers: Servers): Promise<{ admin: number; each: number[] }> {
        const next = () => this.tasks[this.asked++ % this.tasks.length]!;
        const each: number[] = [];
        for (const task of this.tasks) each.push(await servers.listen(serving(() => task)));
        return { admin: await servers.listen(serving(next)), each };
    }
}

function serving(task: () => FakeTask): http.Server {
    const server = http.createServer((request, response) => void task().handle(request, response));
    return server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
        const { sockets } = task();
        sockets.handleUpgrade(request, socket, head, (one: WebSocket) => sockets.emit("connection", one));
    });
}

const ADMIN_PORT = 8021;

/** Clusters by name as a target has them, seen through their load balancers, or task by task. */
export async function agentsTarget(
    servers: Servers,
    clusters: Record<string, FakeCluster>,
    apart = false,
): Promise<Target> {
    const agents: Record<string, { didcommUrl: string; adminUrl: string }> = {};
    const each = new Map<string, number[]>();
    const didcomm = await servers.http((request, response) => {
        answer(response, request.method === "POST" && request.url === "/" ? 400 : 404);
    });
    for (const [name, cluster] of Object.entries(clusters)) {
        const ports = await cluster.listen(servers);
        agents[name] = { didcommUrl: `http://127.0.0.1:${didcomm}`, adminUrl: `http://127.0.0.1:${ports.admin}` };
        each.set(name, ports.each);
    }
    return target({
        agents,
        service: async (name) => ({
            wanted: clusters[name]!.tasks.length,
            tasks: tasks(
                ...each.get(name)!.map((port): Record<number, number> => (apart ? { [ADMIN_PORT]: port } : {})),
            ),
        }),
        taskDefinition: async () => ({
            containerDefinitions: [{ environment: [{ name: "ACAPY_ADMIN", value: `["0.0.0.0",${ADMIN_PORT}]` }] }],
        }),
    });
}
