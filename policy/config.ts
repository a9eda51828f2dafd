/** What a stack's configuration says of policies, from it as Pulumi hands it over: a text for each key. */
import { type Environment, environmentNamed } from "../config/environments";
import type { PolicyException } from "./exceptions";

/** A stack that says no environment is asked what production is asked. */
export const environmentOf = (config: Readonly<Record<string, string>>, project: string): Environment =>
    environmentNamed(config[`${project}:environment`]);

/** The exceptions that are whole. What else there is the program itself refuses, with the place and the remedy. */
export function exceptionsOf(config: Readonly<Record<string, string>>, project: string): PolicyException[] {
    const text = config[`${project}:policyExceptions`];
    if (!text) return [];
    let read: unknown;
    try {
        read = JSON.parse(text);
    } catch {
        return [];
    }
    const whole = Array.isArray(read) ? read.filter(isWhole) : [];
    // A reason may be written over several lines, and is told in one.
    return whole.map(({ policy, resource, reason }) => ({
        policy,
        resource,
        reason: reason.trim().replace(/\s+/g, " "),
    }));
}

function isWhole(item: unknown): item is PolicyException {
    const { policy, resource, reason } = (item ?? {}) as Record<string, unknown>;
    return [policy, resource, reason].every((text) => typeof text === "string" && text.trim() !== "");
}
