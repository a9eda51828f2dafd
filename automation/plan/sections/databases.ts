import { databaseFacts } from "../../../aws/rds";
import type { Inventory } from "../inventory";
import type { Network } from "./network";

export const databases = (inventory: Inventory, network: Network) =>
    inventory.ofType("aws:rds/instance:Instance").map(({ name, inputs, outputs, protect }) => {
        const { kinds, zones } = network.placeOf("database", name);
        const gib = Number(inputs.allocatedStorage);
        return {
            name,
            ...databaseFacts(inputs, inventory.inputsOf),
            instanceClass: String(inputs.instanceClass),
            storage: { type: String(inputs.storageType), gib, growsToGib: Number(inputs.maxAllocatedStorage ?? gib) },
            finalSnapshot: inputs.skipFinalSnapshot !== true,
            publicAddress: inputs.publiclyAccessible === true,
            subnets: kinds,
            zones,
            protected: protect && inputs.deletionProtection === true,
            address: String(outputs.address),
        };
    });
