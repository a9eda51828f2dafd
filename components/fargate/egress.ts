/** Where a task may connect to, beside what every task may (443). */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

/** A way out to an address outside of the stack. */
export interface Egress {
    /** The first and the last port. */
    readonly from: number;
    readonly to: number;
    /** @default "tcp" */
    readonly protocol?: "tcp" | "udp";
    /** A CIDR block of IPv4, a security group (`sg-…`) or a prefix list (`pl-…`). */
    readonly destination: string;
}

/** A way to something of the stack that has a security group of its own: both sides are opened. */
export interface Connection {
    /** What the rules are named after, e.g. `blog-cache`. */
    readonly name: string;
    readonly groupId: pulumi.Input<string>;
    readonly port: number;
    readonly description: string;
}

const ANYWHERE = "0.0.0.0/0";
/** What every task may do: see `TaskArgs.egressPorts`. */
const OPEN_TO_ALL = { port: 443, destination: ANYWHERE };

/** Whether every task has it already. AWS refuses a second rule that says the same. */
const isOpenAlready = ({ from, to, protocol = "tcp", destination }: Egress) =>
    protocol === "tcp" && from === OPEN_TO_ALL.port && to === from && destination === OPEN_TO_ALL.destination;

const destinationOf = (destination: string): Partial<aws.vpc.SecurityGroupEgressRuleArgs> => {
    if (destination.startsWith("sg-")) return { referencedSecurityGroupId: destination };
    if (destination.startsWith("pl-")) return { prefixListId: destination };
    return { cidrIpv4: destination };
};

/** A rule for each, named after what it says: one more in the list changes no other. */
export function allowEgress(
    name: string,
    groupId: pulumi.Input<string>,
    ways: readonly Egress[],
    parent: pulumi.Resource,
): aws.vpc.SecurityGroupEgressRule[] {
    const rules = new Map<string, Egress>();
    for (const way of ways) {
        const { from, to, protocol = "tcp", destination } = way;
        if (isOpenAlready(way)) continue;
        const ports = from === to ? String(from) : `${from}-${to}`;
        rules.set(`${name}-out-${protocol}-${ports}-${destination.replaceAll(/[./]/g, "-")}`, way);
    }
    return [...rules].map(
        ([rule, { from, to, protocol = "tcp", destination }]) =>
            new aws.vpc.SecurityGroupEgressRule(
                rule,
                {
                    securityGroupId: groupId,
                    description: `${protocol} ${from === to ? `port ${from}` : `ports ${from} to ${to}`}, as egress says`,
                    ipProtocol: protocol,
                    fromPort: from,
                    toPort: to,
                    ...destinationOf(destination),
                },
                { parent },
            ),
    );
}

/** Of a group that exists: named after it, so that whatever leads to one port of it is one connection. AWS refuses a rule that is there. */
export const connectionTo = (groupId: string, port: number, description: string): Connection => ({
    name: `${groupId}-${port}`,
    groupId,
    port,
    description,
});

/** The way out of the tasks' group, and the way into the other one; those of one name once. */
export function connect(
    name: string,
    groupId: pulumi.Input<string>,
    connections: readonly Connection[],
    parent: pulumi.Resource,
): pulumi.Resource[] {
    const distinct = connections.filter(
        ({ name: own }, i) => connections.findIndex((connection) => connection.name === own) === i,
    );
    return distinct.flatMap((connection) => {
        const { port, description } = connection;
        const ports = { description, ipProtocol: "tcp", fromPort: port, toPort: port };
        return [
            new aws.vpc.SecurityGroupEgressRule(
                `${name}-to-${connection.name}`,
                { securityGroupId: groupId, referencedSecurityGroupId: connection.groupId, ...ports },
                { parent },
            ),
            new aws.vpc.SecurityGroupIngressRule(
                `${connection.name}-from-${name}`,
                { securityGroupId: connection.groupId, referencedSecurityGroupId: groupId, ...ports },
                { parent },
            ),
        ];
    });
}
