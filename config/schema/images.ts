/** What a stack file says of the images that are built for it. */
import { z } from "zod";
import { THRESHOLDS } from "../../components/container-image/scan";

/** Without quotes a day is a point in time to Pulumi's CLI, which hands it on as such. */
const DAY = /^(\d{4}-\d{2}-\d{2})(T00:00:00Z| 00:00:00 \+0000 UTC)?$/;

const exception = z.strictObject({
    cve: z
        .string()
        .regex(/^[A-Z]+-[A-Za-z0-9-]+$/, "number of a finding, such as CVE-2026-1234")
        .describe("The finding's number, as the scan has it, e.g. CVE-2026-1234. Needed."),
    reason: z
        .string()
        .regex(/\S/, "reason")
        .describe("Why it may be in an image: each `up` that uses it shows it. Needed."),
    until: z
        .string()
        .regex(DAY, "day, YYYY-MM-DD")
        .refine((text) => !DAY.test(text) || !Number.isNaN(Date.parse(DAY.exec(text)![1]!)), "there is no such day")
        .describe("The last day on which it may, YYYY-MM-DD (UTC). Needed."),
});

export const images = z
    .strictObject({
        gate: z
            .strictObject({
                severity: z
                    .enum(THRESHOLDS)
                    .optional()
                    .describe("Findings of this severity or worse stop an `up`. Default: critical."),
                except: z
                    .array(exception)
                    .optional()
                    .describe("Findings that do not, each with a reason and an end. Default: none."),
            })
            .optional()
            .describe("Have an `up` stopped by what ECR's scan finds in an image that it has built. Default: none."),
    })
    .describe("The images that are built for the stack.");
