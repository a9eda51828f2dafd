import { defineCommand } from "./cli/define";
import { wholeNumber } from "./cli/options";
import { UsageError } from "../shared/errors";

/** `1,10,100`: whole numbers from 1, in order; 0 is none. */
const counts = (text: string, flag: string): number[] => {
    const numbers = text.split(",").map((word) => {
        if (!/^\d+$/.test(word)) throw new UsageError(`${flag} ${text}: whole numbers, e.g. 1,10,100`);
        return Number(word);
    });
    return [...new Set(numbers)].filter((number) => number > 0).sort((a, b) => a - b);
};

export const bench = defineCommand({
    summary: "measures what the plan, a preview and an `up` cost in time and memory",
    options: {
        runs: {
            value: "number",
            default: "3",
            parse: wholeNumber(1, 100),
            help: "runs of each plan, of which the median counts",
        },
        sizes: {
            value: "list",
            default: "1,10,100",
            parse: counts,
            help: "how many heritages, and how many clusters, are planned",
        },
        up: {
            value: "list",
            default: "1,10",
            parse: counts,
            help:
                "how many are previewed and deployed, where `pulumi` is on the PATH and AWS_ENDPOINT_URL names an emulator; a " +
                "load balancer takes it a minute, and 100 take a quarter of an hour; 0 for none",
        },
        cdk: { help: "also a `cdk synth` of the same platform, bench/cdk, whose packages are installed first" },
    },
    examples: [["npx identity bench --up 0 --cdk", "the plan beside a `cdk synth`"]],
    exitCodes: { 0: "done", 1: "a run failed", 2: "the arguments are wrong" },
    signals: [],
    run: async (input) => (await import("../bench/run")).bench(input),
});
