/** The summary of an operation: changes, endpoints, time, and the slowest steps. */
import type { OutputMap } from "@pulumi/pulumi/automation";
import { type Colors, table } from "../plan/text";
import type { Outcome } from "./operation";
import { duration } from "./progress";
import { label } from "./urn";

const SLOWEST = 5;
/** Faster steps are left out. */
const SLOW_MILLISECONDS = 1000;
const DONE: Partial<Record<string, string>> = {
    create: "created",
    update: "updated",
    replace: "replaced",
    delete: "deleted",
    import: "imported",
    same: "unchanged",
};

export function summary(what: string, outcome: Outcome, outputs: OutputMap, { bold, dim }: Colors): string {
    const counted = Object.entries(DONE).flatMap(([op, done]) => {
        const number = outcome.counted[op as keyof typeof outcome.counted];
        return number ? [`${number} ${done}`] : [];
    });
    const slow = [...outcome.progress.finished]
        .filter(({ milliseconds }) => milliseconds >= SLOW_MILLISECONDS)
        .sort((a, b) => b.milliseconds - a.milliseconds)
        .slice(0, SLOWEST)
        .map(({ urn, done, milliseconds }) => [duration(milliseconds), `${done} ${label(urn)}`]);
    const addresses = endpoints(outputs);
    return [
        bold(`${what} in ${duration(outcome.milliseconds)}: ${counted.join(", ") || "nothing"}`),
        ...(addresses.length > 0 ? ["", bold("Endpoints"), ...table(addresses, 2)] : []),
        ...(slow.length > 0 ? ["", bold("What took longest"), ...table(slow, 2)] : []),
        ...(addresses.length > 0 ? ["", dim("All outputs: pulumi stack output")] : []),
        "",
    ].join("\n");
}

/** The outputs that are URLs, also those in maps. */
export function endpoints(outputs: OutputMap): string[][] {
    return Object.entries(outputs).flatMap(([name, { value, secret }]) => {
        if (secret) return [];
        const entries: [string, unknown][] =
            typeof value === "object" && value !== null && !Array.isArray(value)
                ? Object.entries(value as object).map(([key, inner]) => [`${name} ${key}`, inner])
                : [[name, value]];
        return entries.flatMap(([key, text]) =>
            typeof text === "string" && /^https?:\/\//.test(text) ? [[key, text]] : [],
        );
    });
}
