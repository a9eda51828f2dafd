/** Who may connect to the tasks of a service. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Route } from "../endpoint";
import type { ServiceDiscoveryArgs } from "./discovery";

interface Tasks {
    /** The service's name. */
    name: string;
    /** The tasks' security group. */
    groupId: pulumi.Output<string>;
    parent: pulumi.Resource;
}

export function fromBalancers({ name, groupId, parent }: Tasks, routes: Route[]) {
    // A rule for each load balancer and port, however many routes of an endpoint lead there.
    const balancers = [...new Set(routes.map((route) => route.loadBalancerGroupId))];
    return balancers.flatMap((balancer, i) => {
        const balancerRoutes = routes.filter((route) => route.loadBalancerGroupId === balancer);
        const ports = new Set(balancerRoutes.flatMap((route) => [route.port, route.healthCheckPort]));
        return [...ports].map(
            (port) =>
                new aws.vpc.SecurityGroupIngressRule(
                    `${name}-from-lb-${i + 1}-${port}`,
                    {
                        securityGroupId: groupId,
                        referencedSecurityGroupId: balancer,
                        description: balancerRoutes.some((route) => route.port === port)
                            ? "Requests from the load balancer"
                            : "Health checks of the load balancer",
                        ipProtocol: "tcp",
                        fromPort: port,
                        toPort: port,
                    },
                    { parent },
                ),
        );
    });
}

/** Both directions of each port: the way out is needed where `egressPorts` does not happen to cover it. */
export function amongPeers({ name, groupId, parent }: Tasks, peerPorts: Record<string, number> = {}) {
    return Object.entries(peerPorts).flatMap(([what, port]) => {
        const rule = {
            securityGroupId: groupId,
            referencedSecurityGroupId: groupId,
            description: `${what}, among the tasks of ${name}`,
            ipProtocol: "tcp",
            fromPort: port,
            toPort: port,
        };
        return [
            new aws.vpc.SecurityGroupIngressRule(`${name}-from-peers-${port}`, rule, { parent }),
            new aws.vpc.SecurityGroupEgressRule(`${name}-to-peers-${port}`, rule, { parent }),
        ];
    });
}

export function fromCallers({ name, groupId, parent }: Tasks, discovery: ServiceDiscoveryArgs | undefined) {
    if (!discovery) return [];
    const { port, callersGroupId, alsoFrom } = discovery;
    return Object.entries({ callers: callersGroupId, ...alsoFrom }).map(
        ([who, referencedSecurityGroupId]) =>
            new aws.vpc.SecurityGroupIngressRule(
                `${name}-from-${who}`,
                {
                    securityGroupId: groupId,
                    referencedSecurityGroupId,
                    description: "Other tasks, by name",
                    ipProtocol: "tcp",
                    fromPort: port,
                    toPort: port,
                },
                { parent },
            ),
    );
}
