/** Roles. The deploy policy lists IAM's actions in statements of its own, limited to the stack's path and permissions boundary. */
import { PART, type ResourceType, type ResourceTypes } from "./resource-type";
import { named, PLAIN } from "./simulated";
import { filled, type TextRule, upTo } from "./texts";

const NAME: TextRule = { takes: /^[A-Za-z0-9_+=,.@-]+$/, most: 64, words: "letters, digits and + = , . @ - _" };
const TEXT: TextRule = {
    takes: /^[\t\n\r\u0020-\u007e\u00a1-\u00ff]*$/,
    most: 1000,
    words: "characters of Latin-1",
};

const READS = [
    "iam:GetRole",
    "iam:GetRolePolicy",
    "iam:GetPolicy",
    "iam:GetPolicyVersion",
    "iam:ListAttachedRolePolicies",
    "iam:ListInstanceProfilesForRole",
    "iam:ListRolePolicies",
    "iam:ListRoleTags",
];

/** A policy or an attachment of a role. */
const OF_A_ROLE = {
    ...PART,
    simulated: PLAIN,
    texts: { name: filled(upTo(128, NAME)) },
    laptop: "left out",
    reads: READS,
    writes: [],
} as const satisfies ResourceType;

export const IAM = {
    "aws:iam/instanceProfile:InstanceProfile": OF_A_ROLE,
    "aws:iam/role:Role": {
        ...PART,
        simulated: { id: named, outputs: ({ id }, place) => ({ arn: place.arn("iam", `role/${id}`, ""), name: id }) },
        texts: { name: filled(NAME), description: TEXT },
        laptop: "left out",
        reads: READS,
        writes: [],
    },
    "aws:iam/rolePolicy:RolePolicy": OF_A_ROLE,
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": { ...OF_A_ROLE, texts: {} },
} satisfies ResourceTypes;
