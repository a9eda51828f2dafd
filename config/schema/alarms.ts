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

const uuid = z.guid("UUID"); // of whatever version

const slackChannel = z
    .strictObject({
        workspace: z
            .string()
            .regex(/^T[0-9A-Z]{2,254}$/, "id of a workspace")
            .describe("The id of the workspace: T and capital letters and digits, T07EA123LEP. Needed."),
        channel: z
            .string()
            .regex(/^[CG][0-9A-Z]{2,254}$/, "id of a channel")
            .describe(
                "The id of the channel, below its details in Slack: C or G and capital letters and digits, C07EZ1ABC23. Needed.",
            ),
    })
    .describe("A channel: workspace and channel.");

/** Amazon Q Developer in chat applications API reference, CreateMicrosoftTeamsChannelConfiguration. */
const TEAMS_CHANNEL = /^[\w=+/.,-]+(:|%3a)[\w=+/.,-]+(@|%40)[\w=+/.,-]+$/i;

const teamsChannel = z
    .strictObject({
        tenant: uuid.describe("The id of the tenant, a UUID: tenantId in the channel's link. Needed."),
        team: uuid.describe("The id of the team, a UUID: groupId in the channel's link. Needed."),
        channel: z
            .string()
            .max(255)
            .regex(TEAMS_CHANNEL, "id of a channel")
            .describe(
                'The id of the channel, in its link behind /channel/: "19:…@thread.tacv2", or as it is there with %3A and %40. Needed.',
            ),
    })
    .describe("A channel: tenant, team and channel.");

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
        slack: z
            .array(slackChannel)
            .max(20)
            .optional()
            .describe(
                "Channels of Slack, by Amazon Q Developer in chat applications; a person authorises the workspace first. Makes a topic. Default: none.",
            ),
        teams: z
            .array(teamsChannel)
            .max(20)
            .optional()
            .describe("Channels of Microsoft Teams, in the same way; one to a team. Makes a topic. Default: none."),
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
