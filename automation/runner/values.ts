/** Compares two versions of a resource's properties, down to the leaves. */
import { SECRET } from "../plan/redact";

/** Pulumi's placeholder for a value that is not known yet. */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const SIGNATURE = "4dabf18193072939515e22adb298388d";
/** Longer values are cut. */
const LONGEST = 60;

export interface PropertyChange {
    /** `containerDefinitions[app].image` */
    readonly path: string;
    /** Shortened, and without secrets. Undefined where there is no value. */
    readonly before?: string;
    readonly after?: string;
}

/** `containerDefinitions` of `containerDefinitions[0].image`. */
export const topLevel = (path: string) => /^[^.[]+/.exec(path)?.[0] ?? path;

/** `before → after`; undefined for a change without values. */
export const valuesText = ({ before, after }: PropertyChange): string | undefined =>
    before === undefined && after === undefined ? undefined : `${before ?? "(none)"} → ${after ?? "(none)"}`;

/** The leaves of a property that differ; none where both values are equal or both secret. */
export function compare(path: string, before: unknown, after: unknown): PropertyChange[] {
    const [old, now] = [parsed(before), parsed(after)];
    if (JSON.stringify(old) === JSON.stringify(now)) return [];
    if (isMap(old) && isMap(now)) {
        const keys = [...new Set([...Object.keys(old), ...Object.keys(now)])].sort();
        return keys.flatMap((key) => compare(`${path}.${key}`, old[key], now[key]));
    }
    if (Array.isArray(old) && Array.isArray(now)) {
        const [oldItems, newItems] = [keyed(old), keyed(now)];
        const keys = [...new Set([...oldItems.keys(), ...newItems.keys()])];
        return keys.flatMap((key) => compare(`${path}[${key}]`, oldItems.get(key), newItems.get(key)));
    }
    return [{ path, before: shown(old), after: shown(now) }];
}

/** A list's items by name, if all have unique names, so that an insertion does not change all that follow. */
function keyed(list: unknown[]): Map<string, unknown> {
    const names = list.map((item) => (isMap(item) && typeof item.name === "string" ? item.name : undefined));
    const unique = new Set(names).size === list.length && !names.includes(undefined);
    return new Map(list.map((item, i) => [unique ? names[i]! : String(i), item]));
}

/** Parses JSON text (a policy, container definitions), so that its content is compared. */
function parsed(value: unknown): unknown {
    if (isMap(value) && SIGNATURE in value) return SECRET;
    if (typeof value !== "string" || !/^\s*[[{]/.test(value)) return value;
    try {
        return JSON.parse(value) as unknown;
    } catch {
        return value;
    }
}

const isMap = (value: unknown): value is Record<string, unknown> =>
    typeof value === "object" && value !== null && !Array.isArray(value);

export function shown(value: unknown): string | undefined {
    if (value === undefined) return undefined;
    if (value === UNKNOWN) return "(known when made)";
    const text = JSON.stringify(withoutSecrets(value)).replaceAll(UNKNOWN, "(known when made)");
    return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}

/** Replaces each secret by a placeholder. */
function withoutSecrets(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(withoutSecrets);
    if (!isMap(value)) return value;
    if (SIGNATURE in value) return SECRET;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutSecrets(inner)]));
}
