import type { z } from "zod";

/** The type of YAML that a schema takes. */
const KINDS: Readonly<Record<string, string>> = {
    string: "text",
    enum: "text",
    number: "number",
    boolean: "boolean",
    array: "list",
    object: "mapping",
    record: "mapping",
};

const kindOf = (value: unknown) => {
    if (Array.isArray(value)) return "list";
    if (value === null) return undefined;
    return { string: "text", number: "number", boolean: "boolean", object: "mapping" }[typeof value as string];
};

/** What a key takes that may be written in more than one way. */
export const optionsOf = (schema: z.ZodType): z.ZodType[] =>
    schema.def.type === "union" ? [...((schema as z.ZodUnion).options as z.ZodType[])] : [];

/** The way that a value is written in; undefined where it is none of them, or one of several. */
export function optionFor(schema: z.ZodType, value: unknown): z.ZodType | undefined {
    const [option, ...others] = optionsOf(schema).filter(({ def }) => KINDS[def.type] === kindOf(value));
    return others.length === 0 ? option : undefined;
}
