import type { Cases } from "../support";

const type = "aws:sqs/queue:Queue";

export const TAGS: Record<string, Cases> = {
    tags: {
        passes: [
            { type, inputs: {}, defaultTags: { Project: "p", Stack: "s" } },
            { type, inputs: { tags: { Project: "p" } }, defaultTags: { Stack: "s" } },
        ],
        fails: [
            [{ type, inputs: {} }, "neither it nor its provider has the tags Project, Stack"],
            [
                { type, inputs: { tags: { Stack: "" } }, defaultTags: { Project: "p" } },
                "neither it nor its provider has the tags Stack",
            ],
        ],
    },
};
