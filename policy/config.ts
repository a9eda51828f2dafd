/** A stack's environment and policy exceptions, from its configuration in Pulumi's form: a text for each key. */
import { type Environment, environmentNamed } from "../config/environments";
import type { PolicyException } from "./exceptions";

/** A stack without an environment gets production's policies. */
export const environmentOf = (config: Readonly<Record<string, string>>, project: string): Environment =>
    environmentNamed(config[`${project}:environment`]);

/** The valid exceptions. The program itself refuses an invalid one, with the place and the remedy. */
export function exceptionsOf(config: Readonly<Record<string, string>>, project: string): PolicyException[] {
    const text = config[`${project}:policyExceptions`];
    if (!text) return [];
    let read: unknown;
    try {
        read = JSON.parse(text);
    } catch {
        return [];
    }
    const valid = Array.isArray(read) ? read.filter(isException) : [];
    // A reason may be written over several lines, and is shown in one.
    return valid.map(({ policy, resource, reason }) => ({
        policy,
        resource,
        reason: reason.trim().replace(/\s+/g, " "),
    }));
}

function isException(value: unknown): value is PolicyException {
    const { policy, resource, reason } = (value ?? {}) as Record<string, unknown>;
    return [policy, resource, reason].every((text) => typeof text === "string" && text.trim() !== "");
}
