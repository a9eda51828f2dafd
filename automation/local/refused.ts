/** What of a stack cannot run on a laptop. */
import { typeEntry } from "../../aws/types";
import { UsageError } from "../shared/errors";
import type { SimulatedResource } from "../plan/simulated-aws";

/** Refuses a stack that would not be the same here: resources that nothing stands in for, all of them at once. */
export function refuseWithoutStandIn(resources: readonly SimulatedResource[], stack: string): void {
    const refused = resources.flatMap(({ type, name, component }) => {
        const why = component ? undefined : whyRefused(type);
        return why === undefined ? [] : [`    ${name} (${type}): ${why}`];
    });
    if (refused.length === 0) return;
    throw new UsageError(
        [
            `the stack ${stack} has what nothing stands in for on this machine:`,
            ...refused,
            "take it out of a stack file that is for this machine, or say in the type's entry (aws/) what stands in for it",
        ].join("\n"),
    );
}

function whyRefused(type: string): string | undefined {
    if (type.startsWith("pulumi:")) return undefined; // providers
    const entry = typeEntry(type);
    if (!entry) return "nothing is known of its type";
    return typeof entry.laptop === "object" ? entry.laptop.refused : undefined;
}
