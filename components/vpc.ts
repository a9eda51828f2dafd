import * as aws from "@pulumi/aws";
import * as ec2 from "@pulumi/awsx/ec2";
import * as pulumi from "@pulumi/pulumi";
import { roleFor } from "./iam";
import { natInstance } from "./network/nat-instance";
import { privateZoneOf } from "./network/private-zone";
import { layOutSubnets } from "./network/subnets";
import { type Transform, transformed } from "./transform";

/** The services that a task in a private subnet cannot start without: its image, its secrets, its logs, a shell in it. */
export const INTERFACE_ENDPOINTS = ["ecr.api", "ecr.dkr", "logs", "ssm", "kms", "ssmmessages"];

/** The subnets of a zone, for awsx. */
const SUBNETS = [
    { type: "Private", range: "private" },
    { type: "Public", range: "public" },
    { type: "Isolated", range: "isolated" },
] as const;

const NAT_STRATEGY = { none: "None", instance: "None", single: "Single", "per-zone": "OnePerAz" } as const;

/**
 * @example
 * const vpc = new Vpc("vpc", {
 *     cidr: "10.0.0.0/16",
 *     zones: 2,
 *     nat: "single",
 *     region: "eu-central-1",
 *     privateZoneName: "app.internal",
 * });
 */
export interface VpcArgs {
    /** The block of the VPC, private and from /16 to /23; see `network/subnets.ts` for how it is divided. */
    cidr: string;
    /**
     * Availability zones in use, 2 to 4. Room for four is always reserved, so that one can be added later without
     * renumbering. Taken in the order in which EC2 lists the region's zones.
     */
    zones: number;
    /**
     * Which zones, by name, as many as `zones`; one that is added goes last. Needed in an account that has opted in to Local
     * Zones, which EC2 lists among the others.
     * @default the first that EC2 lists
     */
    zoneNames?: string[];
    /**
     * The way out of the private subnets: `single` NAT gateway (the loss of its zone takes every zone's way out), one `per-zone`, or an
     * `instance` in the first zone at a fifth of a gateway's price (see `network/nat-instance.ts`). With `none`, tasks need
     * `interfaceEndpoints` to start at all.
     */
    nat: "none" | "instance" | "single" | "per-zone";
    /** The region, for the names of AWS's services in it. */
    region: string;
    /** The private DNS zone of the VPC, e.g. `dev.identity.internal`. */
    privateZoneName: string;
    /**
     * Interface endpoints for ECR, CloudWatch Logs, SSM, KMS and ECS Exec: about 7 USD a month for each service and zone.
     * @default false
     */
    interfaceEndpoints?: boolean;
    /**
     * Keep flow logs, accepted and rejected, in CloudWatch for so many days.
     * @default none are kept
     */
    flowLogDays?: number;
    transform?: {
        vpc?: Transform<ec2.VpcArgs>;
        flowLog?: Transform<aws.ec2.FlowLogArgs>;
    };
}

/**
 * A network over several zones with public, private and isolated subnets, on `awsx.ec2.Vpc`.
 *
 * Public subnets hold load balancers and what translates addresses (NAT), private ones tasks, isolated ones (no way out) databases.
 * S3 is always reached through a gateway endpoint, which costs nothing and carries ECR's image layers. The default
 * security group is emptied, so that nothing can be left in it by mistake.
 */
export class Vpc extends pulumi.ComponentResource {
    readonly id: pulumi.Output<string>;
    readonly cidr: string;
    readonly publicSubnetIds: pulumi.Output<string[]>;
    readonly privateSubnetIds: pulumi.Output<string[]>;
    readonly isolatedSubnetIds: pulumi.Output<string[]>;
    /** The addresses that private subnets have on the internet, one for each NAT gateway or instance; none without. */
    readonly natAddresses: readonly pulumi.Output<string>[];
    /** The ids of the NAT gateways, in the order of their zones; none without. */
    readonly natGatewayIds: readonly pulumi.Output<string>[];
    /** What tasks come after, since they do not start without a way out. Of gateways none: awsx hands out subnets once these are there. */
    readonly wayOut: readonly pulumi.Resource[];
    /** The VPC's own DNS zone, which nobody outside sees. */
    readonly privateZone: { readonly id: pulumi.Output<string>; readonly name: string };

    constructor(name: string, args: VpcArgs, opts?: pulumi.ComponentResourceOptions) {
        super("identity:index:Vpc", name, {}, opts);
        const child = { parent: this };

        const subnets = layOutSubnets(args.cidr, args.zones);
        const vpc = new ec2.Vpc(
            ...transformed<ec2.VpcArgs>(
                args.transform?.vpc,
                name,
                {
                    cidrBlock: args.cidr,
                    ...(args.zoneNames
                        ? { availabilityZoneNames: args.zoneNames }
                        : { numberOfAvailabilityZones: args.zones }),
                    // The ranges are given rather than left to awsx: its own strategies share the block out among the zones
                    // in use, so that a zone added later would renumber, and so replace, the subnets of the others.
                    subnetStrategy: "Auto",
                    subnetSpecs: SUBNETS.map(({ type, range }) => ({
                        type,
                        cidrBlocks: subnets.map((zone) => zone[range]),
                    })),
                    natGateways: { strategy: NAT_STRATEGY[args.nat] },
                    enableDnsHostnames: true,
                    enableDnsSupport: true,
                    vpcEndpointStrategy: "Auto",
                    vpcEndpointSpecs: [{ serviceName: `com.amazonaws.${args.region}.s3`, vpcEndpointType: "Gateway" }],
                },
                child,
            ),
        );
        this.id = vpc.vpcId;
        this.cidr = args.cidr;
        this.publicSubnetIds = vpc.publicSubnetIds;
        this.privateSubnetIds = vpc.privateSubnetIds;
        this.isolatedSubnetIds = vpc.isolatedSubnetIds;
        const gateways = { none: 0, instance: 0, single: 1, "per-zone": args.zones }[args.nat];
        const ofGateways = (field: "publicIp" | "id") =>
            Array.from({ length: gateways }, (_, i) =>
                vpc.natGateways.apply((gateways) => pulumi.output(gateways?.[i]?.[field] ?? "")),
            );
        const instance = args.nat === "instance" ? this.natInstance(name, args, vpc) : undefined;
        this.natAddresses = instance ? [instance.address] : ofGateways("publicIp");
        this.wayOut = instance?.routes ?? [];
        this.natGatewayIds = ofGateways("id");

        new aws.ec2.DefaultSecurityGroup(`${name}-default`, { vpcId: this.id, ingress: [], egress: [] }, child);
        this.privateZone = privateZoneOf(name, args.privateZoneName, this.id, child);

        if (args.interfaceEndpoints) this.addInterfaceEndpoints(name, args.region);
        if (args.flowLogDays !== undefined) this.addFlowLog(name, args.flowLogDays, args.transform?.flowLog);
        this.registerOutputs({ id: this.id });
    }

    private natInstance(name: string, { cidr, zones }: VpcArgs, vpc: ec2.Vpc) {
        // Taken by index and not in an `apply` of the whole list: in the preview of a further zone nothing but that zone's part is unknown.
        // awsx makes the subnets zone after zone, each with a route table.
        const tableOf = (zone: number) => {
            const ofZone = SUBNETS.map((_, i) => vpc.routeTableAssociations[zone * SUBNETS.length + i]!);
            const all = ofZone.map(({ subnetId, routeTableId }) => ({ subnetId, routeTableId }));
            return pulumi
                .output({ id: vpc.privateSubnetIds[zone]!, all })
                .apply(({ id, all }) => all.find(({ subnetId }) => subnetId === id)?.routeTableId ?? "");
        };
        return natInstance(
            `${name}-nat`,
            {
                vpcId: vpc.vpcId,
                cidr,
                subnetId: vpc.publicSubnetIds[0]!,
                routeTableIds: Array.from({ length: zones }, (_, zone) => tableOf(zone)),
            },
            this,
        );
    }

    private addInterfaceEndpoints(name: string, region: string) {
        const group = new aws.ec2.SecurityGroup(
            `${name}-endpoints`,
            { vpcId: this.id, description: "AWS services by interface endpoint" },
            { parent: this },
        );
        new aws.vpc.SecurityGroupIngressRule(
            `${name}-endpoints-https`,
            {
                securityGroupId: group.id,
                description: "HTTPS from the VPC",
                cidrIpv4: this.cidr,
                ipProtocol: "tcp",
                fromPort: 443,
                toPort: 443,
            },
            { parent: this },
        );
        for (const service of INTERFACE_ENDPOINTS) {
            new aws.ec2.VpcEndpoint(
                `${name}-${service.replace(".", "-")}`,
                {
                    vpcId: this.id,
                    serviceName: `com.amazonaws.${region}.${service}`,
                    vpcEndpointType: "Interface",
                    privateDnsEnabled: true,
                    subnetIds: this.privateSubnetIds,
                    securityGroupIds: [group.id],
                },
                { parent: this },
            );
        }
    }

    private addFlowLog(name: string, days: number, transform: Transform<aws.ec2.FlowLogArgs> | undefined) {
        const child = { parent: this };
        const group = new aws.cloudwatch.LogGroup(
            `${name}-flow-logs`,
            { name: `/${pulumi.getProject()}/${pulumi.getStack()}/${name}-flow-logs`, retentionInDays: days },
            child,
        );
        const role = roleFor(`${name}-flow-logs`, "vpc-flow-logs.amazonaws.com", child);
        const policy = new aws.iam.RolePolicy(
            `${name}-flow-logs`,
            {
                role: role.id,
                policy: pulumi.jsonStringify({
                    Version: "2012-10-17",
                    Statement: [
                        {
                            Effect: "Allow",
                            Action: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
                            Resource: pulumi.interpolate`${group.arn}:*`,
                        },
                    ],
                }),
            },
            child,
        );
        new aws.ec2.FlowLog(
            ...transformed<aws.ec2.FlowLogArgs>(
                transform,
                `${name}-flow-logs`,
                { vpcId: this.id, trafficType: "ALL", logDestination: group.arn, iamRoleArn: role.arn },
                { ...child, dependsOn: [policy] },
            ),
        );
    }
}
