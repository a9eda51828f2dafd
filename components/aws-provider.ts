import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

const NUMBERS = ["maxRetries", "tokenBucketRateLimiterCapacity"];

/**
 * The AWS provider as the stack's `aws:` configuration describes it, with tags for everything that it makes. Tags by
 * transformation would miss what awsx makes in a process of its own; the provider's reach that, too.
 */
export function awsProvider(name: string, tags: Record<string, string>): aws.Provider {
    const configured = Object.fromEntries(
        Object.entries(pulumi.runtime.allConfig())
            .filter(([key]) => key.startsWith("aws:"))
            .map(([key, value]) => [key.slice("aws:".length), value] as const)
            .map(([key, value]) => [key, parsed(key, value)]),
    ) as aws.ProviderArgs;
    const stackTags = { Project: pulumi.getProject(), Stack: pulumi.getStack(), ManagedBy: "pulumi" };
    const configuredTags = (configured.defaultTags as { tags?: Record<string, string> } | undefined)?.tags;
    return new aws.Provider(name, {
        ...configured,
        defaultTags: { tags: { ...stackTags, ...configuredTags, ...tags } },
    });
}

/** Everything comes as text: objects, lists, booleans and numbers as JSON. An account's id or a token is a text, digits or not. */
function parsed(key: string, value: string): unknown {
    try {
        const json = JSON.parse(value);
        return typeof json !== "number" || NUMBERS.includes(key) ? json : value;
    } catch {
        return value;
    }
}
