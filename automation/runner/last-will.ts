/** What a stack that goes leaves behind, and what does not go at all. */
import { isProtectedByAws } from "./changes";
import type { StateResource } from "./stack";
import { label } from "./urn";

/** Why nothing may be deleted; undefined where all of it may. */
export function protectedOnes(resources: readonly StateResource[], stack: string): string | undefined {
    const found = resources.flatMap(({ urn, protect, inputs = {} }) => {
        const byAws = isProtectedByAws(inputs);
        if (!protect && !byAws) return [];
        return [`  ${label(urn)}: protected by ${[protect && "Pulumi", byAws && "AWS"].filter(Boolean).join(" and ")}`];
    });
    if (found.length === 0) return undefined;
    return [
        "stopped before anything was deleted: these are protected",
        ...found,
        `  → if they are to go: identity:protect: false in Pulumi.${stack}.yaml, npm run up -- --stack ${stack}, and then this`,
    ].join("\n");
}

/** By resource, what AWS keeps. */
export function whatStays(resources: readonly StateResource[]): string[] {
    return resources.flatMap(({ urn, type, inputs = {}, outputs = {} }) => {
        const name = label(urn);
        if (type === "aws:rds/instance:Instance") {
            const { finalSnapshotIdentifier, skipFinalSnapshot, deleteAutomatedBackups } = inputs;
            return [
                ...(skipFinalSnapshot === true ? [] : [`${name}: a last snapshot, ${text(finalSnapshotIdentifier)}`]),
                ...(deleteAutomatedBackups === false ? [`${name}: its automated backups, until they expire`] : []),
            ];
        }
        if (type === "aws:kms/key:Key") {
            const days = text(inputs.deletionWindowInDays ?? outputs.deletionWindowInDays ?? 30);
            return [`${name}: the key, for ${days} days; until then \`aws kms cancel-key-deletion\` gets it back`];
        }
        if (type === "aws:s3/bucket:Bucket" && inputs.forceDestroy !== true) {
            return [`${name}: AWS deletes a bucket only when it is empty; empty ${text(outputs.bucket)} first`];
        }
        return [];
    });
}

/** A secret in the state is an object, and stays one. */
const text = (value: unknown) =>
    typeof value === "string" || typeof value === "number" ? String(value) : "(see the state)";
