/** What a stack file says of its alarms. */
import { z } from "zod";
import { ALARM_KIND_NAMES, ALARM_KINDS } from "../../components/alarms/kinds";

const kinds = ALARM_KIND_NAMES.filter((kind) => ALARM_KINDS[kind].of !== "target").map(
    (kind) => `${kind} (${ALARM_KINDS[kind].threshold} ${ALARM_KINDS[kind].unit})`,
);

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

/** Below, the budget is so large that 14.4 times of it are more than all requests. */
const percent = z.number().min(94).max(99.99);

const targets = z
    .strictObject({
        availability: percent
            .optional()
            .describe("Percent of requests that are not answered with 5xx, 94 to 99.99. Default: no promise."),
        latency: z
            .strictObject({
                ms: z.int().min(1).max(60_000).describe("Milliseconds. Needed."),
                percent: percent.describe("Percent of requests that are answered within them, 94 to 99.99. Needed."),
            })
            .optional()
            .describe("How fast it answers. Default: no promise."),
    })
    .refine(
        ({ availability, latency }) => availability !== undefined || latency !== undefined,
        "availability or latency",
    )
    .describe("What the service promises: availability, latency or both.");

export const alarms = z
    .strictObject({
        enabled: z
            .boolean()
            .optional()
            .describe("Have alarms on load balancers, services, databases and so on. Default: prod."),
        emails: z
            .array(z.email("e-mail address"))
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
        slo: z
            .record(z.string().min(1), targets)
            .optional()
            .describe(
                "What services promise (SLOs), by their names, shop-web of a heritage's. Somebody is told where a promise will be broken soon. Default: none.",
            ),
    })
    .describe("Alarms, and whom they tell; see docs/alarms.md.");
