import { databaseFacts } from "../../../aws/rds";
import type { Inventory } from "../inventory";
import type { Network, Subnet } from "./network";

export interface DatabaseView {
    readonly name: string;
    readonly engine: string;
    readonly instanceClass: string;
    readonly storage: { readonly type: string; readonly gib: number; readonly growsToGib: number };
    readonly multiAz: boolean;
    readonly backupDays: number;
    readonly finalSnapshot: boolean;
    /** Whether it refuses a connection without TLS. */
    readonly tlsForced: boolean;
    readonly encrypted: boolean;
    readonly publicAddress: boolean;
    readonly subnets: readonly Subnet["kind"][];
    readonly zones: readonly string[];
    readonly protected: boolean;
    readonly address: string;
}

export function databases(inventory: Inventory, network: Network): DatabaseView[] {
    return inventory.ofType("aws:rds/instance:Instance").map(({ name, inputs, outputs, protect }) => {
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
}
