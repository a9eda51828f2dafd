/** Topics, and whom they tell. */
import { PART, type ResourceTypes } from "./resource-type";
import { PLAIN } from "./simulated";
import { filled } from "./texts";

const READS = ["sns:GetTopicAttributes", "sns:ListTagsForResource"];

export const SNS = {
    "aws:sns/topic:Topic": {
        ...PART,
        simulated: PLAIN,
        cost: { use: () => "messages to people" },
        texts: { name: filled({ takes: /^[A-Za-z0-9_-]+$/, most: 256, words: "letters, digits, - and _" }) },
        laptop: "left out",
        reads: READS,
        writes: [
            "sns:CreateTopic",
            "sns:DeleteTopic",
            "sns:SetTopicAttributes",
            "sns:TagResource",
            "sns:UntagResource",
        ],
    },
    "aws:sns/topicPolicy:TopicPolicy": {
        ...PART,
        simulated: PLAIN,
        texts: {},
        laptop: "left out",
        reads: READS,
        writes: ["sns:SetTopicAttributes"],
    },
    "aws:sns/topicSubscription:TopicSubscription": {
        ...PART,
        simulated: PLAIN,
        texts: {},
        laptop: "left out",
        reads: ["sns:GetSubscriptionAttributes"],
        writes: ["sns:Subscribe", "sns:Unsubscribe", "sns:SetSubscriptionAttributes"],
    },
} satisfies ResourceTypes;
