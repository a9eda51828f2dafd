/** What several formats say alike of a container's health check. */
import { askedPath } from "../commands";
import type { Workload } from "../model";
import type { Node, Plain } from "../node";

/** The command of a health check as Docker has it, and the path that it asks by HTTP; undefined where there is none. */
export function healthCommand(test: Plain | undefined): { command: string[]; asked: string | undefined } | undefined {
    const [kind, ...rest] = Array.isArray(test) ? test.map(String) : ["CMD-SHELL", String(test ?? "")];
    if (kind === undefined || kind === "NONE" || rest.join("") === "") return undefined;
    return {
        command: kind === "CMD-SHELL" ? ["/bin/sh", "-c", rest.join(" ")] : kind === "CMD" ? rest : [kind, ...rest],
        asked: askedPath(rest),
    };
}

/** A health check of the container, by a command: its interval, retries and so on have no key. */
export function readHealthCommand(health: Node | undefined, workload: Workload) {
    const found = healthCommand(health?.take("command"));
    if (!health || !found) return;
    workload.keys.health_check_command = found.command;
    workload.healthPath ??= found.asked;
    const times = health
        .without("command")
        .entries()
        .map(([key, value]) => `${key} ${value.text()}`);
    if (times.length > 0) noteTimes(workload, times);
}

export const noteTimes = (workload: Workload, times: readonly string[]) =>
    workload.changed(
        `Its health check has the platform's own times, and not ${times.join(", ")}.`,
        "health_check_command",
    );
