import type { Policy } from "../policy";
import { findingUnless } from "../policy";

/** Tags that connect a bill, an alarm or a leftover resource with its stack. The provider adds them (`components/aws-provider.ts`). */
const NEEDED = ["Project", "Stack"];

export const TAG_POLICIES: readonly Policy[] = [
    {
        name: "tags",
        asks: `Everything in AWS is tagged ${NEEDED.join(" and ")}.`,
        fix: "opts.provider: the platform's own (`awsProvider`), which tags whatever it makes",
        dev: "mandatory",
        types: ["aws:"],
        check: ({ inputs, defaultTags }) => {
            const tags = { ...defaultTags, ...((inputs.tags as Record<string, string> | undefined) ?? {}) };
            const missing = NEEDED.filter((tag) => !tags[tag]);
            return findingUnless(
                missing.length === 0,
                `neither it nor its provider has the tags ${missing.join(", ")}`,
            );
        },
    },
];
