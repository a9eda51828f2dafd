/** The network for the other sections: subnets, security groups with their members, and rules. */
import { isNatInstance } from "../../../aws/ec2";
import type { Address } from "../../../aws/resource-type";
import { ENTRIES } from "../../../aws/types";
import { add } from "../grouping";
import type { Inventory } from "../inventory";
import { TASK } from "./task-definitions";

export interface Subnet {
    readonly zone: string;
    readonly kind: "public" | "private" | "isolated";
    readonly cidr: string;
    /** Whether it has a route out of the VPC, by an internet gateway or a NAT gateway. */
    readonly wayOut: boolean;
}

/** A security group rule, for ingress or egress. */
export interface Rule {
    readonly securityGroupId: string;
    readonly cidrIpv4?: string;
    readonly referencedSecurityGroupId?: string;
    readonly ipProtocol: string;
    readonly fromPort?: number;
    readonly toPort?: number;
    readonly description?: string;
}

/** A part of the stack that has an address in the network. */
export interface Actor {
    /** The network of a one-off task is an output of its component; all others are resources. */
    readonly kind: Address["kind"] | "task";
    readonly name: string;
    readonly groups: readonly string[];
    readonly subnets: readonly Subnet[];
    /** Whether it is reached at a public address, and not at an address of its subnets. */
    readonly isPublic: boolean;
}

/** The order of `actors`. */
const KINDS: readonly Actor["kind"][] = ["load balancer", "service", "task", "database", "machine", "AWS endpoint"];

/** `components/existing-vpc.ts`: no resource says what its subnets are, but its inputs do. */
const EXISTING_VPC = "identity:index:ExistingVpc";

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

    /** The zones with a NAT instance. */
    get natInstanceZones(): string[] {
        return this.inventory
            .ofType("aws:ec2/instance:Instance")
            .flatMap(({ inputs }) => (isNatInstance(inputs) && this.subnets.get(String(inputs.subnetId))?.zone) || []);
    }

    /** The zones with a NAT gateway. */
    get gatewayZones(): string[] {
        return this.inventory.ofType("aws:ec2/natGateway:NatGateway").flatMap(({ parent, inputs }) => {
            const id = (inputs.subnetId as string | undefined) ?? this.inventory.byUrn(parent ?? "")?.id;
            return (id !== undefined && this.subnets.get(id)?.zone) || [];
        });
    }

    /** The zones and the kinds of an actor's subnets. */
    placeOf(kind: Actor["kind"], name: string): { zones: string[]; kinds: Subnet["kind"][]; isPublic: boolean } {
        const actor = this.actors.find((candidate) => candidate.kind === kind && candidate.name === name);
        const subnets = actor?.subnets ?? [];
        return {
            zones: [...new Set(subnets.map(({ zone }) => zone))].sort(),
            kinds: [...new Set(subnets.map((subnet) => subnet.kind))],
            isPublic: actor?.isPublic ?? false,
        };
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

    /** The members of a security group; undefined where it is not of this stack, and its members are not known. */
    membersOf(group: string): readonly Actor[] | undefined {
        if (!this.inventory.byId("aws:ec2/securityGroup:SecurityGroup", group)) return undefined;
        return this.members.get(group) ?? [];
    }

    /** The VPC that exists, in which the stack is; undefined for a stack with a VPC of its own. */
    get existingVpc(): string | undefined {
        const [existing] = this.inventory.ofType(EXISTING_VPC);
        return existing && String(existing.inputs.vpcId);
    }

    /** The VPC's block; undefined for a program without a VPC. */
    get cidr(): string | undefined {
        const [own] = this.inventory.ofType("aws:ec2/vpc:Vpc");
        const [existing] = this.inventory.ofType(EXISTING_VPC);
        return (own?.inputs.cidrBlock ?? existing?.inputs.cidr) as string | undefined;
    }

    private addSubnets() {
        for (const { inputs } of this.inventory.ofType(EXISTING_VPC)) {
            for (const { id, ...subnet } of (inputs.subnets ?? []) as (Subnet & { id: string })[]) {
                this.subnets.set(id, subnet);
            }
        }
        const withRoute = new Set<string>();
        for (const route of this.inventory.ofType("aws:ec2/route:Route")) {
            // Of a NAT instance's route the table is known by its id alone: awsx makes it.
            const table = this.inventory.byId("aws:ec2/routeTable:RouteTable", String(route.inputs.routeTableId));
            for (const { urn } of this.inventory.ancestors(table ?? route)) withRoute.add(urn);
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
        const actors = [...ENTRIES].flatMap(([type, { address }]) =>
            address === null
                ? []
                : this.inventory.ofType(type).map((resource): Actor => {
                      const {
                          kind,
                          name,
                          securityGroups = [],
                          subnets,
                          isPublic,
                      } = address(resource.inputs, resource.name);
                      const groups = securityGroups;
                      return { kind, name: name ?? resource.name, groups, subnets: this.located(subnets), isPublic };
                  }),
        );
        const tasks = this.inventory.ofType(TASK).map(({ name, outputs }): Actor => {
            const { securityGroupIds = [], subnetIds } = outputs as Record<string, string[] | undefined>;
            const subnets = this.subnetsOf(subnetIds);
            return { kind: "task", name, groups: securityGroupIds, subnets, isPublic: false };
        });
        return [...merged(actors), ...tasks].sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind));
    }

    /** The subnets of an address, from their ids or from its subnet group. */
    private located(subnets: Address["subnets"]): Subnet[] {
        if (subnets === undefined || !("type" in subnets)) return this.subnetsOf(subnets);
        const group = this.inventory.byId(subnets.type, String(subnets.id));
        return this.subnetsOf(group?.inputs.subnetIds as string[] | undefined);
    }
}

/** Resources of one kind and one name are one address. */
const merged = (actors: readonly Actor[]): Actor[] => {
    const all = new Map<string, Actor>();
    for (const actor of actors) {
        const key = `${actor.kind} ${actor.name}`;
        const other = all.get(key);
        all.set(key, other ? { ...other, subnets: [...other.subnets, ...actor.subnets] } : actor);
    }
    return [...all.values()];
};
