import { z } from "zod";
import { heritageSchema } from "./heritage/schema";
import { stackSchema } from "./schema";
import { snakeCase } from "./snake-case";

const PREFIX = "identity:";

/** The JSON Schema of a whole stack file: the keys of `stackSchema` with the project's prefix, beside those of others. */
export function stackJsonSchema(): object {
    const { properties, required, ...definitions } = z.toJSONSchema(stackSchema, {
        io: "input",
        override: ({ zodSchema, jsonSchema }) => {
            // In the file an encrypted value is what `pulumi config set --secret` writes: { secure: "v1:…" }.
            if (!(zodSchema as unknown as z.ZodType).meta()?.encrypted) return;
            const description = jsonSchema.description;
            for (const key of Object.keys(jsonSchema)) delete (jsonSchema as Record<string, unknown>)[key];
            Object.assign(jsonSchema, {
                type: "object",
                properties: { secure: { type: "string" } },
                required: ["secure"],
                additionalProperties: false,
                ...(description ? { description } : {}),
            });
        },
    }) as { properties: Record<string, object>; required?: string[] };
    const prefixed = Object.fromEntries(Object.entries(properties).map(([key, value]) => [PREFIX + key, value]));
    return {
        ...definitions,
        title: "A stack of the identity platform",
        type: "object",
        properties: {
            config: {
                type: "object",
                properties: {
                    "aws:region": { type: "string", description: "The region that the stack lives in." },
                    ...prefixed,
                },
                // A key with the project's own prefix that the schema does not know is a mistake; other packages' keys are theirs.
                patternProperties: { [`^(?!${PREFIX})[\\w-]+:`]: {} },
                additionalProperties: false,
                required: ["aws:region", ...(required ?? []).map((key) => PREFIX + key)],
            },
            encryptionsalt: { type: "string" },
            secretsprovider: { type: "string" },
            encryptedkey: { type: "string" },
            environment: {},
        },
        additionalProperties: false,
        required: ["config"],
    };
}

/** The JSON Schema of `heritages/<name>.yml`: with the file's keys, and `environments` that may override each of them. */
export function heritageJsonSchema(): object {
    const { properties, ...rest } = z.toJSONSchema(snakeCase(heritageSchema), { io: "input" }) as {
        properties: Record<string, object>;
    };
    return {
        ...rest,
        title: "An application on the identity platform",
        properties: {
            ...properties,
            environments: {
                type: "object",
                description:
                    "What differs, by an environment or a stack: mappings key by key, anything else as a whole; a key with nothing " +
                    "behind it is as if it were not there.",
                additionalProperties: overriding({ type: "object", properties, additionalProperties: false }),
            },
        },
    };
}

/** Where a file overrides another, nothing is needed, and anything may be taken out. */
function overriding(value: unknown): unknown {
    if (Array.isArray(value) || value === null || typeof value !== "object") return value;
    return Object.fromEntries(
        Object.entries(value).flatMap(([key, inner]) => {
            if (key === "required" && Array.isArray(inner)) return [];
            if (key !== "properties") return [[key, overriding(inner)]];
            const entries = Object.entries(inner as object).map(([name, property]) => [
                name,
                nullable(overriding(property)),
            ]);
            return [[key, Object.fromEntries(entries)]];
        }),
    );
}

const nullable = (schema: unknown) => ({ anyOf: [schema, { type: "null" }] });
