import { environmentOf, exceptionsOf } from "../../../policy/config";
import { judge, type PolicyException, describeFinding } from "../../../policy/exceptions";
import { POLICIES } from "../../../policy/policies";
import {
    type Finding,
    isStackPolicy,
    levelOf,
    appliesTo,
    type Policy,
    type PolicyResourceInStack,
    PolicyStack,
} from "../../../policy/policy";
import { tagsOf } from "../../../policy/provider-tags";
import { add } from "../grouping";
import type { Inventory } from "../inventory";

export type PolicyView = ReturnType<typeof policies>[number];

/**
 * The policies and their results. One passes if it has no violations. `config`: in Pulumi's form, a text for each key.
 */
export function policies(inventory: Inventory, project: string, config: Readonly<Record<string, string>>) {
    const environment = environmentOf(config, project);
    const exceptions = exceptionsOf(config, project);
    const stack = policyStack(inventory);
    return POLICIES.map((policy) => {
        // A mandatory violation stops a deployment; `off`: the policy does not apply to this stack.
        const level = levelOf(policy, environment);
        const resources = level === "off" ? [] : stack.all.filter((resource) => appliesTo(policy, resource));
        return { ...view(policy, resources, stack, exceptions), name: policy.name, asks: policy.asks, level };
    });
}

function view(policy: Policy, resources: PolicyResourceInStack[], stack: PolicyStack, exceptions: PolicyException[]) {
    const judged = resources.flatMap((resource) =>
        judge(policy, resource, findings(policy, resource, stack), exceptions).map((judgedFinding) => ({
            reason: judgedFinding.reason,
            exception: judgedFinding.exception,
            fix: judgedFinding.fix ?? policy.fix,
            /** The resource's name in the program, which an exception refers to. */
            resource: resource.name,
            type: resource.type,
            urn: resource.urn,
            what: describeFinding(judgedFinding),
        })),
    );
    const used = new Set(judged.map(({ exception }) => exception));
    return {
        violations: judged.flatMap(({ reason, exception: _, ...violation }) =>
            reason === undefined ? [violation] : [],
        ),
        /** The findings that an exception or the policy itself accepts, with the reason. */
        exceptions: judged.flatMap(({ reason, exception: _, fix: __, ...rest }) =>
            reason === undefined ? [] : [{ ...rest, reason }],
        ),
        /** Exceptions in the stack file that match no finding. */
        unused: exceptions
            .filter((exception) => exception.policy === policy.name && !used.has(exception))
            .map(({ resource, reason }) => ({ resource, reason })),
    };
}

export const findings = (policy: Policy, resource: PolicyResourceInStack, stack: PolicyStack): readonly Finding[] =>
    isStackPolicy(policy) ? policy.checkInStack(resource, stack) : policy.check(resource);

/** The resources in the form for policies. A property refers to a resource if a value in it is the resource's id, ARN or name. */
export function policyStack(inventory: Inventory): PolicyStack {
    const named = new Map<unknown, PolicyResourceInStack[]>();
    const all = inventory.all.map(({ id, urn, type, name, inputs, outputs, provider }): PolicyResourceInStack => {
        const providerResource = provider === undefined ? undefined : inventory.byUrn(provider);
        const resource: PolicyResourceInStack = {
            urn,
            type,
            name,
            inputs,
            defaultTags: tagsOf(providerResource?.inputs.defaultTags),
            refersTo: (property) => leaves(inputs[property]).flatMap((value) => named.get(value) ?? []),
        };
        for (const key of new Set([id, outputs.arn, outputs.name, outputs.arnSuffix]))
            if (key) add(named, key, resource);
        return resource;
    });
    return new PolicyStack(all);
}

/** The values in lists and objects, however deep, and the alarms that a composite alarm's rule names. */
const leaves = (value: unknown): unknown[] => {
    if (typeof value === "object" && value !== null) return Object.values(value).flatMap(leaves);
    return typeof value === "string" && value.includes('ALARM("') ? alarmsOfRule(value) : [value];
};

const alarmsOfRule = (rule: string) => [...rule.matchAll(/"([^"]+)"/g)].map(([, name]) => name);
