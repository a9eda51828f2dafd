/** What need not be as a policy asks. */
import { z } from "zod";
import { POLICY_NAMES } from "../../policy/policies";

export const policyExceptions = z
    .array(
        z.strictObject({
            policy: z.enum(POLICY_NAMES).describe("The policy's name, as docs/policies.md has it. Needed."),
            resource: z
                .string()
                .min(1)
                .describe(
                    "The resource's name, as the plan shows it, e.g. hello; a container of a task definition is hello/app. Needed.",
                ),
            reason: z
                .string()
                .regex(/\S/, "reason")
                .describe("Why it may be so: it is shown wherever the exception applies. Needed."),
        }),
    )
    .optional()
    .describe("What need not be as a policy asks, each with its reason. Default: none.");
