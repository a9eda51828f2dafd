import type { Problem } from "../checks/common";
import { nearest } from "../nearest";
import { pathInHeritageFile } from "./as-written";
import { type HeritageFile, HERITAGES, heritageNames, readHeritage } from "./file";
import type { HeritageInput } from "./schema";

type Path = Problem["path"];

/** The heritages of a stack. Everywhere else their paths begin with `heritages` and the name; `placed` turns them into file and line. */
export function readHeritages(names: readonly string[], environment: string, stack: string) {
    const known = heritageNames();
    const files = new Map<string, HeritageFile>();
    const problems: Problem[] = [];
    names.forEach((name, i) => {
        if (files.has(name)) problems.push({ path: ["heritages", i], what: `${name} is there twice`, fix: "once" });
        else if (known.includes(name)) files.set(name, readHeritage(name, environment, stack));
        else {
            const fix =
                known.length > 0 ? nearest(name, known).replace(/(t)he keys/i, "$1he files") : "a file of that name";
            problems.push({ path: ["heritages", i], what: `there is no ${HERITAGES}/${name}.yml`, fix });
        }
    });
    const within = (name: string, at: Path): Path => ["heritages", name, ...at];
    const inputs: Record<string, HeritageInput> = {};
    const left: Path[] = [];
    for (const [name, file] of files) {
        problems.push(
            ...file.problems.map((problem) => ({ ...problem, path: within(name, problem.path), file: file.file })),
        );
        left.push(...file.left.map((at) => within(name, at)));
        if (file.input) inputs[name] = file.input;
    }
    if (Object.keys(inputs).length < names.length) left.push(["heritages"]); // the number of heritages is not known
    const placed = (problem: Problem): Problem => {
        const [first, name, ...rest] = problem.path;
        const file = first === "heritages" && typeof name === "string" ? files.get(name) : undefined;
        if (!file) return problem;
        if (problem.file) return { ...problem, path: rest }; // as its file has it
        const path = pathInHeritageFile(rest);
        return { ...problem, path, file: file.file, line: file.lineOf(path) };
    };
    return { inputs, problems, left, placed };
}
