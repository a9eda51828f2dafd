/** What a heritage's file may say of where its tasks may connect to, and what they may do in AWS. */
import { z } from "zod";

const portNumber = z.int().min(1).max(65535);

export const egress = z
    .array(
        z.strictObject({
            port: z
                .union([portNumber, z.string().regex(/^\d{1,5}-\d{1,5}$/, "range of ports")])
                .describe('A port, or a range of them as text: 587 or "8000-8010". Needed.'),
            to: z
                .string()
                .regex(/^(\d{1,3}(\.\d{1,3}){3}\/\d{1,2}|(sg|pl)-[0-9a-f]{8,17})$/, "CIDR, sg-… or pl-…")
                .describe(
                    "Where to: a CIDR block (0.0.0.0/0 for anywhere), a security group (sg-…) or a prefix list (pl-…). Needed.",
                ),
            protocol: z.enum(["tcp", "udp"]).optional().describe("Default: tcp."),
        }),
    )
    .describe(
        "Where all of its tasks may connect to, beside port 443 anywhere, its own database and what `uses` names. Default: nowhere else.",
    );

const some = (what: string) => z.array(z.string().regex(/\S/, what)).min(1);

export const permissions = z
    .array(
        z.strictObject({
            actions: some("action").describe("Actions of AWS, each by its name, e.g. s3:GetObject. Needed."),
            resources: some("resource").describe("ARNs of what they are about, e.g. arn:aws:s3:::reports/*. Needed."),
            why: z
                .string()
                .regex(/\S/, "reason")
                .optional()
                .describe(
                    "Why every resource (*) or all actions of a service; it is shown in the plan. Needed for those. Default: none.",
                ),
        }),
    )
    .describe("What all of its tasks may do in AWS, beside what its bindings need. Default: nothing.");

export type EgressInput = z.infer<typeof egress>[number];
export type PermissionInput = z.infer<typeof permissions>[number];
