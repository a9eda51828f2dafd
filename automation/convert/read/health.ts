/** What several formats say alike of a container's health check. */
import type { Workload } from "../model";
import type { Node } from "../node";

/** Its interval, retries and so on: the key takes a command alone. */
export function noteTimes(health: Node, workload: Workload) {
    const times = health
        .without("command")
        .entries()
        .map(([key, value]) => `${key} ${value.text()}`);
    if (times.length > 0)
        workload.changed(
            `Its health check has the platform's own times, and not ${times.join(", ")}.`,
            "health_check_command",
        );
}
