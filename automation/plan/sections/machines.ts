import type { Inventory } from "../inventory";
import type { Network, Subnet } from "./network";

/** An EC2 instance. */
export interface MachineView {
    readonly name: string;
    readonly instanceType: string;
    readonly volumeGiB: number;
    readonly encrypted: boolean;
    readonly zones: readonly string[];
    readonly subnets: readonly Subnet["kind"][];
    readonly publicAddress: boolean;
    /** Whether its metadata service requires a token (IMDSv2). */
    readonly tokens: boolean;
}

interface Inputs {
    instanceType: string;
    subnetId?: string;
    associatePublicIpAddress?: boolean;
    rootBlockDevice?: { volumeSize?: number; encrypted?: boolean };
    metadataOptions?: { httpTokens?: string };
}

export function machines(inventory: Inventory, network: Network): MachineView[] {
    return inventory.ofType("aws:ec2/instance:Instance").map(({ name, inputs }) => {
        const { instanceType, subnetId, associatePublicIpAddress, rootBlockDevice, metadataOptions } =
            inputs as unknown as Inputs;
        const subnets = network.subnetsOf(subnetId === undefined ? [] : [subnetId]);
        return {
            name,
            instanceType,
            volumeGiB: rootBlockDevice?.volumeSize ?? 0,
            encrypted: rootBlockDevice?.encrypted ?? false,
            zones: subnets.map(({ zone }) => zone),
            subnets: subnets.map(({ kind }) => kind),
            publicAddress: associatePublicIpAddress ?? false,
            tokens: metadataOptions?.httpTokens === "required",
        };
    });
}
