/** DNS. */
import { items, PART, type ResourceTypes } from "./resource-type";
import { digits, named } from "./simulated";
import { DNS_NAME, READABLE, upTo } from "./texts";

/** The price of a hosted zone for a month, in every region. */
export const HOSTED_ZONE = 0.5;

/** The simulated id of a zone, derived from its name. */
export const zoneId = (name: unknown) => `Z${digits(String(name), 13).toUpperCase()}`;

const READS = ["route53:Get*", "route53:List*"];

export const ROUTE53 = {
    "aws:route53/record:Record": {
        ...PART,
        simulated: { id: named, outputs: ({ inputs }) => ({ fqdn: String(inputs.name).replace(/\.$/, "") }) },
        minutes: 0.5, // 0:29 to 0:33
        texts: { name: DNS_NAME },
        laptop: "rendered",
        reads: READS,
        writes: ["route53:ChangeResourceRecordSets"],
    },
    "aws:route53/zone:Zone": {
        ...PART,
        simulated: {
            id: named,
            outputs: ({ inputs }) => ({
                zoneId: zoneId(inputs.name),
                nameServers: [1, 2, 3, 4].map((n) => `ns-${n}.awsdns-0${n}.example`),
            }),
        },
        cost: { month: () => [items("hosted zone", 1, HOSTED_ZONE)] },
        minutes: 1.1, // 1:02 to 1:19 for a private zone
        ifLost: "a zone, with its name servers",
        texts: { name: DNS_NAME, comment: upTo(256, READABLE) },
        laptop: "left out", // names below .localhost lead to this machine
        reads: READS,
        writes: [
            "route53:CreateHostedZone",
            "route53:DeleteHostedZone",
            "route53:UpdateHostedZoneComment",
            "route53:ChangeTagsForResource",
            "route53:AssociateVPCWithHostedZone",
            "route53:DisassociateVPCFromHostedZone",
        ],
    },
} satisfies ResourceTypes;
