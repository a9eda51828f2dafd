/** The properties of a resource that differ, as text and without secrets. */
import { leaves } from "../plan/leaves";
import { redact } from "../plan/redact";

/** Pulumi's placeholder for a value that is not known yet. */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
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
export const compare = (path: string, before: unknown, after: unknown): PropertyChange[] =>
    leaves(path, redact(before), redact(after)).map((leaf) => ({
        path: leaf.path,
        before: shown(leaf.before),
        after: shown(leaf.after),
    }));

export function shown(value: unknown): string | undefined {
    if (value === undefined) return undefined;
    if (value === UNKNOWN) return "(known when made)";
    const text = JSON.stringify(redact(value)).replaceAll(UNKNOWN, "(known when made)");
    return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}
