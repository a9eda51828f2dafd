/** Budgets. */
import { PART, type ResourceTypes } from "./resource-type";
import { PLAIN } from "./simulated";

export const BUDGETS = {
    "aws:budgets/budget:Budget": {
        ...PART, // it costs nothing: only a budget with actions does (AWS Budgets pricing)
        simulated: PLAIN,
        texts: { name: { takes: /^[^:\\]+$/, most: 100, words: "no : and no \\" } },
        laptop: "left out",
        reads: ["budgets:ViewBudget", "budgets:ListTagsForResource"],
        writes: ["budgets:ModifyBudget", "budgets:TagResource", "budgets:UntagResource"],
    },
} satisfies ResourceTypes;
