/** Files of variables that a heritage names, judged like its `environment`. */
import { type EnvironmentFile, readEnvironmentFile } from "../environment-files";
import type { HeritageConfig } from "../defaults";
import type { Path, Problem } from "./common";
import { environmentProblems, type Managed } from "./variables";

type At = (...rest: (string | number)[]) => Path;

export function environmentFileProblems(
    at: At,
    { environmentFiles, notSecret }: HeritageConfig,
    managed: Managed,
): Problem[] {
    return environmentFiles.flatMap((name, i): Problem[] => {
        const file = readEnvironmentFile(name);
        if (file) return linesProblems(at, file, notSecret, managed);
        const fix = "a file of lines KEY=value, from the project's root";
        return [{ path: at("environmentFiles", i), what: `there is no ${name}`, fix }];
    });
}

function linesProblems(
    at: At,
    { file, lines, wrong }: EnvironmentFile,
    notSecret: Record<string, string>,
    managed: Managed,
): Problem[] {
    const seen = new Map<string, number>();
    return [
        ...wrong.map(({ line }) => ({
            path: [],
            file,
            line,
            what: "is not a line KEY=value",
            fix: "KEY=value, or # in front",
        })),
        ...lines.flatMap(({ variable, value, line }) => {
            const problems = environmentProblems(
                at("environment"),
                { environment: { [variable]: value }, notSecret },
                managed,
                "heritage",
            ).map((problem): Problem => ({ ...problem, path: [variable], file, line }));
            const first = seen.get(variable);
            seen.set(variable, first ?? line);
            if (first === undefined) return problems;
            const what = `is there already, on line ${first}`;
            return [...problems, { path: [variable], file, line, what, fix: "leave one of the two out" }];
        }),
    ];
}
