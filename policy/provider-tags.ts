/** The tags of a provider's `defaultTags`, which Pulumi stores as JSON text. */
export function tagsOf(defaultTags: unknown): Record<string, string> {
    const read = typeof defaultTags === "string" ? (JSON.parse(defaultTags) as unknown) : defaultTags;
    return (read as { tags?: Record<string, string> } | undefined)?.tags ?? {};
}
