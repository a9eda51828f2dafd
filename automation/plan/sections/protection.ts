import { refusesDeletion } from "../../../aws/types";
import { type Inventory, shortType } from "../inventory";

/** The resources that an `up` or a `destroy` cannot delete: Pulumi refuses to delete or replace them, AWS to delete them. */
export const protection = (inventory: Inventory) =>
    inventory.all.flatMap(({ name, type, inputs, protect, component }) => {
        const byAws = refusesDeletion(type, inputs);
        if (component || !(protect || byAws)) return [];
        return { name, type: shortType(type), by: [...(protect ? ["Pulumi"] : []), ...(byAws ? ["AWS"] : [])] };
    });
