/** Security group rules, which are in a module of their own in Pulumi. */
import { PART, type ResourceTypes } from "./resource-type";
import { ec2 } from "./simulated";
import { GROUP_TEXT } from "./texts";

const RULE = {
    ...PART,
    simulated: ec2("sgr"),
    texts: { description: GROUP_TEXT },
    laptop: "left out",
    reads: ["ec2:Describe*"],
} as const;

export const VPC = {
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": {
        ...RULE,
        writes: ["ec2:AuthorizeSecurityGroupEgress", "ec2:RevokeSecurityGroupEgress", "ec2:ModifySecurityGroupRules"],
    },
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": {
        ...RULE,
        writes: ["ec2:AuthorizeSecurityGroupIngress", "ec2:RevokeSecurityGroupIngress", "ec2:ModifySecurityGroupRules"],
    },
} satisfies ResourceTypes;
