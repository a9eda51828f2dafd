/** Topics and the queue of a Copilot manifest (its documentation, "publish", "subscribe", "count.queue_delay"). */
import type { Workload } from "../model";
import type { Node } from "../node";
import { shown } from "../shown";
import { exactSeconds, seconds } from "../units";

/** The queue of a Worker Service among its bindings. */
const EVENTS = "events";

/** A backlog for each task, which is what Copilot makes of the two times, too (its documentation, "count.queue_delay"). */
export function readQueueDelay(delay: Node | undefined, autoscaling: Record<string, unknown>) {
    const latency = exactSeconds(delay?.text("acceptable_latency"));
    const each = exactSeconds(delay?.text("msg_processing_time"));
    if (latency === undefined || !each) return;
    autoscaling.messages_per_task = { [EVENTS]: Math.max(1, Math.floor(latency / each)) };
}

export function readMessages(manifest: Node, workload: Workload) {
    for (const topic of manifest.items("publish", "topics")) {
        const name = topic.text("name") ?? topic.text();
        topic.take();
        workload.todo(
            `It publishes to the SNS topic ${name}, which is not made here: permissions: [{ actions: ["sns:Publish"], resources: [its ARN] }].`,
        );
    }
    const subscribe = manifest.get("subscribe");
    if (!subscribe) return;
    const topics = subscribe.items("topics").map((topic) => {
        const text = `${topic.text("service")}/${topic.text("name")}`;
        const filter = topic.get("filter_policy");
        if (filter) {
            workload.todo(
                `Of ${text} it gets messages with ${shown(filter.take())} alone: the filter of the subscription that is made, or in its code.`,
            );
        }
        const own = topic.get("queue");
        if (own) {
            workload.todo(
                `${text} has a queue of its own, ${shown(own.take())}, told by COPILOT_TOPIC_QUEUE_URIS: a binding for it, uses: { <name>: { queue: {} } }.`,
            );
        }
        return text;
    });
    const queue = subscribe.get("queue");
    const visibility = seconds(queue?.text("timeout"));
    const ordered = queue?.get("fifo");
    const fifo = ordered !== undefined && ordered.plain() !== false;
    if (ordered?.isLeaf) ordered.take();
    workload.uses[EVENTS] = {
        queue: { visibility_seconds: visibility, fifo: fifo || undefined },
        variables: { COPILOT_QUEUE_URI: "url" },
    };
    if (topics.length > 0)
        workload.todo(
            `The queue was subscribed to ${topics.join(", ")}: let the publisher write to the queue, or subscribe it to the topic.`,
        );
}
