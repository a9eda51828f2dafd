/** The load balancers: who reaches them. */
import { z } from "zod";
import { cidr } from "./values";

export const publicEndpoint = z
    .strictObject({
        plainHttp: z
            .boolean()
            .optional()
            .describe(
                "Answer over plain HTTP, each agent on its own DIDComm port: in dev, where there is no domain. Default: false.",
            ),
        allowedCidrs: z
            .array(cidr("A network that may reach the agents' DIDComm endpoint."))
            .min(1)
            .optional()
            .describe(
                "Default: 0.0.0.0/0, since any agent may want to talk to ours. The stack's own NAT gateways are let in beside others.",
            ),
        accessLogs: z.boolean().optional().describe("Keep the load balancer's access logs in S3. Default: prod."),
        idleTimeoutSeconds: z.int().min(1).max(4000).optional().describe("Seconds. Default: 60."),
        webAcl: z
            .string()
            .regex(
                /^arn:aws[a-z-]*:wafv2:[a-z0-9-]+:\d{12}:regional\/webacl\/[A-Za-z0-9_-]{1,128}\/[0-9a-f-]{36}$/,
                "ARN of a regional web ACL",
            )
            .optional()
            .describe(
                "The ARN of a web ACL of AWS WAF that exists, of this region and account: it judges every request before a rule does. Default: none.",
            ),
    })
    .optional()
    .describe("The load balancer that the world reaches the agents by.");

export const adminEndpoint = z
    .strictObject({
        allowedCidrs: z
            .array(cidr("A network that may reach the admin API, through VPN or peering; not the VPC itself."))
            .optional()
            .describe("Default: none."),
        allowedSecurityGroupIds: z
            .array(z.string().regex(/^sg-[0-9a-f]{8,17}$/, "security group id"))
            .optional()
            .describe("Security groups in the VPC, or peered, whose members may reach the admin API. Default: none."),
        allowedApplications: z
            .array(z.string().regex(/^[a-z]([a-z0-9-]{0,18}[a-z0-9])?$/, "heritage or service name"))
            .optional()
            .describe("Heritages and services of this stack whose tasks may reach the admin API. Default: none."),
    })
    .optional()
    .describe("The internal load balancer of the admin API. Nobody reaches it who is not named here.");
