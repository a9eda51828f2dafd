/**
 * Variables that look like secrets and are none, each with the reason: `notSecret` in a stack file, `not_secret` in a heritage's. A container
 * carries them as a label, so that whoever judges its task definition (the plan, the policy pack, a reader) finds the reason there.
 */
export const NOT_SECRET_LABEL = "not-secret";

/** The label's value, for the variables that the container has; undefined where it needs none. */
export function notSecretLabel(
    reasons: Readonly<Record<string, string>>,
    variables: readonly string[],
): string | undefined {
    const excused = [...variables].sort().filter((variable) => Object.hasOwn(reasons, variable));
    return excused.length === 0
        ? undefined
        : JSON.stringify(Object.fromEntries(excused.map((variable) => [variable, reasons[variable]])));
}

/** The reasons, by variable, that a label has. */
export function reasonsIn(label: string | undefined): Readonly<Record<string, string | undefined>> {
    try {
        const read: unknown = JSON.parse(label ?? "{}");
        const entries = Object.entries(read ?? {}).filter(([, reason]) => typeof reason === "string" && reason !== "");
        return Object.fromEntries(entries);
    } catch {
        return {}; // somebody else's label
    }
}
