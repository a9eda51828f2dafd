/** Web ACLs of AWS WAF that somebody else keeps, before a load balancer. */
import { PART, type ResourceTypes } from "./resource-type";
import { PLAIN } from "./simulated";

export const WAFV2 = {
    "aws:wafv2/webAclAssociation:WebAclAssociation": {
        ...PART,
        simulated: PLAIN,
        cost: {
            use: () =>
                "requests that the web ACL judges, about 0.60 for a million, beside what the web ACL itself costs",
        },
        minutes: 0.2,
        texts: {},
        laptop: "left out",
        reads: ["wafv2:GetWebACL", "wafv2:GetWebACLForResource"],
        // WAF developer guide, "Permissions for AssociateWebACL": the load balancer's own action beside WAF's.
        writes: ["wafv2:AssociateWebACL", "wafv2:DisassociateWebACL", "elasticloadbalancing:SetWebAcl"],
    },
} satisfies ResourceTypes;
