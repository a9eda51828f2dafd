import type { SubnetTier } from "../../config/defaults";

/** A network that exists, as AWS describes it, or as the plan assumes it. */
export interface FoundNetwork {
    readonly vpcId: string;
    /** Its blocks of IPv4 addresses, the first one first. */
    readonly cidrs: readonly string[];
    /** One in each zone: in the order of the stack file, or of their zones where they are found by tags. */
    readonly subnets: Readonly<Record<SubnetTier, readonly FoundSubnet[]>>;
    /** The public addresses of the NAT gateways that the private subnets' routes lead to. */
    readonly natAddresses: readonly string[];
}

export interface FoundSubnet {
    readonly id: string;
    readonly zone: string;
    readonly cidr: string;
    /** Whether it has a route to the internet, in whichever way. */
    readonly wayOut: boolean;
}
