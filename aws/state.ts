/** Values in a Pulumi state. */

/** A value as text; a secret, which is an object in a state, stays hidden. */
export const shown = (value: unknown): string =>
    typeof value === "string" || typeof value === "number" ? String(value) : "(see the state)";
