/** The policies as a CrossGuard pack: what `pulumi preview --policy-pack policy` and the Automation API run. */
import * as sdk from "@pulumi/policy";
import type { PolicyResource, ReportViolation, ResourceValidationArgs, StackValidationArgs } from "@pulumi/policy";
import * as pulumi from "@pulumi/pulumi";
import { environmentOf, exceptionsOf } from "./config";
import { judge, type Judged, told } from "./exceptions";
import { POLICIES } from "./policies";
import {
    type Finding,
    isStackPolicy,
    levelOf,
    looksAt,
    type Policy,
    type Seen,
    type SeenInStack,
    SeenStack,
} from "./policy";
import { tagsOf } from "./provider-tags";

/** Internal to the SDK, and so not in its types. */
const { UnknownValueError } = sdk as unknown as { UnknownValueError: new () => Error };

/** The stack's own, which Pulumi hands to a pack as it does to a program. */
const config = pulumi.runtime.allConfig();
const environment = environmentOf(config, pulumi.getProject());
const exceptions = exceptionsOf(config, pulumi.getProject());

/** What was excepted, told at the end; by policy and resource, since a resource that is replaced is looked at twice. */
const excepted = new Map<string, Judged & { policy: string }>();
/** Where something could not be known, and so may yet need its exception. */
const undecided = new Set<string>();

function judged(policy: Policy, resource: Seen, check: () => readonly Finding[], report: ReportViolation) {
    for (const one of judge(policy, resource, known(policy, resource, check), exceptions)) {
        if (one.reason === undefined) report(`${told(one)}\n→ ${one.fix ?? policy.fix}`, resource.urn);
        else excepted.set([policy.name, resource.urn, one.part].join(" "), { ...one, policy: policy.name });
    }
}

/** In a preview a value may be known to nobody yet: the policy is silent then, and speaks in the `up`, before the resource is made. */
function known(policy: Policy, resource: Seen, check: () => readonly Finding[]): readonly Finding[] {
    try {
        return check();
    } catch (error) {
        if (!(error instanceof UnknownValueError)) throw error;
        undecided.add(`${policy.name} ${resource.name}`);
        return [];
    }
}

const asSeen = ({ urn, type, name, props, provider }: ResourceValidationArgs | PolicyResource): Seen => ({
    ...{ urn, type, name, inputs: props },
    get defaultTags() {
        return tagsOf(provider?.props.defaultTags);
    },
});

const inStack = (resource: PolicyResource): SeenInStack => ({
    ...{ urn: resource.urn, type: resource.type, name: resource.name, inputs: resource.props, defaultTags: {} },
    refersTo: (property) => (resource.propertyDependencies[property] ?? []).map(inStack),
});

const policies: sdk.Policies = POLICIES.map((policy) => {
    const level = levelOf(policy, environment);
    const described = {
        name: policy.name,
        description: policy.asks,
        enforcementLevel: level === "off" ? ("disabled" as const) : level,
        remediationSteps: policy.fix,
    };
    if (!isStackPolicy(policy)) {
        return {
            ...described,
            validateResource: (args: ResourceValidationArgs, report: ReportViolation) => {
                if (!looksAt(policy, args)) return;
                const resource = asSeen(args);
                judged(policy, resource, () => policy.check(resource), report);
            },
        };
    }
    return {
        ...described,
        validateStack: ({ resources }: StackValidationArgs, report: ReportViolation) => {
            const stack = new SeenStack(resources.map(inStack));
            for (const resource of stack.ofType(policy.types)) {
                judged(policy, resource, () => policy.checkInStack(resource, stack), report);
            }
        },
    };
});

/** The last: by now every resource was looked at. */
const tellExceptions = {
    name: "exceptions",
    description: "An exception to a policy, and its reason.",
    enforcementLevel: "advisory" as const,
    validateStack: (_: StackValidationArgs, report: ReportViolation) => {
        for (const { policy, resource, reason, ...what } of excepted.values()) {
            report(`${policy}: ${told(what)}\nmay be so: ${reason}`, resource.urn);
        }
        const used = new Set([...excepted.values()].map(({ exception }) => exception));
        for (const one of exceptions) {
            if (used.has(one) || undecided.has(`${one.policy} ${one.resource.split("/")[0]}`)) continue;
            report(`${one.policy} has no exception to make for ${one.resource}\n→ take it out of policyExceptions`);
        }
    },
};

new sdk.PolicyPack("identity", { policies: [...policies, tellExceptions] });
