/** Values as a state has them. */

/** A secret is an object in a state, and stays hidden. */
export const shown = (value: unknown): string =>
    typeof value === "string" || typeof value === "number" ? String(value) : "(see the state)";
