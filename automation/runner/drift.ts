/** Differences between AWS and the state, as a refresh reports them. */
import type { EngineEvent } from "@pulumi/pulumi/automation";
import pc from "picocolors";
import { hangingIndent, propertyLines } from "./diff";
import { label } from "./urn";
import { compare, type PropertyChange, topLevel } from "./values";

export interface DriftedResource {
    readonly urn: string;
    readonly gone: boolean;
    readonly properties: readonly PropertyChange[];
}

/** Collects the changed resources from the events of a refresh or its preview. */
export class DriftCollector {
    private readonly found = new Map<string, DriftedResource>();

    add({ resOutputsEvent }: EngineEvent) {
        const step = resOutputsEvent?.metadata;
        if (!step?.old?.custom) return;
        const { op, urn, old, new: read, diffs, detailedDiff } = step;
        if (op === "delete" || (op === "update" && !read)) this.found.set(urn, { urn, gone: true, properties: [] });
        if (op !== "update" || !read) return;
        const named = [...(diffs ?? []), ...Object.keys(detailedDiff ?? {})].map(topLevel);
        // Only properties that the program sets: those that AWS computes change by themselves.
        const set = Object.keys(old.inputs).filter((key) => !key.startsWith("__"));
        const compared = new Set(named.length > 0 ? named.filter((key) => set.includes(key)) : set);
        const properties = [...compared].flatMap((key): PropertyChange[] => {
            const [before, after] = [old.outputs[key] ?? old.inputs[key], read.outputs[key] ?? read.inputs[key]];
            const changes = compare(key, before, after);
            // Both values of a secret are hidden, so that only the provider knows that they differ.
            return changes.length > 0 || !named.includes(key) ? changes : [{ path: key, ...ANOTHER }];
        });
        if (properties.length > 0) this.found.set(urn, { urn, gone: false, properties });
    }

    get result(): DriftedResource[] {
        return [...this.found.values()].sort((a, b) => (a.urn < b.urn ? -1 : 1));
    }
}

const ANOTHER = { before: "a secret", after: "another one" };

export function renderDrift(found: readonly DriftedResource[]): string[] {
    return found.flatMap(({ urn, gone, properties }) => [
        ...hangingIndent(pc.bold(label(urn)) + (gone ? ": is gone" : ""), "", "  "),
        ...propertyLines(properties, 2),
    ]);
}
