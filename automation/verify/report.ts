/** Prints the outcomes: as text while the checks run, and as JSON. */
import { stripVTControlCharacters } from "node:util";
import type pc from "picocolors";
import { WIDTH, wrap } from "../plan/text";
import type { Check } from "./check";
import type { Outcome, Progress } from "./run";
import { count } from "./check";

type Colors = Pick<typeof pc, "bold" | "dim" | "green" | "red" | "yellow">;

const WORDS = { passed: "passed", failed: "FAILED", skipped: "skipped", absent: "absent" } as const;

/** `passed   agents-did          4.1 s  …` */
export function progress(names: readonly string[], out: (text: string) => void, colors: Colors): Progress {
    const width = Math.max(...names.map((name) => name.length));
    const style = { passed: colors.green, failed: colors.red, skipped: colors.yellow, absent: colors.dim };
    const indent = WORDS.skipped.length + 2 + width + 2;
    return {
        said: ({ name }, text) =>
            out(`${hanging(`${" ".repeat(9)}${name.padEnd(width)}  `, `… ${text}`, colors.dim)}\n`),
        ended(outcome) {
            const { status, check, seconds } = outcome;
            const time = seconds >= 10 ? `${seconds.toFixed(0)} s` : `${seconds.toFixed(1)} s`;
            const [first = "", ...more] = lines(outcome).flatMap((line) => wrap(line, WIDTH - indent));
            out(`${style[status](WORDS[status].padEnd(7))}  ${colors.bold(check.name.padEnd(width))}  ${first}\n`);
            for (const line of more) out(`${" ".repeat(indent)}${line}\n`);
            if (seconds >= 10) out(`${" ".repeat(indent)}${colors.dim(`it took ${time}`)}\n`);
        },
    };
}

const hanging = (head: string, text: string, style: (text: string) => string) => {
    const [first = "", ...more] = wrap(text, WIDTH - head.length);
    return [head + style(first), ...more.map((line) => " ".repeat(head.length) + style(line))].join("\n");
};

/** The lines of an outcome, without control characters, which a server may have sent. */
const lines = (outcome: Outcome): string[] => texts(outcome).map(plain);

const plain = (text: string) => stripVTControlCharacters(text).replaceAll(/\p{Cc}/gu, " ");

function texts(outcome: Outcome): string[] {
    switch (outcome.status) {
        case "passed":
            return [...outcome.seen];
        case "failed":
            return [
                ...(outcome.expected ? [`expected: ${outcome.expected}`] : []),
                `seen: ${outcome.seen}`,
                ...(outcome.means ? [`perhaps: ${outcome.means}`] : []),
            ];
        case "skipped":
            return [`${outcome.reason}: ${outcome.remedy}`];
        case "absent":
            return [outcome.reason];
    }
}

/** `12 passed, 1 failed (agents-did), 2 skipped (…), 3 absent` */
export function summary(outcomes: readonly Outcome[]): string {
    const parts = (["passed", "failed", "skipped", "absent"] as const).flatMap((status) => {
        const matching = outcomes.filter((outcome) => outcome.status === status);
        if (matching.length === 0) return [];
        const names = status === "passed" ? "" : ` (${matching.map(({ check }) => check.name).join(", ")})`;
        return [`${matching.length} ${status}${names}`];
    });
    const nothing = outcomes.some(({ status }) => status === "passed" || status === "failed")
        ? ""
        : ": nothing could be checked";
    return wrap(`${count(outcomes.length, "check")}: ${parts.join(", ")}${nothing}`, WIDTH).join("\n");
}

export const json = (title: string, outcomes: readonly Outcome[]) => ({
    target: title,
    checks: outcomes.map(({ check, ...rest }) => ({ name: check.name, proves: check.proves, ...rest })),
});

/** Lists the checks with what each proves. */
export function catalogue(checks: readonly Check[]): string {
    const width = Math.max(...checks.map(({ name }) => name.length));
    return checks
        .map(({ name, proves, disruptive }) =>
            hanging(`${name.padEnd(width)}  `, `${proves}${disruptive ? ` (${disruptive})` : ""}`, (text) => text),
        )
        .map((line) => `${line}\n`)
        .join("");
}
