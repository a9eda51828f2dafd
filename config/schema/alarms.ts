/** What a stack file says of its alarms. */
import { z } from "zod";
import { ALARM_KIND_NAMES, ALARM_KINDS } from "../../components/alarms/kinds";

const kinds = ALARM_KIND_NAMES.map((kind) => `${kind} (${ALARM_KINDS[kind].threshold} ${ALARM_KINDS[kind].unit})`);

const setting = z
    .strictObject({
        threshold: z
            .number()
            .min(0)
            .optional()
            .describe("When it rings, in the unit of its kind (docs/alarms.md). Default: the kind's."),
        muted: z
            .string()
            .regex(/\S/, "reason")
            .optional()
            .describe(
                "The reason why nobody is told of it. CloudWatch shows it still, and no deployment goes back for it. Default: somebody is told.",
            ),
    })
    .refine(({ threshold, muted }) => threshold !== undefined || muted !== undefined, "threshold or muted")
    .describe("What changes: threshold, muted or both.");

export const alarms = z
    .strictObject({
        enabled: z
            .boolean()
            .optional()
            .describe("Have alarms on load balancers, services, databases and so on. Default: prod."),
        emails: z
            .array(z.email())
            .max(20)
            .optional()
            .describe(
                "E-mail addresses that are told, once the link was followed that AWS sends. Makes a topic. Default: none.",
            ),
        webhooks: z
            .array(z.url({ protocol: /^https$/ }))
            .max(20)
            .optional()
            .describe("https:// addresses that SNS posts to, of PagerDuty and the like. Makes a topic. Default: none."),
        settings: z
            .record(z.string().min(1), setting)
            .optional()
            .describe(
                `Changes, by <kind> or <resource>/<kind>, e.g. latency or shop-web/errors. The kinds, with when they ring: ${kinds.join(", ")}. Default: none.`,
            ),
    })
    .describe("Alarms, and whom they tell; see docs/alarms.md.");
