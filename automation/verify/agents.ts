/** The admin API of a cluster of agents: each task where tasks can be reached, else any task through the load balancer. */
import { randomBytes } from "node:crypto";
import { type CheckContext, count, Failed, NotInStack, Skipped, pollUntil } from "./check";
import { type Answer, type Asked, type HttpRequest, request, shortened } from "./http";
import { environmentWith, hasEnvoy, type Target } from "./target";
import { ENVOY_PORT } from "../../components/envoy/sidecar";

/** The accepted probability that a task was never asked. */
const MISS_PROBABILITY = 1e-6;

/**
 * The number of requests after which each task was asked, except for `MISS_PROBABILITY`, if the load balancer picked tasks at random. It
 * goes round-robin, which needs fewer.
 */
export const requestsFor = (tasks: number) =>
    tasks < 2 ? 1 : Math.ceil(Math.log(MISS_PROBABILITY / tasks) / Math.log(1 - 1 / tasks));

export class Cluster {
    private constructor(
        private readonly target: Target,
        readonly name: string,
        readonly key: string,
        readonly tasks: number,
        /** The URLs of all tasks' admin APIs; undefined unless all can be reached. */
        readonly each: readonly string[] | undefined,
        /** Whom to ask there. */
        private readonly eachAsked: Asked,
    ) {}

    static async of(target: Target, name: string): Promise<Cluster> {
        await adminInReach(target);
        const { tasks, wanted } = await target.service(name);
        const running = tasks.filter(({ status }) => status === "RUNNING");
        if (running.length === 0) throw new Failed(`${count(wanted, "task")} of ${name}`, "none runs");
        const definition = await target.taskDefinition(name);
        const { ACAPY_ADMIN: setting } = environmentWith(definition, "ACAPY_ADMIN") ?? {};
        const own = setting === undefined ? undefined : Number(JSON.parse(setting)[1]);
        const [scheme, port] = hasEnvoy(definition) ? ["https", ENVOY_PORT] : ["http", own];
        const each = running.map((task) => (port === undefined ? undefined : task.at(port)));
        return new Cluster(
            target,
            name,
            await target.secret(name, "ACAPY_ADMIN_API_KEY"),
            running.length,
            each.every((place) => place) ? each.map((place) => `${scheme}://${place!.host}:${place!.port}`) : undefined,
            {
                authority: (await target.taskAuthority?.(name)) ?? target.authority,
                connectTo: (host, at) => ({ host, port: at }),
                anyName: true,
            },
        );
    }

    get adminUrl(): string {
        return this.target.agents[this.name]!.adminUrl;
    }

    /** Sends a request to any task, or to the one at `base`. Any status but 2xx is a failure. */
    async call(method: string, path: string, options: HttpRequest = {}, base = this.adminUrl) {
        const answer = await this.ask(method, path, options, base);
        if (answer.status < 200 || answer.status > 299) {
            throw new Failed(`${method} ${path} of ${this.name} to be done`, answerText(answer));
        }
        return answer.json();
    }

    /** Sends a request and returns the answer, whatever its status. Sends the API key unless `options` has headers. */
    ask(method: string, path: string, options: HttpRequest = {}, base = this.adminUrl): Promise<Answer> {
        return request(this.asked(base), base + path, { headers: { "X-API-Key": this.key }, ...options, method });
    }

    /** How to get to the one at `base`. */
    asked(base: string): Asked {
        return this.each?.includes(base) ? this.eachAsked : this.target;
    }

    /** The answers of all tasks: one each, or those of `requestsFor` requests through the load balancer. */
    async everywhere<Value>(ask: (base: string) => Promise<Value>): Promise<Value[]> {
        const bases = this.each ?? Array.from({ length: requestsFor(this.tasks) }, () => this.adminUrl);
        const answers: Value[] = [];
        for (const base of bases) answers.push(await ask(base));
        return answers;
    }

    /** How the tasks were asked, for the outcome's text. */
    get how(): string {
        if (this.each) return this.tasks === 1 ? "the one task asked" : `each of ${this.tasks} tasks asked`;
        if (this.tasks === 1) return "the one task asked";
        return (
            `${requestsFor(this.tasks)} requests spread over ${this.tasks} tasks; ` +
            `that one was never asked: less than 1 in a million`
        );
    }
}

export const answerText = ({ status, text }: Pick<Answer, "status" | "text">) => `${status} ${shortened(text)}`;

/** Whether a URL is on the internal side, and that is out of reach from here. */
export const isOutOfReach = async (target: Target, url: string): Promise<boolean> =>
    target.internal(url) && (await target.adminOutOfReach()) !== undefined;

/** What a check says of such a URL. */
export const notAsked = (url: string) => `${url}: not asked, it is on the internal side`;

export async function adminInReach(target: Target): Promise<void> {
    const why = await target.adminOutOfReach();
    if (why) throw new Skipped(why.reason, why.remedy);
}

export function clusterNames(target: Target): string[] {
    const names = Object.keys(target.agents);
    if (names.length === 0) throw new NotInStack("the stack has no agents");
    return names;
}

/** Two clusters to connect to each other: the one with the most tasks, and another one. */
export async function pair(target: Target): Promise<[Cluster, Cluster]> {
    const names = clusterNames(target);
    if (names.length === 1)
        throw new NotInStack("the stack has one cluster of agents, and so no holder to talk to: another under agents");
    const clusters: Cluster[] = [];
    for (const name of names) clusters.push(await Cluster.of(target, name));
    const [issuer, ...others] = clusters.sort((first, second) => second.tasks - first.tasks);
    return [issuer!, others.at(-1)!];
}

/** Connects two clusters, and removes the connection in any case. */
export async function connected<Value>(
    target: Target,
    context: CheckContext,
    work: (pairing: Connection & { issuer: Cluster; holder: Cluster }) => Promise<Value>,
): Promise<Value> {
    const [issuer, holder] = await pair(target);
    const connection = await connect(issuer, holder, context);
    try {
        return await work({ ...connection, issuer, holder });
    } finally {
        await connection.remove();
    }
}

export interface Connection {
    /** The connection's id on each side. */
    readonly issuers: string;
    readonly holders: string;
    /** Deletes it from both wallets. */
    remove(): Promise<void>;
}

const ACTIVE_SECONDS = 30;
export const LABEL = "identity-platform verify";

/** The holder invites, and the issuer accepts. Different tasks may serve the steps. `pauseSeconds`: how often it looks. */
export async function connect(
    issuer: Cluster,
    holder: Cluster,
    context: CheckContext,
    pauseSeconds = 0.5,
): Promise<Connection> {
    const alias = `${LABEL} ${randomBytes(4).toString("hex")}`;
    const invited = await holder.call("POST", "/out-of-band/create-invitation?auto_accept=true", {
        json: { alias, my_label: alias, handshake_protocols: ["https://didcomm.org/didexchange/1.1"] },
    });
    const connections: [Cluster, string][] = [];
    const remove = async () => {
        for (const [cluster, id] of connections.splice(0)) await cluster.ask("DELETE", `/connections/${id}`);
        await holder.ask("DELETE", `/out-of-band/invitations/${invited.invi_msg_id}`);
    };
    try {
        const { connection_id: issuers } = await issuer.call(
            "POST",
            `/out-of-band/receive-invitation?auto_accept=true&use_existing_connection=false&alias=${encodeURIComponent(alias)}`,
            { json: invited.invitation },
        );
        connections.push([issuer, issuers]);
        const holders = await pollUntil(
            ACTIVE_SECONDS,
            context,
            () => foundBy(holder, invited.invi_msg_id),
            pauseSeconds,
        );
        if (!holders) throw new Failed(`${holder.name} to know of the connection`, `nothing in ${ACTIVE_SECONDS} s`);
        connections.push([holder, holders]);
        for (const [cluster, id] of connections) await becomesActive(cluster, id, context, pauseSeconds);
        return { issuers, holders, remove };
    } catch (error) {
        await remove().catch(() => undefined);
        throw error;
    }
}

async function foundBy(cluster: Cluster, invitation: string): Promise<string | undefined> {
    const { results } = await cluster.call("GET", `/connections?invitation_msg_id=${invitation}`);
    return results[0]?.connection_id;
}

async function stateOf(cluster: Cluster, connection: string, base?: string): Promise<string> {
    const answer = await cluster.ask("GET", `/connections/${connection}`, {}, base);
    return answer.status === 200 ? String(answer.json().state) : answerText(answer);
}

/** A connection's state on every task of the cluster. */
export const statesOf = (cluster: Cluster, connection: string) =>
    cluster.everywhere((base) => stateOf(cluster, connection, base));

async function becomesActive(cluster: Cluster, connection: string, context: CheckContext, pauseSeconds: number) {
    const isActive = async () => ((await stateOf(cluster, connection)) === "active" ? true : undefined);
    const active = await pollUntil(ACTIVE_SECONDS, context, isActive, pauseSeconds);
    if (!active) {
        // A task with another wallet may have received the other side's answer, and does not know the connection.
        const states = await statesOf(cluster, connection);
        throw new Failed(
            `the connection to be active at ${cluster.name} within ${ACTIVE_SECONDS} s`,
            `${[...new Set(states)].join(", ")} (${cluster.how})`,
            "the other side's DIDComm endpoint may be out of reach, or a task may have another wallet",
        );
    }
}
