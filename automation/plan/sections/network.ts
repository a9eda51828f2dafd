/** The network as other sections ask about it: subnets, who is in which security group, and what the groups let through. */
import { add } from "../collect";
import type { Inventory } from "../inventory";
import { TASK } from "./task-definitions";

export interface Subnet {
    readonly zone: string;
    readonly kind: "public" | "private" | "isolated";
    readonly cidr: string;
    /** Whether there is a way out of the VPC, by an internet or a NAT gateway. */
    readonly wayOut: boolean;
}

/** One rule of a security group: who is let in, or where to connections are let out. */
export interface Rule {
    readonly securityGroupId: string;
    readonly cidrIpv4?: string;
    readonly referencedSecurityGroupId?: string;
    readonly ipProtocol: string;
    readonly fromPort?: number;
    readonly toPort?: number;
    readonly description?: string;
}

/** Who has an address in the network. */
export interface Actor {
    readonly kind: "service" | "task" | "load balancer" | "database" | "AWS endpoint" | "machine";
    readonly name: string;
    readonly groups: readonly string[];
    readonly subnets: readonly Subnet[];
    /** Reached by a public address, not by those of its subnets. */
    readonly isPublic: boolean;
}

/** What readers need of the inputs of resources that have addresses, of whatever type. */
interface Inputs {
    networkConfiguration?: { securityGroups?: string[]; subnets?: string[]; assignPublicIp?: boolean };
    securityGroups?: string[];
    securityGroupIds?: string[];
    vpcSecurityGroupIds?: string[];
    subnets?: string[];
    subnetIds?: string[];
    subnetId?: string;
    dbSubnetGroupName?: string;
    internal?: boolean;
    publiclyAccessible?: boolean;
    associatePublicIpAddress?: boolean;
    serviceName?: string;
}
interface Read extends Pick<Actor, "kind">, Partial<Pick<Actor, "name" | "isPublic">> {
    groups: string[] | undefined;
    subnets?: string[];
    subnetGroup?: string;
}

const READERS: Readonly<Record<string, (inputs: Inputs) => Read>> = {
    "aws:lb/loadBalancer:LoadBalancer": ({ securityGroups, subnets, internal }) => ({
        kind: "load balancer",
        groups: securityGroups,
        subnets,
        isPublic: !internal,
    }),
    "aws:ecs/service:Service": ({ networkConfiguration: network }) => ({
        kind: "service",
        groups: network?.securityGroups,
        subnets: network?.subnets,
        isPublic: network?.assignPublicIp ?? false,
    }),
    [TASK]: ({ securityGroupIds, subnetIds }) => ({ kind: "task", groups: securityGroupIds, subnets: subnetIds }),
    "aws:rds/instance:Instance": ({ vpcSecurityGroupIds, dbSubnetGroupName, publiclyAccessible }) => ({
        kind: "database",
        groups: vpcSecurityGroupIds,
        subnetGroup: dbSubnetGroupName,
        isPublic: publiclyAccessible ?? false,
    }),
    "aws:ec2/instance:Instance": ({ vpcSecurityGroupIds, subnetId, associatePublicIpAddress }) => ({
        kind: "machine",
        groups: vpcSecurityGroupIds,
        subnets: subnetId === undefined ? [] : [subnetId],
        isPublic: associatePublicIpAddress ?? false,
    }),
    "aws:ec2/vpcEndpoint:VpcEndpoint": ({ securityGroupIds, subnetIds, serviceName }) => ({
        kind: "AWS endpoint",
        name: serviceName?.replace(/^com\.amazonaws\.[a-z0-9-]+\./, ""),
        groups: securityGroupIds,
        subnets: subnetIds,
    }),
};

export class Network {
    readonly actors: readonly Actor[];
    private readonly subnets = new Map<string, Subnet>();
    private readonly members = new Map<string, Actor[]>();
    private readonly into = new Map<string, Rule[]>();
    private readonly outOf = new Map<string, Rule[]>();

    constructor(private readonly inventory: Inventory) {
        this.addSubnets();
        for (const [type, rules] of [
            ["aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", this.into],
            ["aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", this.outOf],
        ] as const) {
            for (const { inputs } of inventory.ofType(type)) {
                const rule = inputs as unknown as Rule;
                add(rules, rule.securityGroupId, rule);
            }
        }
        this.actors = this.findActors();
        for (const actor of this.actors) for (const group of actor.groups) add(this.members, group, actor);
    }

    get all(): readonly Subnet[] {
        return [...this.subnets.values()];
    }

    /** The zones with a NAT gateway. */
    get gatewayZones(): string[] {
        return this.inventory.ofType("aws:ec2/natGateway:NatGateway").flatMap(({ parent, inputs }) => {
            const id = (inputs.subnetId as string | undefined) ?? this.inventory.byUrn(parent ?? "")?.id;
            return (id !== undefined && this.subnets.get(id)?.zone) || [];
        });
    }

    subnetsOf(ids: readonly string[] = []): Subnet[] {
        return ids.flatMap((id) => this.subnets.get(id) ?? []);
    }

    ingress(groups: readonly string[]): Rule[] {
        return groups.flatMap((group) => this.into.get(group) ?? []);
    }

    egress(groups: readonly string[]): Rule[] {
        return groups.flatMap((group) => this.outOf.get(group) ?? []);
    }

    /** Who is in a group; undefined where the group is not of this stack, so that nobody here can tell. */
    membersOf(group: string): readonly Actor[] | undefined {
        if (!this.inventory.byId("aws:ec2/securityGroup:SecurityGroup", group)) return undefined;
        return this.members.get(group) ?? [];
    }

    private addSubnets() {
        const withRoute = new Set<string>();
        for (const route of this.inventory.ofType("aws:ec2/route:Route")) {
            for (const { urn } of this.inventory.ancestors(route)) withRoute.add(urn);
        }
        for (const { id, urn, inputs } of this.inventory.ofType("aws:ec2/subnet:Subnet")) {
            const { availabilityZone, cidrBlock, tags } = inputs as Record<string, string> & {
                tags: { SubnetType: string };
            };
            this.subnets.set(id, {
                zone: availabilityZone!,
                kind: tags.SubnetType.toLowerCase() as Subnet["kind"],
                cidr: cidrBlock!,
                wayOut: withRoute.has(urn),
            });
        }
    }

    private findActors(): Actor[] {
        return Object.entries(READERS).flatMap(([type, read]) =>
            this.inventory.ofType(type).map(({ name, component, inputs, outputs }) => {
                const { groups, subnets, subnetGroup, ...actor } = read((component ? outputs : inputs) as Inputs);
                const ids = subnets ?? this.databaseSubnetIds(subnetGroup);
                return { name, isPublic: false, ...actor, groups: groups ?? [], subnets: this.subnetsOf(ids) };
            }),
        );
    }

    databaseSubnetIds(group: string | undefined): string[] | undefined {
        const found = group === undefined ? undefined : this.inventory.byId("aws:rds/subnetGroup:SubnetGroup", group);
        return found?.inputs.subnetIds as string[] | undefined;
    }
}
