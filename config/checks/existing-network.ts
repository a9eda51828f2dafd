/** A VPC that exists (`network.existing`): what the stack file alone can tell. The rest is asked of AWS (`platform/existing-network`). */
import type { ExistingNetworkConfig, PlatformConfig, SubnetChoice, SubnetTier } from "../defaults";
import type { Path, Problem } from "./common";

type Network = PlatformConfig["network"] & { existing: ExistingNetworkConfig };

const TIERS = ["public", "private", "database"] as const satisfies readonly SubnetTier[];

/** Keys of a network that the program makes, and why they say nothing about one that exists. */
const OF_AN_OWN_NETWORK = {
    cidr: "the block of a VPC that exists is the VPC's own",
    zoneNames: "the zones are those of the subnets",
    nat: "the routes of its subnets lead out, or do not: the program adds no gateway",
    interfaceEndpoints: "the program adds no endpoint to a VPC that is not its own",
    flowLogs: "the flow logs of a VPC that exists belong to whoever keeps it",
} as const satisfies Partial<Record<keyof Network, string>>;

export function checkExistingNetwork(network: Network): Problem[] {
    const { subnets } = network.existing;
    return [
        ...ownKeyProblems(network),
        ...tiersOf(network.existing).flatMap((tier) => idProblems(at(tier), subnets[tier])),
        ...sharedProblems(network.existing),
        ...countProblems(network),
    ];
}

/** The tiers that the stack file names: databases are in the private subnets where it says nothing else. */
export const tiersOf = ({ subnets }: ExistingNetworkConfig): readonly SubnetTier[] =>
    TIERS.filter((tier) => tier !== "database" || subnets.database !== subnets.private);

const at = (tier: SubnetTier): Path => ["network", "existing", "subnets", tier];
const idsOf = (choice: SubnetChoice): readonly string[] => (Array.isArray(choice) ? choice : []);

function ownKeyProblems(network: Network): Problem[] {
    return Object.entries(OF_AN_OWN_NETWORK).flatMap(([key, why]): Problem[] => {
        if (network[key as keyof typeof OF_AN_OWN_NETWORK] === undefined) return [];
        return [{ path: ["network", key], what: `means nothing beside existing: ${why}`, fix: "leave it out" }];
    });
}

function idProblems(path: Path, choice: SubnetChoice): Problem[] {
    return idsOf(choice).flatMap((id, i, all): Problem[] =>
        all.indexOf(id) === i ? [] : [{ path: [...path, i], what: `${id} is there twice`, fix: "once" }],
    );
}

/** A subnet has one route table: it is public or it is not. Databases may be in the private ones. */
function sharedProblems(existing: ExistingNetworkConfig): Problem[] {
    const { subnets } = existing;
    const open = idsOf(subnets.public);
    const closed = tiersOf(existing).filter((tier) => tier !== "public");
    return closed.flatMap((tier) =>
        idsOf(subnets[tier]).flatMap((id, i): Problem[] => {
            if (!open.includes(id)) return [];
            const what = `${id} is named as a public subnet, too`;
            const fix = "another subnet: a public one leads to the internet, and what is in the others must not";
            return [{ path: [...at(tier), i], what, fix, also: [at("public")] }];
        }),
    );
}

/** Each tier has one subnet in each zone: a load balancer takes no more, and sends nothing to a zone where it has none. */
function countProblems({ existing, zones }: Network): Problem[] {
    return tiersOf(existing).flatMap((tier): Problem[] => {
        const count = idsOf(existing.subnets[tier]).length;
        if (count === 0 || count === zones) return [];
        const what = `has ${count} subnets, and the stack is in ${zones} zones`;
        const fix = "one subnet for each zone, as many in each list; network.zones left out where private has ids";
        return [{ path: at(tier), what, fix, also: [["network", "zones"], at("private")] }];
    });
}
