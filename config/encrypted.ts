import type { z } from "zod";
import { stackSchema } from "./schema";

type Path = (string | number)[];

/** The values in a stack's configuration that belong encrypted, with where they are. What does not fit the schema is passed over. */
export function encryptedValues(value: unknown, schema: z.ZodType = stackSchema, path: Path = []): Found[] {
    const { def } = schema;
    if (def.type === "optional") return encryptedValues(value, (schema as z.ZodOptional).unwrap() as z.ZodType, path);
    if (schema.meta()?.encrypted) return value === undefined ? [] : [{ path, value }];
    if (value === null || typeof value !== "object" || Array.isArray(value)) return [];
    const inner = (key: string): z.ZodType | undefined => {
        if (def.type === "object") return (schema as z.ZodObject).shape[key] as z.ZodType | undefined;
        return def.type === "record" ? ((schema as z.ZodRecord).valueType as z.ZodType) : undefined;
    };
    return Object.entries(value).flatMap(([key, item]) => {
        const below = inner(key);
        return below ? encryptedValues(item, below, [...path, key]) : [];
    });
}

export interface Found {
    readonly path: Path;
    readonly value: unknown;
}
