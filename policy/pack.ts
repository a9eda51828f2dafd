/** The policies as a CrossGuard pack. `pulumi preview --policy-pack policy` and the Automation API run it. */
import * as sdk from "@pulumi/policy";
import type {
    PolicyResource as EngineResource,
    ReportViolation,
    ResourceValidationArgs,
    StackValidationArgs,
} from "@pulumi/policy";
import * as pulumi from "@pulumi/pulumi";
import { environmentOf, exceptionsOf } from "./config";
import { judge, type JudgedFinding, describeFinding } from "./exceptions";
import { POLICIES } from "./policies";
import {
    type Finding,
    isStackPolicy,
    levelOf,
    appliesTo,
    type Policy,
    type PolicyResource,
    type PolicyResourceInStack,
    PolicyStack,
} from "./policy";
import { tagsOf } from "./provider-tags";

/** Internal to the SDK, and so not in its types. */
const { UnknownValueError } = sdk as unknown as { UnknownValueError: new () => Error };

/** The stack's configuration. Pulumi passes it to a pack as to a program. */
const config = pulumi.runtime.allConfig();
const environment = environmentOf(config, pulumi.getProject());
const exceptions = exceptionsOf(config, pulumi.getProject());

/** The findings with a reason, which are reported at the end. Keyed, since the engine passes a resource that is replaced twice. */
const excepted = new Map<string, JudgedFinding & { policy: string }>();
/** The policies and resources that were not judged, since an input was not known yet: they may need their exception later. */
const undecided = new Set<string>();

function judged(policy: Policy, resource: PolicyResource, check: () => readonly Finding[], report: ReportViolation) {
    for (const judgedFinding of judge(policy, resource, known(policy, resource, check), exceptions)) {
        if (judgedFinding.reason === undefined)
            report(`${describeFinding(judgedFinding)}\n→ ${judgedFinding.fix ?? policy.fix}`, resource.urn);
        else
            excepted.set([policy.name, resource.urn, judgedFinding.part].join(" "), {
                ...judgedFinding,
                policy: policy.name,
            });
    }
}

/** No findings where an input is not known yet, in a preview. The `up` judges the resource before it creates it. */
function known(policy: Policy, resource: PolicyResource, check: () => readonly Finding[]): readonly Finding[] {
    try {
        return check();
    } catch (error) {
        if (!(error instanceof UnknownValueError)) throw error;
        undecided.add(`${policy.name} ${resource.name}`);
        return [];
    }
}

const asPolicyResource = ({
    urn,
    type,
    name,
    props,
    provider,
}: ResourceValidationArgs | EngineResource): PolicyResource => ({
    urn,
    type,
    name,
    inputs: props,
    get defaultTags() {
        return tagsOf(provider?.props.defaultTags);
    },
});

const inStack = (resource: EngineResource): PolicyResourceInStack => ({
    urn: resource.urn,
    type: resource.type,
    name: resource.name,
    inputs: resource.props,
    defaultTags: {},
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
                if (!appliesTo(policy, args)) return;
                const resource = asPolicyResource(args);
                judged(policy, resource, () => policy.check(resource), report);
            },
        };
    }
    return {
        ...described,
        validateStack: ({ resources }: StackValidationArgs, report: ReportViolation) => {
            const stack = new PolicyStack(resources.map(inStack));
            for (const resource of stack.ofType(policy.types)) {
                judged(policy, resource, () => policy.checkInStack(resource, stack), report);
            }
        },
    };
});

/** Has to be the last policy, when all resources have been judged. */
const tellExceptions = {
    name: "exceptions",
    description: "An exception to a policy, and its reason.",
    enforcementLevel: "advisory" as const,
    validateStack: (_: StackValidationArgs, report: ReportViolation) => {
        for (const { policy, resource, reason, ...what } of excepted.values()) {
            report(`${policy}: ${describeFinding(what)}\nmay be so: ${reason}`, resource.urn);
        }
        const used = new Set([...excepted.values()].map(({ exception }) => exception));
        for (const exception of exceptions) {
            if (used.has(exception) || undecided.has(`${exception.policy} ${exception.resource.split("/")[0]}`))
                continue;
            report(
                `${exception.policy} has no exception to make for ${exception.resource}\n→ take it out of policyExceptions`,
            );
        }
    },
};

new sdk.PolicyPack("identity", { policies: [...policies, tellExceptions] });
