/** `uses` of a heritage's file: what its tasks connect to, by a name of one's own. Exactly one kind each. */
import { z } from "zod";

const host = z
    .strictObject({
        name: z
            .string()
            .regex(/^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/, "host name")
            .describe("A host name or an address outside of the stack, e.g. db.example.com. Needed."),
        port: z.int().min(1).max(65535).describe("Its port, over TCP. Needed."),
    })
    .describe("Something outside of the stack: its port is opened, for an address to that address alone.");

/** What the variables of each kind can be: the first of `BINDING_ATTRIBUTES` are those in the clear, of `SECRET_ATTRIBUTES` the others. */
export const BINDING_ATTRIBUTES = {
    host: ["host", "port"],
} as const;

export type BindingKind = keyof typeof BINDING_ATTRIBUTES;
export const BINDING_KINDS = Object.keys(BINDING_ATTRIBUTES) as BindingKind[];
export type BindingAttribute = (typeof BINDING_ATTRIBUTES)[BindingKind][number];

const attributes = [...new Set(Object.values(BINDING_ATTRIBUTES).flat())] as [BindingAttribute, ...BindingAttribute[]];

const binding = z
    .strictObject({
        host: host.optional(),
        variables: z
            .record(z.string(), z.enum(attributes))
            .optional()
            .describe(
                "Variables by the application's own names, e.g. { REDIS_URL: url }: exactly these. Default: <NAME>_<ATTRIBUTE> for each.",
            ),
    })
    .describe(`One thing that its tasks connect to: exactly one of ${BINDING_KINDS.join(", ")}.`);

export const uses = z
    .record(z.string().regex(/^[a-z]([a-z0-9-]{0,10}[a-z0-9])?$/, "name"), binding)
    .describe(
        "What its tasks connect to, by a name of 1 to 12 lower-case letters, digits and dashes. Default: nothing.",
    );

export type BindingInput = z.infer<typeof binding>;

/** The variables of a binding with the attribute that each has: its own, or the default ones. */
export function variablesOf(name: string, kind: BindingKind, input: BindingInput): Record<string, BindingAttribute> {
    if (input.variables) return input.variables;
    const prefix = name.toUpperCase().replaceAll("-", "_");
    return Object.fromEntries(
        BINDING_ATTRIBUTES[kind].map((attribute) => [`${prefix}_${attribute.toUpperCase()}`, attribute]),
    );
}

/** The kinds that a binding names; of one that is right, it is one. */
export const kindsOf = (input: BindingInput): BindingKind[] =>
    BINDING_KINDS.filter((kind) => input[kind] !== undefined);
