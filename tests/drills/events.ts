/**
 * Whether a rule of EventBridge lets an event through, by patterns of values and of `prefix` (EventBridge user guide, "Event patterns"). What it
 * does not know, it refuses.
 */
export type Pattern = { readonly [key: string]: Pattern | readonly unknown[] };

export const matches = (pattern: Pattern, event: unknown): boolean =>
    Object.entries(pattern).every(([key, wanted]) => {
        // Of a list of objects, one has to match.
        const found = [event].flat().flatMap((one) => (one as Record<string, unknown>)[key] ?? []);
        return Array.isArray(wanted)
            ? wanted.some((one) => found.some((value) => fits(one, value)))
            : found.some((value) => matches(wanted as Pattern, value));
    });

function fits(wanted: unknown, value: unknown): boolean {
    if (typeof wanted !== "object") return wanted === value;
    const [[operator, operand]] = Object.entries(wanted!) as [[string, unknown]];
    if (operator !== "prefix") throw new Error(`${operator} is not known here`);
    return String(value).startsWith(String(operand));
}
