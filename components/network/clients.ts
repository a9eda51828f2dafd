import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** Who may connect. */
export interface Clients {
    readonly allowedCidrs: readonly string[];
    readonly allowedSecurityGroupIds?: readonly string[];
    /** Single addresses, which are known when they are made: NAT gateways' (`Vpc.natAddresses`). */
    readonly allowedAddresses?: readonly pulumi.Input<string>[];
}

/** A rule for each network and group, named after it: one more in the list is one more rule, and changes no other. */
export function allowIngress(
    name: string,
    clients: Clients,
    rule: { groupId: pulumi.Input<string>; port: number; description: string },
    opts: pulumi.CustomResourceOptions,
) {
    const allow = (suffix: string, from: Partial<aws.vpc.SecurityGroupIngressRuleArgs>) =>
        new aws.vpc.SecurityGroupIngressRule(
            `${name}-from-${suffix}`,
            {
                securityGroupId: rule.groupId,
                description: rule.description,
                ipProtocol: "tcp",
                fromPort: rule.port,
                toPort: rule.port,
                ...from,
            },
            opts,
        );
    for (const cidrIpv4 of clients.allowedCidrs) allow(cidrIpv4.replaceAll(/[./]/g, "-"), { cidrIpv4 });
    for (const group of clients.allowedSecurityGroupIds ?? []) allow(group, { referencedSecurityGroupId: group });
    for (const [i, address] of (clients.allowedAddresses ?? []).entries()) {
        allow(`nat-${i + 1}`, { cidrIpv4: pulumi.interpolate`${address}/32` });
    }
}
