/** Where the routes of a subnet lead. */
import type { Route, RouteTable } from "@aws-sdk/client-ec2";
import type { Facts } from "./facts";

export type WayOut =
    | { readonly kind: "none" }
    | { readonly kind: "internet gateway" }
    | { readonly kind: "NAT gateway"; readonly id: string }
    /** A NAT instance, a transit gateway, a firewall's endpoint, a VPN: whether it leads to the internet, nobody can tell from here. */
    | { readonly kind: "other" }
    /** The route is there, and leads nowhere. */
    | { readonly kind: "broken"; readonly why: string };

const EVERYWHERE = "0.0.0.0/0";

/** A subnet without a table of its own has the VPC's main one. */
export function tableOf({ routeTables }: Facts, subnetId: string): RouteTable | undefined {
    const has = (match: (association: NonNullable<RouteTable["Associations"]>[number]) => boolean) =>
        routeTables.find(({ Associations = [] }) => Associations.some(match));
    return has(({ SubnetId }) => SubnetId === subnetId) ?? has(({ Main }) => Main === true);
}

export function wayOutOf(facts: Facts, subnetId: string): WayOut {
    const routes = tableOf(facts, subnetId)?.Routes ?? [];
    const route = routes.find(({ DestinationCidrBlock }) => DestinationCidrBlock === EVERYWHERE);
    return route ? leadsTo(route, facts) : { kind: "none" };
}

function leadsTo(route: Route, { gateways }: Facts): WayOut {
    const { GatewayId = "", NatGatewayId, VpcPeeringConnectionId } = route;
    if (route.State === "blackhole") return { kind: "broken", why: `its target ${target(route)} is gone (blackhole)` };
    if (GatewayId.startsWith("igw-")) return { kind: "internet gateway" };
    if (VpcPeeringConnectionId) {
        // VPC peering guide, "VPC peering limitations": no edge-to-edge routing through a gateway of the peer.
        return { kind: "broken", why: `a peering (${VpcPeeringConnectionId}) leads to no gateway of the other VPC` };
    }
    if (NatGatewayId === undefined) return { kind: "other" };
    const state = gateways.find((gateway) => gateway.NatGatewayId === NatGatewayId)?.State ?? "available";
    if (state !== "available") return { kind: "broken", why: `the NAT gateway ${NatGatewayId} is ${state}` };
    return { kind: "NAT gateway", id: NatGatewayId };
}

const target = ({ NatGatewayId, GatewayId, TransitGatewayId, NetworkInterfaceId, InstanceId }: Route) =>
    NatGatewayId ?? GatewayId ?? TransitGatewayId ?? NetworkInterfaceId ?? InstanceId ?? "";
