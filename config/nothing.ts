import type { z } from "zod";
import { optionFor } from "./union";

/**
 * What a file says, without the keys that have no value, as where all below one is commented out. Such a key is as if it were not there.
 * A name without a value stays: `issuer:` is an agent like any. So do a variable without a value and a key that does not exist, which
 * the schema refuses. One rule for stack files and heritages.
 */
export function withoutEmptyKeys(value: unknown, schema: z.ZodType | undefined): unknown {
    const written = unwrapped(schema);
    if (value === null || typeof value !== "object" || written === undefined) return value;
    const inner = optionFor(written, value) ?? written;
    if (Array.isArray(value)) {
        if (inner.def.type !== "array") return value;
        const element = (inner as z.ZodArray).element as z.ZodType;
        return value.map((item) => withoutEmptyKeys(item, element));
    }
    if (inner.def.type === "object") {
        const shape = (inner as z.ZodObject).shape as Record<string, z.ZodType>;
        const isKey = (key: string) => Object.hasOwn(shape, key);
        const entries = Object.entries(value).filter(([key, item]) => item !== null || !isKey(key));
        return Object.fromEntries(
            entries.map(([key, item]) => [key, isKey(key) ? withoutEmptyKeys(item, shape[key]) : item]),
        );
    }
    if (inner.def.type !== "record") return value;
    const named = unwrapped((inner as z.ZodRecord).valueType as z.ZodType);
    const empty = named?.def.type === "object" ? {} : null;
    return Object.fromEntries(
        Object.entries(value).map(([name, item]) => [name, withoutEmptyKeys(item ?? empty, named)]),
    );
}

const unwrapped = (schema: z.ZodType | undefined): z.ZodType | undefined =>
    schema?.def.type === "optional" ? unwrapped((schema as z.ZodOptional).unwrap() as z.ZodType) : schema;
