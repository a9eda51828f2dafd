/** Policies and their inputs. Neither needs an engine: `pack.ts` runs them in one, the plan and the tests without. */

/** A violation of a mandatory policy stops a deployment; one of an advisory policy is only shown. */
export type Level = "mandatory" | "advisory";

/** A resource, as a policy sees it. */
export interface PolicyResource {
    readonly urn: string;
    readonly type: string;
    readonly name: string;
    /** Under an engine, reading a value that is not known yet throws; the resource is judged later, when it is known. */
    readonly inputs: Readonly<Record<string, unknown>>;
    /** The tags that its provider adds to all its resources. */
    readonly defaultTags: Readonly<Record<string, string>>;
}

/** A resource with its references to others of the stack. */
export interface PolicyResourceInStack extends PolicyResource {
    /** The resources of the stack to which a property refers. */
    refersTo(property: string): readonly PolicyResourceInStack[];
}

/** A stack's resources, indexed by type: a policy looks up some types for each resource. */
export class PolicyStack {
    private readonly byType = new Map<string, PolicyResourceInStack[]>();

    constructor(readonly all: readonly PolicyResourceInStack[]) {
        for (const resource of all) {
            const others = this.byType.get(resource.type);
            if (others) others.push(resource);
            else this.byType.set(resource.type, [resource]);
        }
    }

    ofType(types: readonly string[]): readonly PolicyResourceInStack[] {
        return types.flatMap((type) => this.byType.get(type) ?? []);
    }
}

/** Reads something of a whole stack, once: each resource of the stack may be asked about it. */
export function oncePerStack<Value>(read: (stack: PolicyStack) => Value): (stack: PolicyStack) => Value {
    const known = new WeakMap<PolicyStack, Value>();
    return (stack) => {
        if (!known.has(stack)) known.set(stack, read(stack));
        return known.get(stack)!;
    };
}

/** Something that does not meet a policy. */
export interface Finding {
    readonly what: string;
    /** The name of a container of a task definition, or of a realm of Keycloak. */
    readonly part?: string;
    /** @default "container" */
    readonly partIs?: string;
    /** @default the policy's own fix */
    readonly fix?: string;
    /** Why it is accepted, where the policy itself knows a reason. It is then shown as an exception. */
    readonly reason?: string;
}

interface Common {
    /** Lower case with dashes. An exception refers to it. */
    readonly name: string;
    /** One sentence, which is also in docs/policies.md. */
    readonly asks: string;
    readonly fix: string;
    /** The level outside production. In production every policy is mandatory. */
    readonly dev: Level | "off";
    /** The resource types that it judges; `aws:` stands for all of AWS. */
    readonly types: readonly string[];
}

/** Judges a resource by its own inputs, before it is created. */
export interface ResourcePolicy extends Common {
    check(resource: PolicyResource): readonly Finding[];
}

/** Judges a resource by the whole stack, at the end of a preview or an `up`. */
export interface StackPolicy extends Common {
    checkInStack(resource: PolicyResourceInStack, stack: PolicyStack): readonly Finding[];
}

export type Policy = ResourcePolicy | StackPolicy;

export const isStackPolicy = (policy: Policy): policy is StackPolicy => "checkInStack" in policy;

/** `production`: whether users depend on the stack. */
export const levelOf = ({ dev }: Policy, { production }: { readonly production: boolean }): Level | "off" =>
    production ? "mandatory" : dev;

export const appliesTo = ({ types }: Policy, { type }: Pick<PolicyResource, "type">): boolean =>
    types.some((wanted) => (wanted.endsWith(":") ? type.startsWith(wanted) : type === wanted));

/** For policies with at most one finding. */
export const findingUnless = (passes: unknown, what: string): Finding[] => (passes ? [] : [{ what }]);
