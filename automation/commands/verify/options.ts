/** What `identity verify` and `identity local verify` have in common. */
import type { OptionSpec } from "../cli/define";
import { wholeNumber } from "../cli/options";

export const VERIFY_OPTIONS = {
    only: { value: "check", repeatable: true, help: "this check alone" },
    list: { help: "the checks that there are, and what each proves" },
    load: { help: "log-ins, messages and requests at a steady rate, in the place of the checks" },
    rate: {
        value: "number",
        parse: wholeNumber(1, 1000),
        help: "of the load: how many a second; a rate for each thing that is asked if left out",
    },
    seconds: {
        value: "seconds",
        parse: wholeNumber(1, 3600, "whole seconds"),
        help: "of the load: for how long each thing is asked; 10 if left out, 60 with --while",
    },
    while: {
        value: "command",
        help: "of the load: a shell command that runs once the load has for 10 s; says what failed before, with and after it",
    },
    disruptive: {
        help: "also what stops running tasks, and load (on by itself but in prod)",
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
