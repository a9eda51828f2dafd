/** Web ACLs of AWS WAF before a load balancer: the stack's own, or one that somebody else keeps. */
import { items, PART, type ResourceTypes, sizeOf } from "./resource-type";
import { PLAIN } from "./simulated";
import { filled, type TextRule } from "./texts";

/** The prices of a web ACL and of each of its rules for a month, in every region. */
const WEB_ACL = 5;
const RULE = 1;

const JUDGED = "requests that a web ACL judges, about 0.60 for a million";
const NAME: TextRule = filled({ takes: /^[\w-]+$/, most: 128, words: "letters, digits, - and _" });

export const WAFV2 = {
    "aws:wafv2/webAcl:WebAcl": {
        ...PART,
        simulated: PLAIN,
        cost: {
            month: ({ rules }) => [items("web ACL", 1, WEB_ACL), items("rule of a web ACL", sizeOf(rules), RULE)],
            use: () => JUDGED,
        },
        minutes: 0.2,
        texts: { name: NAME },
        laptop: "left out",
        reads: ["wafv2:GetWebACL", "wafv2:ListTagsForResource"],
        writes: [
            "wafv2:CreateWebACL",
            "wafv2:UpdateWebACL",
            "wafv2:DeleteWebACL",
            "wafv2:TagResource",
            "wafv2:UntagResource",
        ],
    },
    "aws:wafv2/ipSet:IpSet": {
        ...PART,
        simulated: PLAIN,
        texts: { name: NAME },
        laptop: "left out",
        reads: ["wafv2:GetIPSet", "wafv2:ListTagsForResource"],
        writes: [
            "wafv2:CreateIPSet",
            "wafv2:UpdateIPSet",
            "wafv2:DeleteIPSet",
            "wafv2:TagResource",
            "wafv2:UntagResource",
        ],
    },
    "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": {
        ...PART,
        simulated: PLAIN,
        texts: {},
        laptop: "left out",
        reads: ["wafv2:GetLoggingConfiguration", "logs:Describe*"],
        // WAF developer guide, "Sending logs to a CloudWatch Logs log group": WAF lets itself into the log group with the caller's rights.
        writes: [
            "wafv2:PutLoggingConfiguration",
            "wafv2:DeleteLoggingConfiguration",
            "logs:CreateLogDelivery",
            "logs:DeleteLogDelivery",
            "logs:PutResourcePolicy",
        ],
    },
    "aws:wafv2/webAclAssociation:WebAclAssociation": {
        ...PART,
        simulated: PLAIN,
        cost: { use: () => JUDGED },
        minutes: 0.2,
        texts: {},
        laptop: "left out",
        reads: ["wafv2:GetWebACL", "wafv2:GetWebACLForResource"],
        // WAF developer guide, "Permissions for AssociateWebACL": the load balancer's own action beside WAF's.
        writes: ["wafv2:AssociateWebACL", "wafv2:DisassociateWebACL", "elasticloadbalancing:SetWebAcl"],
    },
} satisfies ResourceTypes;
