/** Cloud Map. */
import { items, PART, type ResourceTypes } from "./resource-type";
import { HOSTED_ZONE } from "./route53";
import { PLAIN } from "./simulated";
import { DNS_NAME, READABLE, upTo } from "./texts";

const READS = ["servicediscovery:Get*", "servicediscovery:List*"];

export const SERVICE_DISCOVERY = {
    "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace": {
        ...PART,
        simulated: PLAIN,
        cost: { month: () => [items("hosted zone", 1, HOSTED_ZONE)] }, // Cloud Map creates one for it
        minutes: 1,
        texts: { name: DNS_NAME, description: upTo(1024, READABLE) },
        laptop: "rendered",
        reads: READS,
        writes: [
            "servicediscovery:CreatePrivateDnsNamespace",
            "servicediscovery:UpdatePrivateDnsNamespace",
            "servicediscovery:DeleteNamespace",
            "servicediscovery:TagResource",
            "servicediscovery:UntagResource",
        ],
    },
    "aws:servicediscovery/service:Service": {
        ...PART,
        simulated: PLAIN,
        texts: { name: upTo(127, DNS_NAME), description: upTo(1024, READABLE) },
        laptop: "rendered",
        reads: READS,
        writes: ["servicediscovery:CreateService", "servicediscovery:UpdateService", "servicediscovery:DeleteService"],
    },
} satisfies ResourceTypes;
