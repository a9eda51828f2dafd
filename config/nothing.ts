import type { z } from "zod";

/**
 * What a file says, without the keys that have nothing behind them, as where all below one is commented out: such a key says nothing.
 * A name says something by itself: `issuer:` is an agent like any. A variable without a value does not, nor does a key that there is
 * not: both stay, and the schema refuses them. One rule for stack files and heritages.
 */
export function withoutNothing(value: unknown, schema: z.ZodType | undefined): unknown {
    if (value === null || typeof value !== "object" || Array.isArray(value)) return value;
    const inner = unwrapped(schema);
    if (inner?.def.type === "object") {
        const shape = (inner as z.ZodObject).shape as Record<string, z.ZodType>;
        const known = (key: string) => Object.hasOwn(shape, key);
        return map(value, (one, key) =>
            one === null && known(key) ? undefined : withoutNothing(one, known(key) ? shape[key] : undefined),
        );
    }
    if (inner?.def.type !== "record") return value;
    const of = unwrapped((inner as z.ZodRecord).valueType as z.ZodType);
    return map(value, (one) => withoutNothing(one === null && of?.def.type === "object" ? {} : one, of));
}

const unwrapped = (schema: z.ZodType | undefined): z.ZodType | undefined =>
    schema?.def.type === "optional" ? unwrapped((schema as z.ZodOptional).unwrap() as z.ZodType) : schema;

function map(value: object, make: (one: unknown, key: string) => unknown): object {
    const entries = Object.entries(value).map(([key, one]) => [key, make(one, key)] as const);
    return Object.fromEntries(entries.filter(([, one]) => one !== undefined));
}
