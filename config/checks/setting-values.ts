/** Settings of a program that are known by name, with the kind of value that each takes. */
import { closest } from "../nearest";
import type { Path, Problem } from "./common";

/** How a value is written, and what would be right. */
export type Form = readonly [form: RegExp, fix: string];

export const choiceOf = (values: readonly string[], flags?: string): Form => [
    new RegExp(`^(${values.join("|")})$`, flags),
    `one of ${values.join(", ")}`,
];

/** `end`: what happens with a value that the program does not take. */
export const formProblems = (path: Path, value: string, [form, fix]: Form, end: string): Problem[] =>
    form.test(value) ? [] : [{ path, what: `"${value}" is none of its values: ${end}`, fix }];

interface Known {
    /** With its version. */
    readonly program: string;
    readonly names: readonly string[];
    /** The command that lists them, and where settings of what is plugged in are. */
    readonly list: string;
}

/** A name that is none, and what may have been meant. */
export function unknownSetting(path: Path, variable: string, { program, names, list }: Known): Problem {
    const best = closest(variable, names);
    return {
        path,
        what: `${program} has no such setting, and would pass over it`,
        fix: best === undefined ? `one of those that ${list}` : `did you mean ${best}?`,
    };
}
