/** What is wrong with a network that exists, all of it at once; and the network, where nothing is. */
import type { Subnet } from "@aws-sdk/client-ec2";
import type { Problem } from "../../components/aws-error";
import { check } from "../../config/checks";
import { tiersOf } from "../../config/checks/existing-network";
import { vpcBlockProblems } from "../../config/checks/network";
import type { ExistingNetworkConfig, PlatformConfig, SubnetTier } from "../../config/defaults";
import { pathText } from "../../config/problems";
import { LOAD_BALANCER_MASK, neededAddresses } from "./addresses";
import { type Choice, choose, keyOfTier, named, sameZones } from "./choose";
import { endpointProblems } from "./endpoints";
import type { Facts } from "./facts";
import type { FoundNetwork } from "./found";
import { otherVpcProblems } from "./moved";
import { type WayOut, wayOutOf } from "./routes";

export interface Subject {
    readonly existing: ExistingNetworkConfig;
    readonly config: PlatformConfig;
    readonly project: string;
    readonly stack: string;
    /** The account of the credentials. */
    readonly account: string;
}

export function judge(facts: Facts, subject: Subject): { problems: Problem[]; network: FoundNetwork } {
    const { existing, config } = subject;
    const choices = tiersOf(existing).map((tier) => choose(tier, existing.subnets[tier], config.network.zones, facts));
    const chosen = choices.flatMap(({ problems }) => problems);
    const problems = [
        ...vpcProblems(facts, subject),
        ...chosen,
        ...(chosen.length === 0 ? sameZones(choices) : []),
        ...choices.flatMap((choice) => routeProblems(choice, facts)),
        ...withoutWayOut(choices, facts, subject),
        ...choices.flatMap((choice) => addressProblems(choice, facts, config)),
    ];
    return { problems, network: networkOf(choices, facts) };
}

const cidrsOf = ({ vpc }: Facts): string[] => {
    const all = (vpc.CidrBlockAssociationSet ?? [])
        .filter(({ CidrBlockState }) => (CidrBlockState?.State ?? "associated") === "associated")
        .flatMap(({ CidrBlock }) => CidrBlock ?? []);
    const first = vpc.CidrBlock ?? [];
    return [...new Set([first, all].flat())];
};

function vpcProblems(facts: Facts, { config, project, stack, account }: Subject): Problem[] {
    const { vpc, dns, groups } = facts;
    const problems: Problem[] = [];
    // Route 53, "Creating a private hosted zone": the VPC and the zone belong to one account, and both settings are on.
    if (vpc.OwnerId !== undefined && vpc.OwnerId !== account) {
        const what = `${vpc.VpcId} belongs to account ${vpc.OwnerId}, and the stack's private DNS zone would to ${account}`;
        problems.push({
            what: `${what}: Route 53 makes none for another account's VPC`,
            fix: "a VPC of the stack's account",
        });
    }
    for (const [attribute, on] of [
        ["enableDnsSupport", dns.support],
        ["enableDnsHostnames", dns.hostnames],
    ] as const) {
        if (on) continue;
        const what = `${vpc.VpcId} has ${attribute} off: no task finds databases and endpoints by their names`;
        const option = attribute.replace("enableDns", "--enable-dns-").toLowerCase();
        problems.push({ what, fix: `aws ec2 modify-vpc-attribute --vpc-id ${vpc.VpcId} ${option}` });
    }
    problems.push(...otherVpcProblems(vpc, groups, { project, stack }));
    const blocks = cidrsOf(facts).flatMap((block) => vpcBlockProblems(config.adminEndpoint.allowedCidrs, block));
    problems.push(...blocks.map(({ path, what, fix }) => ({ what: `${pathText(path, project)}: ${what}`, fix })));
    return problems;
}

function routeProblems({ tier, subnets }: Choice, facts: Facts): Problem[] {
    if (tier === "database") return [];
    return subnets.flatMap((subnet): Problem[] => {
        const way = wayOutOf(facts, subnet.SubnetId!);
        const it = `the ${tier} subnet ${named(subnet)}`;
        if (tier === "public") {
            if (way.kind === "internet gateway") return [];
            const what = `${it} has no route of 0.0.0.0/0 to an internet gateway: nobody would reach the public load balancer there`;
            return [{ what, fix: `such a route in its route table, or another subnet in ${keyOfTier(tier)}` }];
        }
        if (way.kind === "internet gateway") {
            const what = `${it} leads to an internet gateway: it is a public one, and a task without a public address gets no way out there`;
            return [{ what, fix: `a subnet whose route leads to a NAT gateway, in ${keyOfTier(tier)}` }];
        }
        if (way.kind !== "broken") return [];
        return [
            {
                what: `${it} has a route of 0.0.0.0/0, and ${way.why}`,
                fix: "a NAT gateway or a transit gateway in its route table",
            },
        ];
    });
}

/** Endpoints in place of a route, and what no endpoint replaces: the checks of a stack without NAT. */
function withoutWayOut(choices: readonly Choice[], facts: Facts, { config, project }: Subject): Problem[] {
    const { subnets } = choices.find(({ tier }) => tier === "private")!;
    const closed = subnets.filter(({ SubnetId }) => wayOutOf(facts, SubnetId!).kind === "none");
    if (closed.length === 0) return [];
    const ids = closed.map(({ SubnetId }) => SubnetId!);
    const stranded = check({ ...config, network: { ...config.network, nat: "none" } as PlatformConfig["network"] })
        .filter(({ path }) => path[0] !== "network")
        .map(({ path, what, fix }) => ({ what: `${pathText(path, project)}: ${what}`, fix }));
    return [...endpointProblems(ids, facts, config), ...stranded];
}

function addressProblems({ tier, subnets }: Choice, { interfaces }: Facts, config: PlatformConfig): Problem[] {
    const { count, what } = neededAddresses(config)[tier];
    return subnets.flatMap((subnet): Problem[] => {
        const { SubnetId, CidrBlock = "", AvailableIpAddressCount: free } = subnet;
        const it = `the ${tier} subnet ${named(subnet)}`;
        const mask = Number(CidrBlock.split("/")[1]);
        if (tier !== "database" && mask > LOAD_BALANCER_MASK) {
            const small = `${it} is a /${mask}, and a load balancer asks for a /${LOAD_BALANCER_MASK} or larger`;
            return [{ what: small, fix: `a larger subnet in ${keyOfTier(tier)}` }];
        }
        // What an earlier `up` took is the stack's already.
        const own = interfaces.filter((networkInterface) => networkInterface.SubnetId === SubnetId).length;
        if (free === undefined || free + own >= count) return [];
        const has = own > 0 ? `${free} free addresses and ${own} of this stack's` : `${free} free addresses`;
        return [
            {
                what: `${it} has ${has}, and the stack takes ${count}: ${what}`,
                fix: `a larger subnet in ${keyOfTier(tier)}, or fewer tasks`,
            },
        ];
    });
}

function networkOf(choices: readonly Choice[], facts: Facts): FoundNetwork {
    const ways = new Map<string, WayOut>();
    const found = (tier: SubnetTier) => {
        const { subnets } =
            choices.find((choice) => choice.tier === tier) ?? choices.find((other) => other.tier === "private")!;
        return subnets.map(({ SubnetId = "", AvailabilityZone: zone = "", CidrBlock: cidr = "" }: Subnet) => {
            const way = wayOutOf(facts, SubnetId);
            if (tier === "private") ways.set(SubnetId, way);
            return { id: SubnetId, zone, cidr, wayOut: !["none", "broken"].includes(way.kind) };
        });
    };
    const subnets = { public: found("public"), private: found("private"), database: found("database") };
    const used = new Set([...ways.values()].flatMap((way) => (way.kind === "NAT gateway" ? [way.id] : [])));
    const natAddresses = facts.gateways
        .filter(({ NatGatewayId }) => used.has(NatGatewayId!))
        .flatMap(({ NatGatewayAddresses = [] }) => NatGatewayAddresses.flatMap(({ PublicIp }) => PublicIp ?? []))
        .sort();
    return { vpcId: facts.vpc.VpcId!, cidrs: cidrsOf(facts), subnets, natAddresses };
}
