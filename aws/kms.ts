/** Keys. The deploy policy lists KMS's actions in statements of its own, which are limited to the stack's key. */
import { items, PART, type ResourceTypes } from "./resource-type";
import { PLAIN, uuid } from "./simulated";
import { shown } from "./state";
import { READABLE, upTo } from "./texts";

/** The price of a key for a month, in every region. */
const KEY = 1;

const READS = [
    "kms:DescribeKey",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:ListAliases",
    "kms:ListResourceTags",
];

export const KMS = {
    "aws:kms/alias:Alias": {
        ...PART,
        simulated: PLAIN,
        texts: {
            name: { takes: /^alias\/(?!aws\/)[A-Za-z0-9/_-]+$/, most: 256, words: "alias/ and letters, digits, / _ -" },
        },
        laptop: "left out",
        reads: READS,
        writes: [],
    },
    "aws:kms/key:Key": {
        ...PART,
        simulated: {
            id: ({ name }) => uuid(name),
            outputs: ({ id }, place) => ({ keyId: id, arn: place.arn("kms", `key/${id}`) }),
        },
        cost: { month: () => [items("KMS key", 1, KEY)] },
        minutes: 0.3, // 0:12 to 0:29
        ifLost: "a key, with all that it encrypts",
        stays: ({ deletionWindowInDays }, outputs) => {
            const days = shown(deletionWindowInDays ?? outputs.deletionWindowInDays ?? 30);
            return [`the key, for ${days} days; until then \`aws kms cancel-key-deletion\` gets it back`];
        },
        texts: { description: upTo(8192, READABLE) },
        laptop: "left out",
        reads: READS,
        writes: [],
    },
} satisfies ResourceTypes;
