/** `uses` and `database.variables` of a heritage. */
import type { HeritageConfig } from "../defaults";
import { BINDING_ATTRIBUTES, BINDING_KINDS, kindsOf, variablesOf } from "../heritage/uses";
import type { Path, Problem } from "./common";
import { type Managed, variableNameProblem } from "./variables";

type At = (...rest: (string | number)[]) => Path;

export function bindingProblems(at: At, { uses }: HeritageConfig): Problem[] {
    return Object.entries(uses).flatMap(([name, binding]): Problem[] => {
        const path = at("uses", name);
        const kinds = kindsOf(binding);
        if (kinds.length !== 1) {
            return [
                {
                    path,
                    what: kinds.length === 0 ? "has no kind" : `is ${kinds.join(" and ")} at once`,
                    fix: `exactly one of ${BINDING_KINDS.join(", ")}`,
                },
            ];
        }
        const [kind] = kinds as [(typeof BINDING_KINDS)[number]];
        const known: readonly string[] = BINDING_ATTRIBUTES[kind];
        return Object.entries(binding.variables ?? {}).flatMap(([variable, attribute]) => {
            const own = [...path, "variables", variable];
            if (known.includes(attribute)) return variableNameProblem(own, variable);
            return [{ path: own, what: `a ${kind} has no attribute ${attribute}`, fix: known.join(", ") }];
        });
    });
}

export function databaseVariableProblems(at: At, { database }: HeritageConfig): Problem[] {
    const { variables, credentials } = database ?? {};
    if (!variables) return [];
    const path = at("database", "variables");
    if (credentials === "path") {
        return [
            {
                path,
                what: "is for an application that is told by variables, and credentials: path is for one that asks SSM",
                fix: "one of the two",
            },
        ];
    }
    return Object.keys(variables).flatMap((variable) => variableNameProblem([...path, variable], variable));
}

/** The variables that bindings set, each with the key that decides it. */
export function boundVariables({ uses, database }: HeritageConfig): Managed {
    const bound = Object.entries(uses).flatMap(([name, binding]) => {
        const [kind] = kindsOf(binding);
        return kind === undefined
            ? []
            : Object.keys(variablesOf(name, kind, binding)).map((variable) => [variable, `uses.${name}`]);
    });
    const own = Object.keys(database?.variables ?? {}).map((variable) => [variable, "database.variables"]);
    return Object.fromEntries([...bound, ...own]) as Managed;
}

/** A variable that two bindings set, or a binding and the program itself. */
export function doubleProblems(at: At, { uses, database }: HeritageConfig, managed: Managed): Problem[] {
    const owners = new Map<string, string>(Object.keys(managed).map((variable) => [variable, "the program"]));
    const all: [path: Path, variable: string][] = [
        ...Object.keys(database?.variables ?? {}).map((variable): [Path, string] => [
            at("database", "variables", variable),
            variable,
        ]),
        ...Object.entries(uses).flatMap(([name, binding]) => {
            const [kind] = kindsOf(binding);
            if (kind === undefined) return [];
            const path = binding.variables ? at("uses", name, "variables") : undefined;
            return Object.keys(variablesOf(name, kind, binding)).map((variable): [Path, string] => [
                path ? [...path, variable] : at("uses", name),
                variable,
            ]);
        }),
    ];
    return all.flatMap(([path, variable]): Problem[] => {
        const owner = owners.get(variable);
        if (owner === undefined) {
            owners.set(variable, path.slice(2).join("."));
            return [];
        }
        return [
            {
                path,
                what: `${variable} is set by ${owner}, too`,
                fix: "another name for one of the two, under variables",
            },
        ];
    });
}
