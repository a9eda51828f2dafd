/** Channels of chat applications (Amazon Q Developer in chat applications, AWS Chatbot before). */
import { PART, type ResourceTypes } from "./resource-type";
import { PLAIN } from "./simulated";
import type { TextRule } from "./texts";

/** It costs nothing by itself, nor does a message from SNS to it (Amazon Q Developer and Amazon SNS pricing). */
const CHANNEL = {
    ...PART,
    simulated: PLAIN,
    minutes: 0.6, // the provider looks after half a minute
    texts: {
        configurationName: {
            takes: /^[A-Za-z0-9_-]+$/,
            most: 128,
            words: "letters, digits, - and _",
        } satisfies TextRule,
    },
    laptop: "left out",
    // chatbot/latest/adminguide/slr-permissions.html
    linkedRole: { service: "management.chatbot.amazonaws.com", role: "AWSServiceRoleForAWSChatbot" },
} as const;

const TAGS = ["chatbot:TagResource", "chatbot:UntagResource"];

export const CHATBOT = {
    "aws:chatbot/slackChannelConfiguration:SlackChannelConfiguration": {
        ...CHANNEL,
        reads: ["chatbot:DescribeSlackChannelConfigurations", "chatbot:ListTagsForResource"],
        writes: [
            "chatbot:CreateSlackChannelConfiguration",
            "chatbot:UpdateSlackChannelConfiguration",
            "chatbot:DeleteSlackChannelConfiguration",
            ...TAGS,
        ],
    },
    "aws:chatbot/teamsChannelConfiguration:TeamsChannelConfiguration": {
        ...CHANNEL,
        reads: ["chatbot:ListMicrosoftTeamsChannelConfigurations", "chatbot:ListTagsForResource"],
        writes: [
            "chatbot:CreateMicrosoftTeamsChannelConfiguration",
            "chatbot:UpdateMicrosoftTeamsChannelConfiguration",
            "chatbot:DeleteMicrosoftTeamsChannelConfiguration",
            ...TAGS,
        ],
    },
} satisfies ResourceTypes;
