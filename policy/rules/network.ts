import type { Finding, Policy, PolicyResourceInStack, PolicyStack } from "../policy";
import { DATABASES } from "./databases";
import { LISTENERS, LOAD_BALANCERS } from "./load-balancers";

const GROUPS = ["aws:ec2/securityGroup:SecurityGroup", "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"];
const INGRESS_RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
/** The older resource type for rules of both directions. */
const RULE = "aws:ec2/securityGroupRule:SecurityGroupRule";

/** An ingress rule, from any of the resource types that can declare one. */
interface Way {
    readonly from: readonly string[];
    readonly protocol: string;
    readonly ports: readonly [from: number, to: number];
}

interface WrittenRule {
    type?: string;
    protocol?: string;
    ipProtocol?: string;
    fromPort?: number;
    toPort?: number;
    cidrIpv4?: string;
    cidrIpv6?: string;
    cidrBlocks?: string[];
    ipv6CidrBlocks?: string[];
}

const ALL_PORTS = [0, 65535] as const;

function way(rule: WrittenRule): Way {
    const { protocol, ipProtocol, fromPort, toPort } = rule;
    const { cidrIpv4, cidrIpv6, cidrBlocks = [], ipv6CidrBlocks = [] } = rule;
    const spoken = protocol ?? ipProtocol ?? "-1";
    return {
        from: [cidrIpv4 ?? [], cidrIpv6 ?? [], cidrBlocks, ipv6CidrBlocks].flat(),
        protocol: spoken,
        ports: spoken === "-1" ? ALL_PORTS : [fromPort ?? ALL_PORTS[0], toPort ?? ALL_PORTS[1]],
    };
}

function waysIn({ type, inputs }: PolicyResourceInStack): Way[] {
    if (GROUPS.includes(type)) return ((inputs.ingress ?? []) as WrittenRule[]).map(way);
    return type === RULE && inputs.type !== "ingress" ? [] : [way(inputs)];
}

/** Whether a CIDR block is the internet or a large part of it: nobody's own network is wider than a /8. */
function isOpen(cidr: string): boolean {
    const mask = Number(cidr.split("/")[1]);
    return cidr.includes(":") ? mask < 16 : mask < 8;
}

export const NETWORK_POLICIES: readonly Policy[] = [
    {
        name: "sg-open-ingress",
        asks: "Nothing is open to the internet but the ports of the public load balancers' listeners.",
        fix: "the group that has to come in (referencedSecurityGroupId), or its network",
        dev: "mandatory",
        types: [...GROUPS, INGRESS_RULE, RULE],
        checkInStack: (resource, stack) => {
            const open = waysIn(resource).filter(({ from }) => from.some(isOpen));
            if (open.length === 0) return [];
            const groups = GROUPS.includes(resource.type) ? [resource] : resource.refersTo("securityGroupId");
            const listening = publicPorts(groups, stack);
            return open
                .filter(({ ports: [from, to] }) => from !== to || !listening.has(from))
                .map((item): Finding => ({
                    what: `${portsOf(item)} open to ${openTo(item)}${onDatabase(groups, stack)}`,
                }));
        },
    },
];

/** The ports on which an internet-facing load balancer with one of these security groups listens. */
function publicPorts(groups: readonly PolicyResourceInStack[], stack: PolicyStack): Set<number> {
    const balancers = stack
        .ofType(LOAD_BALANCERS)
        .filter((balancer) => balancer.inputs.internal !== true && carries(balancer, "securityGroups", groups));
    const listeners = stack
        .ofType(LISTENERS)
        .filter((policyResourceInStack) => carries(policyResourceInStack, "loadBalancerArn", balancers));
    return new Set(listeners.map(({ inputs }) => Number(inputs.port)));
}

const carries = (
    policyResourceInStack: PolicyResourceInStack,
    property: string,
    others: readonly PolicyResourceInStack[],
) => policyResourceInStack.refersTo(property).some(({ urn }) => others.some((other) => other.urn === urn));

function onDatabase(groups: readonly PolicyResourceInStack[], stack: PolicyStack): string {
    const databases = stack
        .ofType(DATABASES)
        .filter((policyResourceInStack) => carries(policyResourceInStack, "vpcSecurityGroupIds", groups));
    return databases.length > 0 ? `, on the database ${databases.map(({ name }) => name).join(", ")}` : "";
}

function portsOf({ protocol, ports: [from, to] }: Way): string {
    if (protocol === "-1") return "every port is";
    const of = protocol === "tcp" ? "" : ` of ${protocol}`;
    return from === to ? `port ${from}${of} is` : `the ports ${from} to ${to}${of} are`;
}

const openTo = ({ from }: Way) => from.filter(isOpen).join(", ");
