/** What a heritage's file may say of where its tasks may connect to. */
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

export type EgressInput = z.infer<typeof egress>[number];
