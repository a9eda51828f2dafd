/** What `identity verify` and `identity local verify` have in common. */
import type { OptionSpec } from "../cli/define";

export const VERIFY_OPTIONS = {
    only: { value: "check", repeatable: true, help: "this check alone" },
    list: { help: "the checks that there are, and what each proves" },
    disruptive: {
        help: "also those that stop running tasks (on by itself but in prod)",
        negated: "not those",
    },
    strict: { help: "what could not be checked is a failure" },
    json: { help: "print the results as JSON, and nothing else on stdout" },
} as const satisfies Record<string, OptionSpec>;

export const VERIFY_EXIT_CODES = {
    0: "what could be checked passed",
    1: "a check failed",
    2: "the arguments are wrong",
    3: "nothing could be checked",
    130: "interrupted",
} as const;
