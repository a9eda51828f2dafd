/** The network of a stack: one of its own, or one that exists. */
import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { internalZone } from "../components/endpoint/hosts";
import { type ExistingSubnet, ExistingVpc } from "../components/existing-vpc";
import { UserError } from "../components/user-error";
import { Vpc } from "../components/vpc";
import type { PlatformConfig } from "../config/defaults";
import type { FoundNetwork, FoundSubnet } from "./existing-network/found";

export type DistrictNetwork = Vpc | ExistingVpc;

/** `found`: what was found of a network that exists; the program looks before its first resource. */
export function districtNetwork(
    { network, domain, region, logRetentionDays }: PlatformConfig,
    found: FoundNetwork | undefined,
    opts: { provider: aws.Provider },
): DistrictNetwork {
    const privateZoneName = domain ? internalZone(domain.name) : `${pulumi.getStack()}.${pulumi.getProject()}.internal`;
    if (!network.existing) {
        const flowLogDays = network.flowLogs ? logRetentionDays : undefined;
        return new Vpc("vpc", { ...network, region, privateZoneName, flowLogDays }, opts);
    }
    if (!found) throw new UserError("network.existing: it was not looked up before the stack was made");
    const { vpcId, cidrs, subnets, natAddresses } = found;
    const ids = (some: readonly FoundSubnet[]) => some.map(({ id }) => id);
    return new ExistingVpc(
        "vpc",
        {
            id: vpcId,
            cidr: cidrs[0]!,
            publicSubnetIds: ids(subnets.public),
            privateSubnetIds: ids(subnets.private),
            isolatedSubnetIds: ids(subnets.database),
            natAddresses,
            privateZoneName,
            subnets: described(subnets),
        },
        opts,
    );
}

/** Each subnet once: databases may be in the private ones. */
function described({ public: open, private: closed, database }: FoundNetwork["subnets"]): ExistingSubnet[] {
    const of = (kind: ExistingSubnet["kind"], some: readonly FoundSubnet[]) =>
        some.map((subnet) => ({ ...subnet, kind }));
    const own = database.filter(({ id }) => !closed.some((closedSubnet) => closedSubnet.id === id));
    return [...of("public", open), ...of("private", closed), ...of("isolated", own)];
}
