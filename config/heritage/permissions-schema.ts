/** What a heritage's file may say of what its tasks may do in AWS. */
import { z } from "zod";

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
