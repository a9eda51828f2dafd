import { refusesDeletion } from "../../../aws/types";
import { type Inventory, shortType } from "../inventory";

/** A resource that an `up` or a `destroy` cannot delete. */
export interface Protected {
    readonly name: string;
    readonly type: string;
    /** Pulumi refuses to delete or replace it, AWS to delete it. */
    readonly by: readonly ("Pulumi" | "AWS")[];
}

export function protection(inventory: Inventory): Protected[] {
    return inventory.all.flatMap(({ name, type, inputs, protect, component }) => {
        const byAws = refusesDeletion(type, inputs);
        if (component || !(protect || byAws)) return [];
        const by = [...(protect ? (["Pulumi"] as const) : []), ...(byAws ? (["AWS"] as const) : [])];
        return { name, type: shortType(type), by };
    });
}
