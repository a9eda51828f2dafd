/** Resources as policies see them, without a program. */
import * as sdk from "@pulumi/policy";
import { isStackPolicy, appliesTo, type Policy, type PolicyResourceInStack, PolicyStack } from "../../policy/policy";

export interface Given {
    type: string;
    /** @default "it" */
    name?: string;
    inputs: Record<string, unknown>;
    defaultTags?: Record<string, string>;
    /** What its properties name, where a value is not known. @default its inputs */
    names?: Record<string, unknown>;
    /** What else there is in the stack; a property names another resource by its name. */
    beside?: { type: string; name: string; inputs: Record<string, unknown> }[];
}

/** What a policy is tried with: what it lets pass, and what it says of the rest, to the letter. */
export interface Cases {
    passes: Given[];
    fails: [given: Given, ...what: string[]][];
    /** What it finds, and knows a reason for. */
    excuses?: [given: Given, what: string, reason: string][];
}

/** Internal to the SDK, and so not in its types. */
const { unknownCheckingProxy, UnknownValueError } = sdk as unknown as {
    unknownCheckingProxy<Values>(values: Values): Values;
    UnknownValueError: new () => Error;
};
/** What the SDK has in the place of a text that nobody knows yet. */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** What a policy finds; `"unknown"` where it would have to know more. Under an engine, whatever is not known throws when it is read. */
export function findings(policy: Policy, given: Given) {
    const { beside = [], ...rest } = given;
    const all: PolicyResourceInStack[] = [rest, ...beside].map(
        ({ type, name = "it", inputs, names = inputs, defaultTags = {} }: Given) => ({
            urn: `urn:pulumi:s::p::${type}::${name}`,
            type,
            name,
            defaultTags,
            // More than the policy has to know: it must get by without.
            inputs: unknownCheckingProxy({ ...inputs, somethingElse: UNKNOWN }),
            refersTo: (property) => all.filter((other) => [names[property]].flat().includes(other.name)),
        }),
    );
    const [resource] = all;
    if (!appliesTo(policy, resource!)) throw new Error(`${policy.name} does not look at ${resource!.type}`);
    const stack = new PolicyStack(all);
    try {
        return isStackPolicy(policy) ? policy.checkInStack(resource!, stack) : policy.check(resource!);
    } catch (error) {
        if (error instanceof UnknownValueError) return "unknown";
        throw error;
    }
}

/** The same case over and over, each time with another one of its values not known yet. */
export const withOneUnknown = (given: Given): Given[] =>
    Object.keys(given.inputs).map((key) => ({
        ...given,
        names: given.inputs,
        inputs: { ...given.inputs, [key]: UNKNOWN },
    }));
