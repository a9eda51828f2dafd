/** AWS Chatbot's channel configurations, which moto lacks (Amazon Q Developer in chat applications API reference). */
import { ID } from "../automation/bootstrap/holders";

interface Channel {
    readonly ChatConfigurationArn: string;
    readonly ConfigurationName: string;
    readonly SlackChannelId?: string;
    readonly ChannelId?: string;
    readonly TeamId?: string;
    readonly Tags?: readonly unknown[];
}

const kept = new Map<string, Channel>();

/** What AWS Chatbot answers; undefined for every other service. */
export function chatAnswer(method: string, url: string, body: Buffer): { status: number; text: string } | undefined {
    const [, verb, kind] = /^\/(create|update|delete|describe|list)-(slack|ms-teams)-channel-conf/.exec(url) ?? [];
    const tags = url.endsWith("/list-tags-for-resource");
    if (method !== "POST" || !(kind ?? tags)) return undefined;
    const input = JSON.parse(body.toString("utf8")) as Channel & { ResourceARN?: string };
    if (tags) {
        const found = [...kept.values()].find(({ ChatConfigurationArn: arn }) => arn === input.ResourceARN);
        return found && { status: 200, text: JSON.stringify({ Tags: found.Tags ?? [] }) };
    }
    const { ChatConfigurationArn: arn, TeamId } = input;
    const all = [...kept.values()].filter((channel) => channel.ChatConfigurationArn.includes(`/${kind}-channel/`));
    switch (verb) {
        case "create": {
            const id = idOf(input);
            if (all.some((other) => idOf(other) === id)) {
                return {
                    status: 409,
                    text: JSON.stringify({ __type: "ConflictException", message: `${id} is there` }),
                };
            }
            return keep({
                ...input,
                ChatConfigurationArn: `arn:aws:chatbot::${ID}:chat-configuration/${kind}-channel/${input.ConfigurationName}`,
            });
        }
        case "update":
            return keep({ ...kept.get(arn)!, ...input });
        case "delete":
            kept.delete(arn);
            return { status: 204, text: "" };
        default: {
            const found = all.filter((one) => (arn ?? one.ChatConfigurationArn) === one.ChatConfigurationArn);
            const list = found.filter((one) => (TeamId ?? one.TeamId) === one.TeamId);
            const key = kind === "slack" ? "SlackChannelConfigurations" : "TeamChannelConfigurations";
            return { status: 200, text: JSON.stringify({ [key]: list }) };
        }
    }
}

const idOf = ({ SlackChannelId, ChannelId }: Channel) => SlackChannelId ?? ChannelId;

function keep(channel: Channel) {
    kept.set(channel.ChatConfigurationArn, channel);
    return { status: 201, text: JSON.stringify({ ChannelConfiguration: channel }) };
}
