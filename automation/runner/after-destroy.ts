/** The resources that `destroy` cannot delete, and what AWS keeps of the others. */
import { refusesDeletion, typeEntry } from "../../aws/types";
import type { StateResource } from "./stack";
import { label } from "./urn";

/** The error text that lists the protected resources; undefined where there are none. */
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

/** A line for everything that AWS keeps of a deleted resource. */
export const keptByAws = (resources: readonly StateResource[]): string[] =>
    resources.flatMap(({ urn, type, inputs = {}, outputs = {} }) =>
        (typeEntry(type)?.stays?.(inputs, outputs) ?? []).map((what) => `${label(urn)}: ${what}`),
    );
