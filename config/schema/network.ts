/** The VPC: its block, zones and ways out. */
import { z } from "zod";
import { existingNetwork } from "./existing-network";
import { cidr } from "./values";

export const network = z
    .strictObject({
        existing: existingNetwork,
        cidr: cidr(
            "The VPC's block, private and from /16 to /23; another one would be another VPC, so decide once. Default: 10.0.0.0/16.",
        ).optional(),
        zones: z
            .int()
            .min(2)
            .max(4)
            .optional()
            .describe(
                "Availability zones in use. Room for four is always reserved, so one can be added later. " +
                    "Default: 2 in dev, 3 in prod.",
            ),
        nat: z
            .enum(["none", "instance", "single", "per-zone"])
            .optional()
            .describe(
                "How tasks reach the internet: by one NAT instance (cheap, slow, and minutes without a way out when it fails), by a single " +
                    "NAT gateway, or by one per zone. Default: instance in dev, per-zone in prod. With none, interfaceEndpoints is needed.",
            ),
        interfaceEndpoints: z
            .boolean()
            .optional()
            .describe(
                "Reach ECR, logs, SSM and KMS without the internet, some 7 USD a month per service and zone. Default: false.",
            ),
        zoneNames: z
            .array(z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d[a-z]$/, "availability zone"))
            .min(2)
            .max(4)
            .optional()
            .describe(
                "Which zones, by name; one that is added goes last. For an account that has opted in to Local Zones. " +
                    "Default: the first that EC2 lists.",
            ),
        flowLogs: z.boolean().optional().describe("Log rejected and accepted flows to CloudWatch. Default: prod."),
    })
    .optional();
