/** What `destroy` cannot delete, and what AWS keeps. */
import { refusesDeletion, typeEntry } from "../../aws/types";
import type { StateResource } from "./stack";
import { label } from "./urn";

/** The refusal where a resource is protected; undefined where none is. */
export function protectedOnes(resources: readonly StateResource[], stack: string): string | undefined {
    const found = resources.flatMap(({ urn, type, protect, inputs }) => {
        const byAws = refusesDeletion(type, inputs);
        if (!protect && !byAws) return [];
        return [`  ${label(urn)}: protected by ${[protect && "Pulumi", byAws && "AWS"].filter(Boolean).join(" and ")}`];
    });
    if (found.length === 0) return undefined;
    return [
        "stopped before anything was deleted: these are protected",
        ...found,
        `  → if they are to go: identity:protect: false in Pulumi.${stack}.yaml, npx identity up --stack ${stack}, and then this`,
    ].join("\n");
}

/** What AWS keeps of each resource. */
export const keptByAws = (resources: readonly StateResource[]): string[] =>
    resources.flatMap(({ urn, type, inputs = {}, outputs = {} }) =>
        (typeEntry(type)?.stays?.(inputs, outputs) ?? []).map((what) => `${label(urn)}: ${what}`),
    );
