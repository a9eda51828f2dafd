/**
 * Compares the resources of two plans. Whether a change replaces a resource is not known here: `pulumi preview` says it.
 */
import { shortType } from "./inventory";
import { leaves } from "./leaves";
import { SECRET } from "./redact";

/** A resource in `resources.json`. */
export interface PlannedResource {
    readonly urn: string;
    readonly type: string;
    readonly parent?: string;
    readonly inputs: Readonly<Record<string, unknown>>;
}

export interface Changes {
    readonly added: readonly Named[];
    readonly changed: readonly Changed[];
    readonly gone: readonly Named[];
}

export interface Named {
    readonly type: string;
    readonly name: string;
    /** The parent, if it is not the stack. */
    readonly within: string | undefined;
}

export interface Changed extends Named {
    readonly properties: readonly Property[];
    /** `revised`: a new revision of a task definition, to which its service is updated. */
    readonly how: "updated" | "revised";
}

export interface Property {
    /** `containerDefinitions[app].image` */
    readonly path: string;
    /** As text; undefined where the property is not set. */
    readonly before: string | undefined;
    readonly after: string | undefined;
}

/** A plan to compare: of another time, or of another stack. */
export interface Earlier {
    readonly stack: string;
    readonly region: string;
    readonly resources: readonly PlannedResource[];
}

const REVISED = "aws:ecs/taskDefinition:TaskDefinition";

/** Between two stacks, values that differ only in the name of the stack or the region count as equal. */
export function changes(before: Earlier, after: Earlier): Changes {
    const [old, now] = [before, after].map(byIdentity) as [Map<string, PlannedResource>, Map<string, PlannedResource>];
    const [readOld, readNow] = before.stack === after.stack ? [same, same] : [neutral(before), neutral(after)];
    const changed: Changed[] = [];
    for (const [id, resource] of now) {
        const earlier = old.get(id);
        if (!earlier || JSON.stringify(earlier.inputs) === JSON.stringify(resource.inputs)) continue; // the fast way for most
        const properties = compare(earlier.inputs, resource.inputs, readOld, readNow);
        if (properties.length > 0)
            changed.push({ ...named(resource), properties, how: resource.type === REVISED ? "revised" : "updated" });
    }
    const missingFrom = (others: Map<string, PlannedResource>, all: Map<string, PlannedResource>) =>
        [...all].filter(([id]) => !others.has(id)).map(([, resource]) => named(resource));
    return { added: missingFrom(old, now), changed, gone: missingFrom(now, old) };
}

export const isEmpty = ({ added, changed, gone }: Changes) => added.length + changed.length + gone.length === 0;

/** By the URN without its stack and project: the types of all parents, and the name. Without the stack resource, which is no change. */
const byIdentity = ({ resources }: Earlier) =>
    new Map(
        resources
            .filter(({ type }) => type !== "pulumi:pulumi:Stack")
            .map((resource) => [resource.urn.split("::").slice(2).join("::"), resource]),
    );

function named({ urn, type, parent }: PlannedResource): Named {
    const stack = parent?.split("::")[2] === "pulumi:pulumi:Stack";
    return {
        type: shortType(type),
        name: nameIn(urn),
        within: parent === undefined || stack ? undefined : nameIn(parent),
    };
}

const nameIn = (urn: string) => urn.split("::").slice(3).join("::");

type Reading = (text: string) => string;
const same: Reading = (text) => text;

/** Replaces the names of the stack and the region by placeholders; the stack's only as a whole word: `/identity/dev/…`, `identity-dev-…`. */
function neutral({ stack, region }: Earlier): Reading {
    const alone = (name: string) =>
        new RegExp(`(?<![A-Za-z0-9])${name.replaceAll(/[.*+?^$(){}|[\]\\]/g, "\\$&")}(?![A-Za-z0-9])`, "g");
    const [stacks, regions] = [alone(stack), new RegExp(region, "g")];
    return (text) => text.replace(stacks, "<stack>").replace(regions, "<region>");
}

function compare(old: unknown, now: unknown, readOld: Reading, readNow: Reading): Property[] {
    return leaves("", old, now).flatMap(({ path, before, after }) => {
        const [from, to] = [asText(before), asText(after)];
        if (from === to || (from !== undefined && to !== undefined && readOld(from) === readNow(to))) return [];
        // A value that is secret in one plan is hidden in both.
        const secret = [from, to].some((text) => text?.includes(SECRET));
        const shown = (text: string | undefined) => (secret && text !== undefined ? SECRET : text);
        return [{ path, before: shown(from), after: shown(to) }];
    });
}

/** A value as text; undefined for an empty list or object as well. */
function asText(value: unknown): string | undefined {
    if (typeof value !== "object") return value === undefined ? undefined : String(value);
    if (value === null || Object.keys(value).length === 0) return undefined;
    const scalars = Array.isArray(value) && value.every((element) => typeof element !== "object");
    return scalars ? value.join(", ") : JSON.stringify(value);
}
