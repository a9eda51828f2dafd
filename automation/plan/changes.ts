/** Two plans side by side: what is new in the later one, changed and gone. What AWS would replace, `pulumi preview` says. Pure functions of the lists of resources. */
import { shortType } from "./inventory";
import { SECRET } from "./redact";

/** A resource as `resources.json` has it. */
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
    /** The component that it is part of. */
    readonly within: string | undefined;
}

export interface Changed extends Named {
    readonly properties: readonly Property[];
    /** `revised`: a new revision of a task definition, which its service moves on to. */
    readonly how: "updated" | "revised";
}

export interface Property {
    /** `containerDefinitions.app.image` */
    readonly path: string;
    /** As text; undefined where there is none. */
    readonly before: string | undefined;
    readonly after: string | undefined;
}

/** What a plan is compared with: the last one of the stack, or another stack. */
export interface Earlier {
    readonly stack: string;
    readonly region: string;
    readonly resources: readonly PlannedResource[];
}

const REVISED = "aws:ecs/taskDefinition:TaskDefinition";

/** Across stacks, what only says which stack or region it is counts as the same. */
export function changes(before: Earlier, after: Earlier): Changes {
    const [old, now] = [before, after].map(byIdentity) as [Map<string, PlannedResource>, Map<string, PlannedResource>];
    const across = before.stack !== after.stack;
    const [said, says] = across ? [neutral(before), neutral(after)] : [same, same];
    const changed: Changed[] = [];
    for (const [id, resource] of now) {
        const earlier = old.get(id);
        if (!earlier || JSON.stringify(earlier.inputs) === JSON.stringify(resource.inputs)) continue; // as most are
        const properties = compare(earlier.inputs, resource.inputs, said, says);
        if (properties.length > 0)
            changed.push({ ...named(resource), properties, how: resource.type === REVISED ? "revised" : "updated" });
    }
    const without = (those: Map<string, PlannedResource>, others: Map<string, PlannedResource>) =>
        [...those].filter(([id]) => !others.has(id)).map(([, resource]) => named(resource));
    return { added: without(now, old), changed, gone: without(old, now) };
}

export const isEmpty = ({ added, changed, gone }: Changes) => added.length + changed.length + gone.length === 0;

/** A URN says the types of all parents and the name; only the stack in it is another one. The stack itself is nobody's change. */
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

/** Reads a text with the stack's and the region's name taken out, where they stand alone: `/identity/dev/…`, `identity-dev-…`. */
function neutral({ stack, region }: Earlier): Reading {
    const alone = (name: string) =>
        new RegExp(`(?<![A-Za-z0-9])${name.replaceAll(/[.*+?^$(){}|[\]\\]/g, "\\$&")}(?![A-Za-z0-9])`, "g");
    const [stacks, regions] = [alone(stack), new RegExp(region, "g")];
    return (text) => text.replace(stacks, "<stack>").replace(regions, "<region>");
}

function compare(old: unknown, now: unknown, said: Reading, says: Reading, path = ""): Property[] {
    const [before, after] = [opened(old), opened(now)];
    const [left, right] = [entries(before), entries(after)];
    if (left && right) {
        return [...new Set([...left.keys(), ...right.keys()])].flatMap((key) =>
            compare(left.get(key), right.get(key), said, says, path === "" ? key : `${path}.${key}`),
        );
    }
    const [from, to] = [worded(before), worded(after)];
    if (from === to || (from !== undefined && to !== undefined && said(from) === says(to))) return [];
    // What is a secret on one side is one on the other.
    const secret = [from, to].some((text) => text?.includes(SECRET));
    const shown = (text: string | undefined) => (secret && text !== undefined ? SECRET : text);
    return [{ path, before: shown(from), after: shown(to) }];
}

/** Policies and container definitions are JSON within a text. */
function opened(value: unknown): unknown {
    if (typeof value !== "string" || !/^[[{]/.test(value)) return value;
    try {
        return JSON.parse(value);
    } catch {
        return value;
    }
}

/** What an object holds; a list of named things by their names, another one of objects by their place. */
function entries(value: unknown): Map<string, unknown> | undefined {
    if (typeof value !== "object" || value === null) return undefined;
    if (!Array.isArray(value)) return new Map(Object.entries(value));
    if (value.length === 0 || !value.every((item) => typeof item === "object" && item !== null)) return undefined;
    const names = value.map((item) => (item as { name?: unknown }).name);
    const unique = names.every((name) => typeof name === "string") && new Set(names).size === names.length;
    return new Map(value.map((item, i) => [unique ? String(names[i]) : String(i), item]));
}

/** `undefined` and an empty list or object are nothing. */
function worded(value: unknown): string | undefined {
    if (value === undefined || value === null) return undefined;
    if (Array.isArray(value))
        return value.length === 0
            ? undefined
            : value.every((item) => typeof item !== "object")
              ? value.join(", ")
              : JSON.stringify(value);
    if (typeof value === "object") return Object.keys(value).length === 0 ? undefined : JSON.stringify(value);
    return String(value);
}
