import * as pulumi from "@pulumi/pulumi";
import { privateZoneOf } from "./network/private-zone";

/** A subnet of an `ExistingVpc`, as a plan or a picture shows it. */
export interface ExistingSubnet {
    readonly id: string;
    readonly kind: "public" | "private" | "isolated";
    /** Its availability zone, e.g. `eu-central-1a`. */
    readonly zone: string;
    readonly cidr: string;
    /** Whether it has a route to the internet, in whichever way. */
    readonly wayOut: boolean;
}

/**
 * @example
 * const vpc = new ExistingVpc("vpc", {
 *     id: "vpc-0123456789abcdef0",
 *     cidr: "10.0.0.0/16",
 *     publicSubnetIds: ["subnet-0aaaaaaaaaaaaaaa1", "subnet-0aaaaaaaaaaaaaaa2"],
 *     privateSubnetIds: ["subnet-0bbbbbbbbbbbbbbb1", "subnet-0bbbbbbbbbbbbbbb2"],
 *     privateZoneName: "app.internal",
 * });
 * const endpoint = new Endpoint("public", { vpc, allowedCidrs: ["0.0.0.0/0"] });
 */
export interface ExistingVpcArgs {
    /** The VPC's id. It belongs to the account that makes the private zone: Route 53 takes no other ("Creating a private hosted zone"). */
    id: pulumi.Input<string>;
    /** The VPC's first block of IPv4 addresses. Keycloak tells by it whether a node finds its own address. */
    cidr: string;
    /** With a route to an internet gateway, each in a zone of its own: a load balancer takes one subnet of a zone. */
    publicSubnetIds: pulumi.Input<pulumi.Input<string>[]>;
    /** For tasks, in the same zones. Without a way out, the VPC needs interface endpoints for ECR, logs, SSM and KMS. */
    privateSubnetIds: pulumi.Input<pulumi.Input<string>[]>;
    /** For databases, caches and file systems, in the same zones. @default the private ones */
    isolatedSubnetIds?: pulumi.Input<pulumi.Input<string>[]>;
    /**
     * The addresses that the private subnets have on the internet. A public endpoint that names its clients lets them in.
     * @default none are known
     */
    natAddresses?: readonly string[];
    /** The private DNS zone, which is made in the VPC, e.g. `dev.identity.internal`. A VPC takes one zone of a name. */
    privateZoneName: string;
    /** Where the subnets are: for those who read the plan or the state. @default not known */
    subnets?: readonly ExistingSubnet[];
}

/**
 * A VPC that somebody else keeps, in place of a `Vpc`: it makes no subnet, route, gateway or endpoint, and changes none. What it makes
 * is a private DNS zone for the names of databases and internal endpoints.
 *
 * Nothing is looked up: give it what `aws.ec2.getVpc` and `aws.ec2.getSubnets` answer, or ids. The VPC has to have `enableDnsSupport` and
 * `enableDnsHostnames`, or nobody finds the zone's names.
 *
 * **Cost**: 0.50 USD a month for the zone.
 */
export class ExistingVpc extends pulumi.ComponentResource {
    readonly id: pulumi.Output<string>;
    readonly cidr: string;
    readonly publicSubnetIds: pulumi.Output<string[]>;
    readonly privateSubnetIds: pulumi.Output<string[]>;
    readonly isolatedSubnetIds: pulumi.Output<string[]>;
    /** The addresses that the private subnets have on the internet, as far as they are known. */
    readonly natAddresses: readonly pulumi.Output<string>[];
    /** None: the gateways of a VPC that exists are watched by whoever keeps it. */
    readonly natGatewayIds: readonly pulumi.Output<string>[] = [];
    /** The DNS zone of this component's own in the VPC, which nobody outside sees. */
    readonly privateZone: { readonly id: pulumi.Output<string>; readonly name: string };

    constructor(name: string, args: ExistingVpcArgs, opts?: pulumi.ComponentResourceOptions) {
        // The inputs of a component are in the state and in the plan, where no resource says what the network is.
        super("identity:index:ExistingVpc", name, { vpcId: args.id, cidr: args.cidr, subnets: args.subnets }, opts);
        this.id = pulumi.output(args.id);
        this.cidr = args.cidr;
        this.publicSubnetIds = pulumi.output(args.publicSubnetIds);
        this.privateSubnetIds = pulumi.output(args.privateSubnetIds);
        this.isolatedSubnetIds = pulumi.output(args.isolatedSubnetIds ?? args.privateSubnetIds);
        this.natAddresses = (args.natAddresses ?? []).map((address) => pulumi.output(address));
        this.privateZone = privateZoneOf(name, args.privateZoneName, this.id, { parent: this });
        this.registerOutputs({ id: this.id });
    }
}
