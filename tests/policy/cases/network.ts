import type { Cases, Given } from "../support";

const ANYBODY = "0.0.0.0/0";
const rule = (inputs: Record<string, unknown>, beside: Given["beside"] = []): Given => ({
    type: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    inputs: { securityGroupId: "group", ipProtocol: "tcp", ...inputs },
    beside: [{ type: "aws:ec2/securityGroup:SecurityGroup", name: "group", inputs: {} }, ...beside],
});
const port = (number: number) => ({ fromPort: number, toPort: number });
const endpoint = (internal: boolean, ...securityGroups: string[]): NonNullable<Given["beside"]> => [
    { type: "aws:ec2/securityGroup:SecurityGroup", name: "another", inputs: {} },
    { type: "aws:lb/loadBalancer:LoadBalancer", name: "balancer", inputs: { internal, securityGroups } },
    { type: "aws:lb/listener:Listener", name: "443", inputs: { loadBalancerArn: "balancer", port: 443 } },
];
const database: NonNullable<Given["beside"]> = [
    { type: "aws:rds/instance:Instance", name: "wallet-db", inputs: { vpcSecurityGroupIds: ["group"] } },
];

export const NETWORK: Record<string, Cases> = {
    "sg-open-ingress": {
        passes: [
            rule({ cidrIpv4: ANYBODY, ...port(443) }, endpoint(false, "another", "group")),
            rule({ cidrIpv4: "10.0.0.0/8", ...port(22) }),
            rule({ cidrIpv6: "2001::/16", ...port(22) }),
            rule({ referencedSecurityGroupId: "group", ipProtocol: "-1" }),
            { type: "aws:ec2/securityGroup:SecurityGroup", inputs: {} },
            { type: "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", inputs: { ingress: [] } },
            {
                type: "aws:ec2/securityGroupRule:SecurityGroupRule",
                inputs: { type: "egress", protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: [ANYBODY] },
            },
        ],
        fails: [
            [rule({ cidrIpv4: ANYBODY, ...port(22) }), `port 22 is open to ${ANYBODY}`],
            [rule({ cidrIpv4: ANYBODY, ...port(443) }, endpoint(false, "another")), `port 443 is open to ${ANYBODY}`],
            [rule({ cidrIpv4: ANYBODY, ...port(443) }, endpoint(true, "group")), `port 443 is open to ${ANYBODY}`],
            [rule({ cidrIpv4: ANYBODY, ...port(8080) }, endpoint(false, "group")), `port 8080 is open to ${ANYBODY}`],
            [
                rule({ cidrIpv4: ANYBODY, ...port(5432) }, database),
                `port 5432 is open to ${ANYBODY}, on the database wallet-db`,
            ],
            [rule({ cidrIpv4: "10.0.0.0/7", ...port(22) }), "port 22 is open to 10.0.0.0/7"],
            [rule({ cidrIpv6: "2000::/15", ...port(22) }), "port 22 is open to 2000::/15"],
            [rule({ cidrIpv6: "::/0", fromPort: 1, toPort: 1024 }), "the ports 1 to 1024 are open to ::/0"],
            [
                rule({ cidrIpv4: "128.0.0.0/1", ...port(53), ipProtocol: "udp" }),
                "port 53 of udp is open to 128.0.0.0/1",
            ],
            [
                rule({ cidrIpv4: ANYBODY, ipProtocol: "-1" }, endpoint(false, "group")),
                `every port is open to ${ANYBODY}`,
            ],
            [
                {
                    type: "aws:ec2/securityGroup:SecurityGroup",
                    inputs: {
                        ingress: [
                            { protocol: "tcp", ...port(22), cidrBlocks: ["10.0.0.0/16", ANYBODY] },
                            { protocol: "tcp", ...port(80), securityGroups: ["sg-1"] },
                        ],
                    },
                },
                `port 22 is open to ${ANYBODY}`,
            ],
            [
                {
                    type: "aws:ec2/securityGroupRule:SecurityGroupRule",
                    inputs: { type: "ingress", protocol: "tcp", ...port(3389), cidrBlocks: [ANYBODY] },
                },
                `port 3389 is open to ${ANYBODY}`,
            ],
        ],
    },
};
