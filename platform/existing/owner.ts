/** Whose a resource is, by the tags that the provider puts on everything that it makes (`components/aws-provider.ts`). */

export interface Owner {
    readonly project: string;
    readonly stack: string;
}

export const ownTags = ({ project, stack }: Owner) => ({ Project: project, Stack: stack, ManagedBy: "pulumi" });
