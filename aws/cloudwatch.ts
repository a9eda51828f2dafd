/** CloudWatch, CloudWatch Logs and EventBridge: Pulumi has all three in one module. */
import { type ByRegion, unitPrice } from "./prices";
import { items, PART, type ResourceTypes } from "./resource-type";
import { named, PLAIN } from "./simulated";
import { DOTTED, filled, READABLE, upTo } from "./texts";

/** The price of a GB of ingested logs; undefined where it is not known. */
const LOGS_GB: ByRegion<number | undefined> = {
    "us-east-1": 0.5,
    "eu-west-1": undefined,
    "eu-central-1": 0.63,
    "ap-northeast-1": 0.76,
};
/** The price of an alarm, of a composite one, of a metric of one's own and of a dashboard for a month, in every region. */
export const ALARM = 0.1;
const COMPOSITE_ALARM = 0.5;
const CUSTOM_METRIC = 0.3;
const DASHBOARD = 3;

const EVENTS = ["events:Describe*", "events:List*"];

export const CLOUDWATCH = {
    "aws:cloudwatch/eventRule:EventRule": {
        ...PART,
        simulated: PLAIN,
        // 300 in most regions (EventBridge user guide, "Amazon EventBridge quotas").
        quota: { what: "EventBridge rules", service: "events", code: "L-244521F2", least: 100 },
        texts: { name: filled(DOTTED), description: upTo(512, READABLE) },
        laptop: "left out",
        reads: EVENTS,
        writes: [
            "events:PutRule",
            "events:DeleteRule",
            "events:EnableRule",
            "events:DisableRule",
            "events:TagResource",
            "events:UntagResource",
        ],
    },
    "aws:cloudwatch/eventTarget:EventTarget": {
        ...PART,
        simulated: PLAIN,
        texts: {},
        laptop: "left out",
        reads: EVENTS,
        writes: ["events:PutTargets", "events:RemoveTargets"],
    },
    "aws:cloudwatch/logGroup:LogGroup": {
        ...PART,
        simulated: {
            id: named,
            outputs: ({ inputs }, place) => ({ arn: place.arn("logs", `log-group:${inputs.name}`) }),
        },
        cost: { use: (prices) => `logs taken in and kept${unitPrice(prices.of(LOGS_GB), "a GB taken in")}` },
        picture: { line: { title: "Logs", one: "log group" } },
        texts: {
            name: filled({ takes: /^[.\-_/#A-Za-z0-9]+$/, most: 512, words: "letters, digits and . - _ / #" }),
        },
        laptop: "left out", // Docker keeps the logs
        reads: ["logs:Describe*", "logs:ListTagsForResource"],
        writes: [
            "logs:CreateLogGroup",
            "logs:DeleteLogGroup",
            "logs:PutRetentionPolicy",
            "logs:DeleteRetentionPolicy",
            "logs:AssociateKmsKey",
            "logs:DisassociateKmsKey",
            "logs:TagResource",
            "logs:UntagResource",
        ],
    },
    "aws:cloudwatch/dashboard:Dashboard": {
        ...PART,
        simulated: PLAIN,
        cost: { month: () => [items("CloudWatch dashboard", 1, DASHBOARD)] },
        texts: { dashboardName: filled({ takes: /^[A-Za-z0-9_-]+$/, most: 255, words: "letters, digits, - and _" }) },
        laptop: "left out",
        reads: ["cloudwatch:GetDashboard"],
        writes: ["cloudwatch:PutDashboard", "cloudwatch:DeleteDashboards"],
    },
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": {
        ...PART,
        simulated: PLAIN,
        cost: { month: () => [items("CloudWatch metric", 1, CUSTOM_METRIC)] },
        texts: { name: filled({ takes: /^[^:*]+$/, most: 512, words: "anything but : and *" }) },
        laptop: "left out",
        reads: ["logs:Describe*"],
        writes: ["logs:PutMetricFilter", "logs:DeleteMetricFilter"],
    },
    "aws:cloudwatch/queryDefinition:QueryDefinition": {
        ...PART,
        simulated: PLAIN,
        texts: {
            name: filled({ takes: /^[^:*]+$/, most: 255, words: "anything but : and *" }),
            queryString: filled({ takes: /^[^]+$/, most: 10000, words: "anything" }),
        },
        laptop: "left out",
        reads: ["logs:Describe*"],
        writes: ["logs:PutQueryDefinition", "logs:DeleteQueryDefinition"],
    },
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": {
        ...PART,
        simulated: PLAIN,
        cost: { month: () => [items("CloudWatch composite alarm", 1, COMPOSITE_ALARM)] },
        texts: {
            alarmName: filled(READABLE),
            alarmDescription: upTo(1024, READABLE),
            alarmRule: upTo(10240, READABLE),
        },
        laptop: "left out",
        reads: ["cloudwatch:Describe*", "cloudwatch:ListTagsForResource"],
        writes: [
            "cloudwatch:PutCompositeAlarm",
            "cloudwatch:DeleteAlarms",
            "cloudwatch:TagResource",
            "cloudwatch:UntagResource",
        ],
    },
    "aws:cloudwatch/metricAlarm:MetricAlarm": {
        ...PART,
        simulated: PLAIN,
        cost: {
            // An alarm on a math expression costs the price of an alarm for each of its metrics (CloudWatch pricing, "Alarms").
            month: ({ metricQueries = [] }) => {
                const metrics = (metricQueries as { metric?: unknown }[]).filter(({ metric }) => metric !== undefined);
                return [items("CloudWatch alarm", Math.max(metrics.length, 1), ALARM)];
            },
        },
        texts: { name: filled(READABLE), alarmDescription: upTo(1024, READABLE) },
        laptop: "left out",
        reads: ["cloudwatch:Describe*", "cloudwatch:ListTagsForResource"],
        writes: [
            "cloudwatch:PutMetricAlarm",
            "cloudwatch:DeleteAlarms",
            "cloudwatch:TagResource",
            "cloudwatch:UntagResource",
        ],
    },
} satisfies ResourceTypes;
