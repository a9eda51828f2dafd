import { z } from "zod";
import { stackSchema } from "./schema";

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
