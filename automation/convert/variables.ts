/** Which variables of a workload are in the clear, which are secrets, and which the program sets itself. */
import { looksSecret } from "../../policy/secrets/looks-secret";
import { secretByName } from "../../policy/secrets/names";
import type { Workload } from "./model";
import { unknownIn } from "./read/interpolate";
import { shown } from "./shown";

export interface Sorted {
    readonly environment: Record<string, string>;
    readonly secrets: Record<string, unknown>;
}

const MANAGED = ["HOST", "PORT", "DISTRICT_CA_PEM"];

/** `heritage` is for the command that sets a secret. No value of a secret is kept. */
export function sortVariables(workload: Workload, heritage: string): Sorted {
    const sorted: Sorted = { environment: {}, secrets: { ...workload.secrets } };
    for (const [name, source] of Object.entries(workload.secrets)) {
        if ("set" in (source as object)) toSet(workload, heritage, name);
    }
    for (const [name, said] of Object.entries(workload.variables)) {
        const unknown = said === undefined ? [] : unknownIn(said);
        const value = unknown.length > 0 ? undefined : said;
        if (name in sorted.secrets) continue;
        if (MANAGED.includes(name)) {
            const port = Number(value);
            if (name === "PORT" && Number.isInteger(port) && port > 0 && "listeners" in workload.keys)
                workload.keys.port = port;
            workload.changed(
                `${name} is set by the program: the port is the key port, and HOST is 127.0.0.1 behind Envoy.`,
            );
        } else if (
            value === undefined ? [name, ...unknown].some(secretByName) : looksSecret(name, value) !== undefined
        ) {
            sorted.secrets[name] = { set: {} };
            toSet(workload, heritage, name);
        } else if (value === undefined) {
            workload.top(
                "todo",
                `${name}: the file leaves ${said === undefined ? "its value" : shown(said, name)} to whoever starts it: write it here.`,
                "environment",
            );
        } else sorted.environment[name] = value;
    }
    return sorted;
}

function toSet(workload: Workload, heritage: string, name: string) {
    workload.top("todo", `npx identity secrets set ${heritage} ${name} --stack dev`, "secrets", name);
}

/** What all have alike is said once. `beside`: what a task has that gets the heritage's own variables alone. */
export function shared<Value>(
    all: readonly Readonly<Record<string, Value>>[],
    beside: Readonly<Record<string, Value>> = {},
): Record<string, Value> {
    const [first = {}, ...others] = all;
    const same = (value: Value, other: Value | undefined) => JSON.stringify(value) === JSON.stringify(other);
    const common = Object.entries(first).filter(([name, value]) => others.every((other) => same(value, other[name])));
    const wanted = Object.entries(beside).filter(([name, value]) =>
        all.every((variables) => !(name in variables) || same(value, variables[name])),
    );
    return Object.fromEntries([...common, ...wanted]);
}

export const without = <Value>(
    record: Readonly<Record<string, Value>>,
    known: Readonly<Record<string, Value>>,
): Record<string, Value> =>
    Object.fromEntries(
        Object.entries(record).filter(
            ([name, value]) => !(name in known) || JSON.stringify(value) !== JSON.stringify(known[name]),
        ),
    );
