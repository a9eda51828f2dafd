/** What AWS says of a network that exists. Questions only: `ec2:Describe*`. */
import type {
    EC2Client,
    NatGateway,
    NetworkInterface,
    RouteTable,
    SecurityGroup,
    Subnet,
    Vpc,
    VpcEndpoint,
} from "@aws-sdk/client-ec2";
import type { ExistingNetworkConfig } from "../../config/defaults";
import type { Owner } from "../existing/owner";
import { ownGroups, tagFilters } from "./moved";

type Ec2 = Pick<EC2Client, "send">;

export interface Facts {
    readonly vpc: Vpc;
    readonly dns: { readonly support: boolean; readonly hostnames: boolean };
    /** All of the VPC. */
    readonly subnets: readonly Subnet[];
    /** Those that the stack file names, and that are in another VPC. */
    readonly elsewhere: readonly Subnet[];
    readonly routeTables: readonly RouteTable[];
    readonly endpoints: readonly VpcEndpoint[];
    readonly gateways: readonly NatGateway[];
    /** The region's zones, without Local Zones. */
    readonly zones: readonly string[];
    /** The security groups that an earlier `up` of this stack made, in any VPC; and the network interfaces that have one. */
    readonly groups: readonly SecurityGroup[];
    readonly interfaces: readonly NetworkInterface[];
}

export const FACTS_NEED =
    "ec2:DescribeVpcs, ec2:DescribeVpcAttribute, ec2:DescribeSubnets, ec2:DescribeRouteTables, ec2:DescribeVpcEndpoints, " +
    "ec2:DescribeNatGateways, ec2:DescribeAvailabilityZones, ec2:DescribeSecurityGroups and ec2:DescribeNetworkInterfaces";

/** The VPCs that the stack file means: one, if all is well. */
export async function vpcsOf(ec2: Ec2, { vpc }: ExistingNetworkConfig): Promise<Vpc[]> {
    const { DescribeVpcsCommand } = await import("@aws-sdk/client-ec2");
    // A filter: an id in `VpcIds` that is nobody's is an error, and not an empty answer.
    const Filters = typeof vpc === "string" ? [{ Name: "vpc-id", Values: [vpc] }] : tagFilters(vpc.tags);
    return (await ec2.send(new DescribeVpcsCommand({ Filters }))).Vpcs ?? [];
}

export async function factsOf(ec2: Ec2, vpc: Vpc, named: readonly string[], owner: Owner): Promise<Facts> {
    const sdk = await import("@aws-sdk/client-ec2");
    const VpcId = vpc.VpcId!;
    const ofVpc = [{ Name: "vpc-id", Values: [VpcId] }];
    const attribute = async (Attribute: "enableDnsSupport" | "enableDnsHostnames") => {
        const answer = await ec2.send(new sdk.DescribeVpcAttributeCommand({ VpcId, Attribute }));
        return (Attribute === "enableDnsSupport" ? answer.EnableDnsSupport : answer.EnableDnsHostnames)?.Value === true;
    };
    const own = async () => {
        const groups = await ownGroups(ec2, owner);
        return { groups, interfaces: await interfacesOf(groups) };
    };
    const interfacesOf = async (groups: readonly SecurityGroup[]) => {
        const ids = groups.filter((group) => group.VpcId === VpcId).map(({ GroupId }) => GroupId!);
        const found: NetworkInterface[] = [];
        for (let i = 0; i < ids.length; i += FILTER_VALUES) {
            const Filters = [{ Name: "group-id", Values: ids.slice(i, i + FILTER_VALUES) }];
            const answer = await ec2.send(new sdk.DescribeNetworkInterfacesCommand({ Filters }));
            found.push(...(answer.NetworkInterfaces ?? []));
        }
        return found;
    };
    const subnets = async () => {
        const all = (await ec2.send(new sdk.DescribeSubnetsCommand({ Filters: ofVpc }))).Subnets ?? [];
        const others = named.filter((id) => !all.some(({ SubnetId }) => SubnetId === id));
        if (others.length === 0) return { subnets: all, elsewhere: [] };
        const Filters = [{ Name: "subnet-id", Values: others }];
        const elsewhere = (await ec2.send(new sdk.DescribeSubnetsCommand({ Filters }))).Subnets ?? [];
        return { subnets: all, elsewhere };
    };
    const [support, hostnames, inVpc, tables, endpoints, gateways, region, earlier] = await Promise.all([
        attribute("enableDnsSupport"),
        attribute("enableDnsHostnames"),
        subnets(),
        ec2.send(new sdk.DescribeRouteTablesCommand({ Filters: ofVpc })),
        ec2.send(new sdk.DescribeVpcEndpointsCommand({ Filters: ofVpc })),
        ec2.send(new sdk.DescribeNatGatewaysCommand({ Filter: ofVpc })),
        ec2.send(new sdk.DescribeAvailabilityZonesCommand({})),
        own(),
    ]);
    return {
        vpc,
        dns: { support, hostnames },
        ...inVpc,
        routeTables: tables.RouteTables ?? [],
        endpoints: endpoints.VpcEndpoints ?? [],
        gateways: gateways.NatGateways ?? [],
        zones: (region.AvailabilityZones ?? [])
            .filter(({ ZoneType = "availability-zone" }) => ZoneType === "availability-zone")
            .map(({ ZoneName }) => ZoneName!),
        ...earlier,
    };
}

/** Values that a filter takes (EC2 API reference, "Filter"). */
const FILTER_VALUES = 200;
