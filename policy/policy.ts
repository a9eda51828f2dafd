/** What a policy is, and what it gets to see. Neither needs an engine: `pack.ts` has one, the plan and the tests do without. */

/** A mandatory one stops a deployment; an advisory one is told. */
export type Level = "mandatory" | "advisory";

/** A resource, as a policy sees it. */
export interface PolicyResource {
    readonly urn: string;
    readonly type: string;
    readonly name: string;
    /** What the program gave. Under an engine, reading what nobody knows yet throws; the resource is judged when it is known. */
    readonly inputs: Readonly<Record<string, unknown>>;
    /** The tags that its provider gives to whatever it makes. */
    readonly defaultTags: Readonly<Record<string, string>>;
}

/** A resource among the others of its stack. */
export interface PolicyResourceInStack extends PolicyResource {
    /** The resources of the stack that a property names. */
    refersTo(property: string): readonly PolicyResourceInStack[];
}

/** A stack's resources by type: a policy asks for some of them for each that it looks at. */
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

/** One thing that is not as a policy asks. */
export interface Finding {
    readonly what: string;
    /** A container of a task definition, a realm of Keycloak: by name. */
    readonly part?: string;
    /** @default "container" */
    readonly partIs?: string;
    /** How to put it right, where that is not as the policy has it. */
    readonly fix?: string;
    /** Why it may be so all the same, where the policy itself knows. It is shown as an exception. */
    readonly reason?: string;
}

interface Common {
    /** In small letters with dashes: what an exception names. */
    readonly name: string;
    /** One sentence, which is in docs/policies.md, too. */
    readonly asks: string;
    readonly fix: string;
    /** Where nothing is in production; there every policy is mandatory. */
    readonly dev: Level | "off";
    /** The types of resources that it looks at; `aws:` stands for every resource of AWS. */
    readonly types: readonly string[];
}

/** Judged by what a resource was given alone, and so before it is made. */
export interface ResourcePolicy extends Common {
    check(resource: PolicyResource): readonly Finding[];
}

/** Judged by what else there is in the stack: at the end of a preview, and of an `up`. */
export interface StackPolicy extends Common {
    checkInStack(resource: PolicyResourceInStack, stack: PolicyStack): readonly Finding[];
}

export type Policy = ResourcePolicy | StackPolicy;

export const isStackPolicy = (policy: Policy): policy is StackPolicy => "checkInStack" in policy;

/** `production`: whether users depend on the stack. */
export const levelOf = ({ dev }: Policy, { production }: { readonly production: boolean }): Level | "off" =>
    production ? "mandatory" : dev;

export const appliesTo = ({ types }: Policy, { type }: Pick<PolicyResource, "type">): boolean =>
    types.some((text) => (text.endsWith(":") ? type.startsWith(text) : type === text));

/** For policies that find one thing or nothing. */
export const findingUnless = (fine: unknown, what: string): Finding[] => (fine ? [] : [{ what }]);
