/** The load balancers: who reaches them. */
import { z } from "zod";
import { CORE_RULES, WEB_ACL_DEFAULTS } from "../../components/web-acl";
import { cidr } from "./values";

/** Limits of a rate-based rule (WAF API reference, RateBasedStatement). */
const rate = z.int().min(10).max(2_000_000_000);

const webAcl = z
    .union([
        z
            .string()
            .regex(
                /^arn:aws[a-z-]*:wafv2:[a-z0-9-]+:\d{12}:regional\/webacl\/[A-Za-z0-9_-]{1,128}\/[0-9a-f-]{36}$/,
                "ARN of a regional web ACL",
            ),
        z.boolean(),
        z.strictObject({
            mode: z
                .enum(["count", "block"])
                .optional()
                .describe("count: what a rule matches is counted and logged, and goes on; block: 403. Default: count."),
            requests: rate
                .optional()
                .describe(`Requests from one address in five minutes. Default: ${WEB_ACL_DEFAULTS.requests}.`),
            logIns: rate
                .optional()
                .describe(
                    "Log-ins, forgotten passwords and tokens of Keycloak from one address in five minutes. Default: " +
                        `${WEB_ACL_DEFAULTS.logIns}.`,
                ),
            countOnly: z
                .array(z.enum(CORE_RULES))
                .min(1)
                .optional()
                .describe(
                    "Rules of AWS's core rule set that count in mode block, too: those that match requests of your own users. Default: " +
                        "SizeRestrictions_BODY, which always counts.",
                ),
        }),
    ])
    .describe(
        "AWS WAF: judges every request before a rule of the load balancer does. true or its settings: a web ACL of the stack's own; an " +
            "ARN: one that exists, of this region and account. Default: true in prod, which counts and blocks nothing; false in dev.",
    );

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
        accessLogs: z
            .boolean()
            .optional()
            .describe("Keep the load balancers' access and connection logs in S3. Default: prod."),
        idleTimeoutSeconds: z.int().min(1).max(4000).optional().describe("Seconds. Default: 60."),
        webAcl: webAcl.optional(),
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
