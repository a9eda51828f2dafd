/** What a file's own environments have otherwise: `environments` of the heritage's file. */
import type { EnvironmentName } from "../../config/environments";
import { isMap } from "../plan/leaves";
import { type Tree } from "./heritage";

/** The environment here that a name of another tool's means; undefined where it means none of them. */
export function environmentOf(name: string): EnvironmentName | undefined {
    if (/^(prod|production|live)$/i.test(name)) return "prod";
    return /^(dev|development)$/i.test(name) ? "dev" : undefined;
}

/** Key by key, what `other` has otherwise than `base`; null for a key that it lacks; undefined where they are alike. */
export function difference(base: unknown, other: unknown): unknown {
    if (JSON.stringify(base) === JSON.stringify(other)) return undefined;
    if (!isMap(base) || !isMap(other)) return other;
    const keys = [...new Set([...Object.keys(base), ...Object.keys(other)])];
    const changed = keys.flatMap((key): [string, unknown][] => {
        if (!(key in other)) return [[key, null]];
        const inner = key in base ? difference(base[key], other[key]) : other[key];
        return inner === undefined ? [] : [[key, inner]];
    });
    return Object.fromEntries(changed) as Tree;
}
