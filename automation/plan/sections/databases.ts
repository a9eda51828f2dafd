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
    /** Whether a connection without TLS is refused. */
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
        const subnets = network.subnetsOf(network.databaseSubnetIds(inputs.dbSubnetGroupName as string | undefined));
        const gib = Number(inputs.allocatedStorage);
        return {
            name,
            engine: `${inputs.engine} ${inputs.engineVersion}`,
            instanceClass: String(inputs.instanceClass),
            storage: { type: String(inputs.storageType), gib, growsToGib: Number(inputs.maxAllocatedStorage ?? gib) },
            multiAz: inputs.multiAz === true,
            backupDays: Number(inputs.backupRetentionPeriod ?? 0),
            finalSnapshot: inputs.skipFinalSnapshot !== true,
            tlsForced: parameter(inventory, inputs.parameterGroupName, "rds.force_ssl") === "1",
            encrypted: inputs.storageEncrypted === true,
            publicAddress: inputs.publiclyAccessible === true,
            subnets: [...new Set(subnets.map(({ kind }) => kind))],
            zones: [...new Set(subnets.map(({ zone }) => zone))].sort(),
            protected: protect && inputs.deletionProtection === true,
            address: String(outputs.address),
        };
    });
}

function parameter(inventory: Inventory, group: unknown, name: string): string | undefined {
    const found = inventory.byId("aws:rds/parameterGroup:ParameterGroup", String(group));
    const parameters = (found?.inputs.parameters ?? []) as { name: string; value: string }[];
    return parameters.find((each) => each.name === name)?.value;
}
