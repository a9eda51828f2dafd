/** Keys of a file that is written in small letters with `_`, as YAML files mostly are, by a schema that is written as the program is. */
import { z } from "zod";

/** A key of the program as the file has it: `storage_gib` for `storageGiB`, whose unit is one word. */
export const snake = (key: string) =>
    key.replace("GiB", "Gib").replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

type Described = z.ZodType & { description?: string };

/** The schema with the file's keys. Names in a mapping by name (services, variables) are their own. */
export function snakeCase(schema: z.ZodType): z.ZodType {
    const described = (converted: z.ZodType) => {
        const { description } = schema as Described;
        return description === undefined ? converted : converted.describe(description);
    };
    const { type } = schema.def;
    if (type === "optional") return described(snakeCase((schema as z.ZodOptional).unwrap() as z.ZodType).optional());
    if (type === "object") {
        const shape = (schema as z.ZodObject).shape as Record<string, z.ZodType>;
        return described(
            z.strictObject(
                Object.fromEntries(Object.entries(shape).map(([key, field]) => [snake(key), snakeCase(field)])),
            ),
        );
    }
    if (type === "record") {
        const { keyType, valueType } = schema as z.ZodRecord;
        return described(z.record(keyType as z.ZodString, snakeCase(valueType as z.ZodType)));
    }
    return schema;
}

/** What was read by `snakeCase(schema)`, with the keys of `schema`. */
export function camelCase(value: unknown, schema: z.ZodType): unknown {
    if (value === undefined) return undefined;
    const { type } = schema.def;
    if (type === "optional") return camelCase(value, (schema as z.ZodOptional).unwrap() as z.ZodType);
    if (type === "object") {
        const shape = (schema as z.ZodObject).shape as Record<string, z.ZodType>;
        const entries = Object.entries(shape).map(([key, field]) => [
            key,
            camelCase((value as Record<string, unknown>)[snake(key)], field),
        ]);
        return Object.fromEntries(entries.filter(([, renamed]) => renamed !== undefined));
    }
    if (type === "record") {
        const inner = (schema as z.ZodRecord).valueType as z.ZodType;
        return Object.fromEntries(
            Object.entries(value as object).map(([name, item]) => [name, camelCase(item, inner)]),
        );
    }
    return value;
}

type Path = readonly (string | number)[];

/** A path as the file has it, from one as the program has it. Names in a mapping by name stay as they are. */
export const pathInFile = (path: Path, schema: z.ZodType): Path =>
    spelled(path, schema, (key, shape) => (Object.hasOwn(shape, key) ? snake(key) : key));

/** The other way round. */
export const pathInProgram = (path: Path, schema: z.ZodType): Path =>
    spelled(path, schema, (key, shape) => Object.keys(shape).find((text) => snake(text) === key) ?? key);

type Shape = Readonly<Record<string, z.ZodType>>;

function spelled(path: Path, schema: z.ZodType | undefined, spell: (key: string, shape: Shape) => string): Path {
    const [key, ...rest] = path;
    if (key === undefined) return [];
    const { type } = schema?.def ?? {};
    if (type === "optional") return spelled(path, (schema as z.ZodOptional).unwrap() as z.ZodType, spell);
    if (type === "array") return [key, ...spelled(rest, (schema as z.ZodArray).element as z.ZodType, spell)];
    if (type === "record") return [key, ...spelled(rest, (schema as z.ZodRecord).valueType as z.ZodType, spell)];
    if (type !== "object") return [key, ...rest];
    const shape = (schema as z.ZodObject).shape as Shape;
    const spelling = spell(String(key), shape);
    const inner = Object.keys(shape).find((text) => text === key || text === spelling || snake(text) === spelling);
    return [spelling, ...spelled(rest, inner === undefined ? undefined : shape[inner], spell)];
}
