import type { Inventory } from "../inventory";
import type { Network } from "./network";

interface Inputs {
    instanceType: string;
    subnetId?: string;
    associatePublicIpAddress?: boolean;
    rootBlockDevice?: { volumeSize?: number; encrypted?: boolean };
    metadataOptions?: { httpTokens?: string };
}

/** The EC2 instances. */
export const machines = (inventory: Inventory, network: Network) =>
    inventory.ofType("aws:ec2/instance:Instance").map(({ name, inputs }) => {
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
            /** Whether its metadata service requires a token (IMDSv2). */
            tokens: metadataOptions?.httpTokens === "required",
        };
    });
