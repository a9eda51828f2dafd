/**
 * The components of awsx. Their provider creates their children in its own process, where the program does not see them. The children are
 * listed here, so that the plan can show and count them. Names and nesting are those of awsx 3.
 */
import type { Inputs } from "./resource-type";
import { ACCOUNT, digits, type Place, prefixed } from "./simulated";

export interface RemoteComponent {
    readonly outputs: (name: string, inputs: Inputs, place: Place) => Record<string, unknown>;
    /** A parent comes before its children. */
    readonly children: (name: string, inputs: Inputs, place: Place) => readonly Child[];
}

export interface Child {
    readonly type: string;
    readonly name: string;
    readonly inputs: Inputs;
    /** The parent among the children; undefined for a direct child of the component. */
    readonly under: Child | undefined;
}

export const REMOTE_COMPONENTS: Readonly<Record<string, RemoteComponent>> = {
    "awsx:ec2:Vpc": { outputs: vpcOutputs, children: vpcChildren },
    "awsx:ecr:Repository": {
        outputs: (name, _, { region }) => ({
            url: `${ACCOUNT}.dkr.ecr.${region}.amazonaws.com/${name}-${digits(name, 7)}`,
        }),
        children: (name, { lifecyclePolicy, ...repository }) =>
            [
                { type: "aws:ecr/repository:Repository", inputs: repository },
                { type: "aws:ecr/lifecyclePolicy:LifecyclePolicy", inputs: { lifecyclePolicy } },
            ].map((child) => ({ ...child, name: name.toLowerCase(), under: undefined })),
    },
};

function vpcOutputs(name: string, inputs: Inputs, place: Place): Record<string, unknown> {
    const children = vpcChildren(name, inputs, place);
    const subnetIds = (kind: string) =>
        children
            .filter(({ type, inputs: { tags } }) => {
                return type === "aws:ec2/subnet:Subnet" && (tags as Inputs).SubnetType === kind;
            })
            .map(prefixed("subnet"));
    return {
        vpcId: prefixed("vpc")({ name }),
        publicSubnetIds: subnetIds("Public"),
        privateSubnetIds: subnetIds("Private"),
        isolatedSubnetIds: subnetIds("Isolated"),
        routeTableAssociations: children
            .filter(({ type }) => type === "aws:ec2/routeTableAssociation:RouteTableAssociation")
            .map((association) => ({
                subnetId: prefixed("subnet")(association),
                routeTableId: prefixed("rtb")(association), // all three have one name
            })),
        natGateways: children
            .filter(({ type }) => type === "aws:ec2/natGateway:NatGateway")
            .map((_, i) => ({ publicIp: `203.0.113.${i + 1}` })), // of TEST-NET-3 (RFC 5737), which is for documentation
    };
}

function vpcChildren(name: string, inputs: Inputs, place: Place): Child[] {
    const specs = inputs.subnetSpecs as { type: string; cidrBlocks: string[] }[];
    const { strategy } = inputs.natGateways as { strategy: string };
    const children: Child[] = [];
    const add = (type: string, childName: string, childInputs: Inputs, under?: Child): Child => {
        const child = { type, name: childName, inputs: childInputs, under };
        children.push(child);
        return child;
    };
    const vpc = add("aws:ec2/vpc:Vpc", name, { cidrBlock: inputs.cidrBlock });
    add("aws:ec2/internetGateway:InternetGateway", name, {}, vpc);
    const zoneNames = inputs.availabilityZoneNames as string[] | undefined;
    const zones = zoneNames ?? place.zones(Number(inputs.numberOfAvailabilityZones));
    zones.forEach((availabilityZone, zone) => {
        for (const type of ["Public", "Private", "Isolated"]) {
            const cidrBlock = specs.find((spec) => spec.type === type)!.cidrBlocks[zone];
            const subnetName = `${name}-${type.toLowerCase()}-${zone + 1}`;
            const tags = { SubnetType: type };
            const subnet = add("aws:ec2/subnet:Subnet", subnetName, { cidrBlock, availabilityZone, tags }, vpc);
            const table = add("aws:ec2/routeTable:RouteTable", subnetName, {}, subnet);
            add("aws:ec2/routeTableAssociation:RouteTableAssociation", subnetName, {}, table);
            if (type === "Public" && (strategy === "OnePerAz" || (strategy === "Single" && zone === 0))) {
                add("aws:ec2/eip:Eip", `${name}-${zone + 1}`, {}, subnet);
                add("aws:ec2/natGateway:NatGateway", `${name}-${zone + 1}`, {}, subnet);
            }
            if (type === "Public" || (type === "Private" && strategy !== "None")) {
                add("aws:ec2/route:Route", subnetName, { destinationCidrBlock: "0.0.0.0/0" }, table);
            }
        }
    });
    for (const { serviceName, vpcEndpointType } of inputs.vpcEndpointSpecs as Inputs[]) {
        add("aws:ec2/vpcEndpoint:VpcEndpoint", String(serviceName), { serviceName, vpcEndpointType }, vpc);
    }
    return children;
}
