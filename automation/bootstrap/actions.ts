/** What a deployment does to AWS: the actions of every type of resource that it makes, changes and deletes. */
import { ENTRIES } from "../../aws/types";

/** Every resource of EC2 is tagged and untagged by the same two. */
const TAGS_OF_EC2 = ["ec2:CreateTags", "ec2:DeleteTags"];

/** The API of AWS Chatbot is in four regions, of which the provider takes one for the others. */
export const isElsewhere = (action: string) => action.startsWith("chatbot:");

/** Of Route 53 and IAM there is one for all regions. A condition on the region would refuse these, and what is elsewhere. */
export const isGlobal = (action: string) => action.startsWith("route53:") || isElsewhere(action);

const distinct = (actions: readonly string[]) => [...new Set(actions)].sort();

/** Those of IAM, KMS, SSM and S3 are told by name (deploy-policy.ts). */
export const writeActions = () => distinct([...ENTRIES.values()].flatMap(({ writes }) => writes).concat(TAGS_OF_EC2));

/** What the checks before a preview read, beside the resources of a stack. */
const CHECKS = [
    "servicequotas:GetServiceQuota",
    "servicequotas:GetAWSDefaultServiceQuota",
    "servicequotas:ListServiceQuotas",
    "secretsmanager:DescribeSecret", // whether a secret is there, and which version of it; never its value
    "sns:GetTopicAttributes",
    "sns:ListTagsForResource",
    // ECR asks Inspector for findings in the caller's name
    "inspector2:ListCoverage",
    "inspector2:ListFindings",
];

/** What previews, refreshes and the checks before them read: how things are set. Most of these have no resource to be narrowed to. */
export const READ: readonly string[] = distinct([...ENTRIES.values()].flatMap(({ reads }) => reads).concat(CHECKS));
