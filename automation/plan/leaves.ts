/** Compares two values down to the leaves that differ. */
export interface Leaf {
    /** `containerDefinitions[app].image` */
    readonly path: string;
    readonly before: unknown;
    readonly after: unknown;
}

export const isMap = (value: unknown): value is Record<string, unknown> =>
    typeof value === "object" && value !== null && !Array.isArray(value);

export function leaves(path: string, before: unknown, after: unknown): Leaf[] {
    const [old, now] = [parsed(before), parsed(after)];
    if (JSON.stringify(old) === JSON.stringify(now)) return [];
    if (isMap(old) && isMap(now)) return entries(old, now, (key) => (path ? `${path}.${key}` : key), true);
    if (Array.isArray(old) && Array.isArray(now) && [...old, ...now].every(isMap))
        return entries(keyed(old), keyed(now), (key) => `${path}[${key}]`);
    return [{ path, before: old, after: now }];
}

function entries(
    old: Record<string, unknown>,
    now: Record<string, unknown>,
    path: (key: string) => string,
    sorted = false,
): Leaf[] {
    const keys = [...new Set([...Object.keys(old), ...Object.keys(now)])];
    return (sorted ? keys.sort() : keys).flatMap((key) => leaves(path(key), old[key], now[key]));
}

/** A list's items by name, if all have unique names, so that an insertion does not change all that follow. */
function keyed(list: Record<string, unknown>[]): Record<string, unknown> {
    const names = list.map(({ name }) => name);
    const unique = new Set(names).size === list.length && names.every((name) => typeof name === "string");
    return Object.fromEntries(list.map((item, i) => [unique ? names[i] : i, item]));
}

/** Parses JSON text (a policy, container definitions), so that its content is compared. */
export function parsed(value: unknown): unknown {
    if (typeof value !== "string" || !/^\s*[[{]/.test(value)) return value;
    try {
        return JSON.parse(value) as unknown;
    } catch {
        return value;
    }
}
