/** Article 000: messages both ways, spread over the tasks of a cluster. */
import { randomBytes } from "node:crypto";
import { type Cluster, connected, LABEL } from "../agents";
import { type CheckContext, type Check, count, Failed } from "../check";
import { Listeners } from "../listeners";

/** Messages per task before the check fails. A load balancer that does not go round-robin needs more to reach all tasks. */
const MOST_PER_TASK = 10;
const ARRIVAL_SECONDS = 15;

export const messages: Check = {
    name: "agents-messages",
    proves: "messages get there both ways, to every agent of the cluster",
    run: (target, context) =>
        connected(target, context, async ({ issuer, issuers, holder, holders }) => {
            const listeners: Listeners[] = [];
            try {
                const [there, back] = [await Listeners.of(issuer), await Listeners.of(holder)];
                listeners.push(there, back);
                const inbound = await spread(holder, holders, issuer, there, context);
                const outbound = await fromEach(issuer, issuers, holder, back, context);
                return [inbound, outbound, "the connection is removed from both wallets"];
            } finally {
                for (const sockets of listeners) sockets.close();
            }
        }),
};

/** Sends messages until each task of the receiving cluster has received one. */
async function spread(
    from: Cluster,
    connection: string,
    to: Cluster,
    listeners: Listeners,
    context: CheckContext,
): Promise<string> {
    const most = to.tasks * MOST_PER_TASK;
    const contents: string[] = [];
    for (;;) {
        contents.push(await deliver(from, connection, to, listeners, context));
        const shares = listeners.shares(contents);
        // Round-robin reaches each task with one message per task. A second one confirms it.
        if (shares.length >= to.tasks && contents.length >= 2 * to.tasks) {
            const how = shares.length === 1 ? "all on one task" : `${shares.join(" and ")} on ${shares.length} tasks`;
            return `${from.name} to ${to.name}: ${count(contents.length, "message")}, ${how}`;
        }
        if (contents.length >= most) {
            throw new Failed(
                `messages of ${from.name} to land on ${to.tasks} tasks of ${to.name}`,
                `${most} messages landed on ${count(shares.length, "task")}: ${shares.join(" and ")}`,
            );
        }
    }
}

/** Any task can send on the connection: a message from each task if all can be reached, else through the load balancer. */
async function fromEach(
    from: Cluster,
    connection: string,
    to: Cluster,
    listeners: Listeners,
    context: CheckContext,
): Promise<string> {
    const bases = from.each ?? Array.from({ length: 2 * from.tasks }, () => from.adminUrl);
    for (const base of bases) await deliver(from, connection, to, listeners, context, base);
    const how = from.each ? `one from each of ${count(from.tasks, "task")}` : "through the load balancer";
    return `${from.name} to ${to.name}: ${count(bases.length, "message")}, ${how}, all received`;
}

/** Sends a message, waits until a task reports it, and returns its content. */
export async function deliver(
    from: Cluster,
    connection: string,
    to: Cluster,
    listeners: Listeners,
    { patience = 1 }: CheckContext,
    base?: string,
): Promise<string> {
    const content = `${LABEL} ${randomBytes(6).toString("hex")}`;
    const arrival = listeners.arrival(content, ARRIVAL_SECONDS * patience);
    await from.call("POST", `/connections/${connection}/send-message`, { json: { content } }, base);
    if (!(await arrival)) {
        throw new Failed(
            `a message of ${from.name} to arrive at ${to.name} within ${ARRIVAL_SECONDS} s`,
            `no task of ${to.name} says that it has it (${listeners.size} web sockets on its admin API)`,
            "a task that cannot open it: another wallet; or the DIDComm endpoint is out of the sender's reach",
        );
    }
    return content;
}
