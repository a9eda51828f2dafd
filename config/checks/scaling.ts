/** What decides how many tasks a service of a heritage has, beside CPU and memory. */
import type { HeritageConfig } from "../defaults";
import type { Path, Problem } from "./common";

type Service = HeritageConfig["services"][string];

export function scalingProblems(
    at: Path,
    { autoscaling, listeners }: Service,
    { uses }: Pick<HeritageConfig, "uses">,
): Problem[] {
    const problems: Problem[] = [];
    const path = [...at, "autoscaling"];
    const isReached = listeners.some(({ redirect }) => redirect === undefined);
    if (autoscaling?.requestsPerTask !== undefined && !isReached) {
        problems.push({
            path: [...path, "requestsPerTask"],
            what: "counts the requests of a load balancer, and no listener leads to this service",
            fix: "listeners: [{ paths: [/…] }], or leave it out",
            also: [[...at, "listeners"]],
        });
    }
    for (const name of Object.keys(autoscaling?.messagesPerTask ?? {})) {
        const place = [...path, "messagesPerTask", name];
        const queue = Object.hasOwn(uses, name) ? uses[name]!.queue : undefined;
        if (queue) continue;
        const fix = `uses: { ${name}: { queue: {} } } at the top of the file, or one of its names`;
        problems.push({ path: place, what: "is not a queue in uses", fix });
    }
    return problems;
}
