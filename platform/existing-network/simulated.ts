/** The network that the plan assumes, where there is no AWS to ask: the ids of the stack file, and made-up zones and blocks. */
import { digits, Place } from "../../aws/simulated";
import { layOutSubnets } from "../../components/network/subnets";
import type { ExistingNetworkConfig, PlatformConfig, SubnetTier } from "../../config/defaults";
import type { FoundNetwork, FoundSubnet } from "./found";

const CIDR = "10.0.0.0/16";
const BLOCK = { public: "public", private: "private", database: "isolated" } as const;

export function simulatedNetwork(
    existing: ExistingNetworkConfig,
    { region, network: { zones } }: PlatformConfig,
): FoundNetwork {
    const names = new Place(region).zones(zones);
    const blocks = layOutSubnets(CIDR, zones);
    const subnets = (tier: SubnetTier): FoundSubnet[] => {
        const choice = existing.subnets[tier];
        const shared = tier === "database" && choice === existing.subnets.private;
        return names.map((zone, i) => ({
            id: Array.isArray(choice) ? choice[i]! : `subnet-${digits(`${JSON.stringify(choice)} ${zone}`)}`,
            zone,
            cidr: blocks[i]![shared ? "private" : BLOCK[tier]],
            wayOut: tier !== "database" || shared,
        }));
    };
    return {
        vpcId: typeof existing.vpc === "string" ? existing.vpc : `vpc-${digits(JSON.stringify(existing.vpc))}`,
        cidrs: [CIDR],
        subnets: { public: subnets("public"), private: subnets("private"), database: subnets("database") },
        natAddresses: ["203.0.113.1"], // of TEST-NET-3 (RFC 5737), which is for documentation
    };
}
