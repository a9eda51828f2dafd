/** VPCs and EC2 instances. */
import { ALARM } from "./cloudwatch";
import { type ByClass, type ByRegion, HOURS, type PriceList, PUBLIC_ADDRESS, unitPrice } from "./prices";
import {
    type Inputs,
    type Item,
    items,
    PART,
    type ResourceTypes,
    sizeOf,
    stopping,
    type Unpriced,
} from "./resource-type";
import { ec2, prefixed } from "./simulated";
import { filled, GROUP_TEXT } from "./texts";

/** The price of a NAT gateway for an hour. */
export const NAT_GATEWAY: ByRegion = {
    "us-east-1": 0.045,
    "eu-west-1": 0.048,
    "eu-central-1": 0.052,
    "ap-northeast-1": 0.062,
};
/** The price of a GB through a NAT gateway, in either direction. */
const NAT_GATEWAY_GB = NAT_GATEWAY;
/** The price of an interface endpoint for an hour, in one zone. */
export const INTERFACE_ENDPOINT: ByRegion = {
    "us-east-1": 0.01,
    "eu-west-1": 0.011,
    "eu-central-1": 0.012,
    "ap-northeast-1": 0.014,
};
/** The price of an instance for an hour on Linux, by instance type. */
const INSTANCE: ByRegion<ByClass> = {
    "us-east-1": {
        "t4g.nano": 0.0042,
        "t4g.micro": 0.0084,
        "t4g.small": 0.0168,
        "t4g.medium": 0.0336,
        "t4g.large": 0.0672,
        "t3.micro": 0.0104,
        "t3.small": 0.0208,
        "t3.medium": 0.0416,
        "t3.large": 0.0832,
    },
    "eu-west-1": { "t4g.small": 0.0184, "t4g.medium": 0.0368, "t3.micro": 0.0114 },
    "eu-central-1": {},
    "ap-northeast-1": { "t4g.nano": 0.0054, "t4g.medium": 0.0432 },
};
/** The price of a GiB of gp3 for a month. */
const VOLUME_GIB: ByRegion = {
    "us-east-1": 0.08,
    "eu-west-1": 0.088,
    "eu-central-1": 0.0952,
    "ap-northeast-1": 0.096,
};
/** The size of the root volume in Amazon's AMIs, in GiB. */
const ROOT_GIB = 8;

/** It passes on what is addressed to others. */
export const isNatInstance = ({ sourceDestCheck }: Inputs) => sourceDestCheck === false;

const address = items("public IPv4 address", 1, PUBLIC_ADDRESS * HOURS);
const isInterface = ({ vpcEndpointType }: Inputs) => vpcEndpointType === "Interface";

const READS = ["ec2:Describe*"];

function instanceMonth(inputs: Inputs, prices: PriceList): (Item | Unpriced)[] {
    const { instanceType, rootBlockDevice, associatePublicIpAddress } = inputs;
    const what = `EC2 instance ${String(instanceType)}`;
    const hour = prices.ofClass(INSTANCE, String(instanceType), "t4g.medium");
    const { volumeSize = ROOT_GIB } = (rootBlockDevice ?? {}) as { volumeSize?: number };
    const running = isNatInstance(inputs) ? items : stopping; // the way out stays
    return [
        hour === undefined ? { unpriced: what } : running(what, 1, hour * HOURS),
        items("GiB of gp3", Number(volumeSize), prices.of(VOLUME_GIB)),
        ...(associatePublicIpAddress ? [address] : []),
    ];
}

/** The cost of a NAT instance with its volume, its address and its alarm for a month. */
export const natInstanceMonth = (prices: PriceList): number =>
    instanceMonth({ instanceType: "t4g.nano", associatePublicIpAddress: true }, prices).reduce(
        (sum, item) => sum + ("each" in item ? item.min * item.each : 0),
        ALARM,
    );

/** A part of the VPC. The laptop leaves it out: everything is in one Docker network there. */
const NETWORK = { ...PART, texts: {}, laptop: "left out", reads: READS } as const;

export const EC2 = {
    "aws:ec2/vpc:Vpc": {
        ...NETWORK,
        simulated: ec2("vpc"),
        minutes: 0.2, // 11 s, with DNS host names enabled
        picture: { section: "network" },
        quota: { what: "VPCs", service: "vpc", code: "L-F678F1CE", inUse: "vpcs" },
        writes: ["ec2:CreateVpc", "ec2:DeleteVpc", "ec2:ModifyVpcAttribute"],
    },
    "aws:ec2/natGateway:NatGateway": {
        ...NETWORK,
        simulated: ec2("nat"),
        cost: {
            month: (_, prices) => [items("NAT gateway", 1, prices.of(NAT_GATEWAY) * HOURS)],
            use: (prices) => `data through NAT gateways${unitPrice(prices.of(NAT_GATEWAY_GB), "a GB")}`,
        },
        minutes: 1.8, // 1:25 to 2:05 in seven logs
        picture: { section: "network" },
        writes: ["ec2:CreateNatGateway", "ec2:DeleteNatGateway"],
    },
    "aws:ec2/eip:Eip": {
        ...NETWORK,
        simulated: {
            id: prefixed("eipalloc"),
            outputs: ({ id }, place) => ({
                arn: place.arn("ec2", `elastic-ip/${id}`),
                publicIp: "203.0.113.10", // of TEST-NET-3, as those of NAT gateways (awsx.ts)
            }),
        },
        // The address of an instance is counted with the instance.
        cost: { month: ({ instance }) => (instance === undefined ? [address] : []) },
        quota: { what: "Elastic IPs", service: "ec2", code: "L-0263D0A3", inUse: "addresses" },
        writes: ["ec2:AllocateAddress", "ec2:ReleaseAddress", "ec2:AssociateAddress", "ec2:DisassociateAddress"],
    },
    "aws:ec2/subnet:Subnet": {
        ...NETWORK,
        simulated: ec2("subnet"),
        picture: { section: "network" },
        writes: ["ec2:CreateSubnet", "ec2:DeleteSubnet", "ec2:ModifySubnetAttribute"],
    },
    "aws:ec2/internetGateway:InternetGateway": {
        ...NETWORK,
        simulated: ec2("igw"),
        writes: [
            "ec2:CreateInternetGateway",
            "ec2:DeleteInternetGateway",
            "ec2:AttachInternetGateway",
            "ec2:DetachInternetGateway",
        ],
    },
    "aws:ec2/route:Route": {
        ...NETWORK,
        simulated: ec2("r-rtb"),
        writes: ["ec2:CreateRoute", "ec2:ReplaceRoute", "ec2:DeleteRoute"],
    },
    "aws:ec2/routeTable:RouteTable": {
        ...NETWORK,
        simulated: ec2("rtb"),
        writes: ["ec2:CreateRouteTable", "ec2:DeleteRouteTable"],
    },
    "aws:ec2/routeTableAssociation:RouteTableAssociation": {
        ...NETWORK,
        simulated: ec2("rtbassoc"),
        writes: ["ec2:AssociateRouteTable", "ec2:DisassociateRouteTable", "ec2:ReplaceRouteTableAssociation"],
    },
    "aws:ec2/flowLog:FlowLog": {
        ...NETWORK,
        simulated: ec2("fl"), // its log group has the cost of what it writes
        writes: ["ec2:CreateFlowLogs", "ec2:DeleteFlowLogs", "logs:CreateLogDelivery", "logs:DeleteLogDelivery"],
    },
    "aws:ec2/vpcEndpoint:VpcEndpoint": {
        ...NETWORK,
        simulated: ec2("vpce"),
        cost: {
            month: (inputs, prices) =>
                isInterface(inputs)
                    ? [
                          items(
                              "interface endpoint in a zone",
                              sizeOf(inputs.subnetIds),
                              prices.of(INTERFACE_ENDPOINT) * HOURS,
                          ),
                      ]
                    : [], // a gateway endpoint costs nothing
        },
        minutes: (inputs) => (isInterface(inputs) ? 1 : 0.1),
        picture: { section: "network" },
        address: ({ serviceName, securityGroupIds, subnetIds }) => ({
            kind: "AWS endpoint",
            name: (serviceName as string | undefined)?.replace(/^com\.amazonaws\.[a-z0-9-]+\./, ""),
            securityGroups: securityGroupIds as string[] | undefined,
            subnets: subnetIds as string[] | undefined,
            isPublic: false,
        }),
        writes: [
            "ec2:CreateVpcEndpoint",
            "ec2:ModifyVpcEndpoint",
            "ec2:DeleteVpcEndpoints",
            "route53:AssociateVPCWithHostedZone",
        ],
    },
    "aws:ec2/securityGroup:SecurityGroup": {
        ...NETWORK,
        simulated: ec2("sg"),
        texts: {
            name: filled({ ...GROUP_TEXT, takes: /^(?!sg-)[A-Za-z0-9. _\-:/()#,@[\]+=&;{}!$*]+$/ }),
            description: GROUP_TEXT,
        },
        writes: [
            "ec2:CreateSecurityGroup",
            "ec2:DeleteSecurityGroup",
            // The provider revokes the default egress rule of a new security group.
            "ec2:RevokeSecurityGroupIngress",
            "ec2:RevokeSecurityGroupEgress",
            // A network interface that was left behind prevents the deletion of its security group.
            "ec2:DeleteNetworkInterface",
        ],
    },
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": {
        ...NETWORK,
        simulated: ec2("sg"),
        writes: ["ec2:RevokeSecurityGroupIngress", "ec2:RevokeSecurityGroupEgress"],
    },
    "aws:ec2/instance:Instance": {
        ...PART,
        simulated: {
            id: prefixed("i"),
            outputs: ({ id, name }, place) => ({
                arn: place.arn("ec2", `instance/${id}`),
                privateIp: "10.0.0.10",
                primaryNetworkInterfaceId: prefixed("eni")({ name }),
            }),
        },
        cost: { month: instanceMonth },
        minutes: 0.5,
        picture: {
            card: (inputs) =>
                isNatInstance(inputs)
                    ? undefined // the picture has a card for the way out
                    : {
                          kind: "machine",
                          detail: `EC2, ${String(inputs.instanceType)}`,
                          amount: "",
                          copies: "one",
                          notes: [],
                      },
        },
        address: ({ vpcSecurityGroupIds, subnetId, associatePublicIpAddress }) => ({
            kind: "machine",
            securityGroups: vpcSecurityGroupIds as string[] | undefined,
            subnets: subnetId === undefined ? [] : [String(subnetId)],
            isPublic: associatePublicIpAddress === true,
        }),
        deletionSwitch: "disableApiTermination",
        texts: {},
        laptop: "left out", // the laptop reaches its own network without it
        reads: READS,
        writes: [
            "ec2:RunInstances",
            "ec2:TerminateInstances",
            "ec2:StopInstances",
            "ec2:StartInstances",
            "ec2:ModifyInstanceAttribute",
            "ec2:ModifyInstanceMetadataOptions",
            "ssm:GetCommandInvocation", // the result of a script on the instance
        ],
        // The alarm of a NAT instance reboots it (AmazonCloudWatch/latest/monitoring/using-service-linked-roles.html).
        linkedRole: { service: "events.amazonaws.com", role: "AWSServiceRoleForCloudWatchEvents" },
    },
} satisfies ResourceTypes;
