/** The variables of a task: plain ones, and the secrets that ECS injects. */
import { looksSecret } from "../../policy/secrets/looks-secret";
import type { SecretSource } from "../schema/secrets";
import { keyOf, type Path, type Problem } from "./common";

/** Variables that the program sets, each with the key of the file that it depends on (empty without one). */
export type Managed = Readonly<Record<string, string>>;

/** The plain variables of an application, and those that look like a secret and are none. */
interface Clear {
    readonly environment: Readonly<Record<string, string>>;
    readonly notSecret: Readonly<Record<string, string>>;
}

/**
 * The operating system takes any name without `=`; ECS and SSM, where secrets are parameters of that name, letters, digits and `_.-`
 * (Systems Manager, PutParameter, "Name").
 */
export function variableNameProblem(path: Path, variable: string): Problem[] {
    if (/^[A-Za-z_][A-Za-z0-9_.-]*$/.test(variable)) return [];
    const what = "is not a name of an environment variable";
    if (/^\d/.test(variable)) return [{ path, what: `${what}: it begins with a digit`, fix: `_${variable}, say` }];
    return [{ path, what, fix: "letters, digits and _.-, no digit in front" }];
}

export function managedProblem(path: Path, variable: string, managed: Managed, of: string, how = ""): Problem[] {
    if (!Object.hasOwn(managed, variable)) return [];
    const key = managed[variable];
    return [{ path, what: `is set by the program${how}`, fix: key ? `the key ${key} of the ${of}` : "leave it out" }];
}

/** The possible sources of a secret, by the kind of file. */
const sources = (path: Path) => (path[0] === "heritages" ? SOURCES.heritage : SOURCES.stack);
const SOURCES = {
    stack: ["generate", "value", "parameter", "secret", "set"],
    heritage: ["generate", "parameter", "secret", "set"], // an encrypted value is possible only in a stack file
} as const;

const listed = (words: readonly string[], last: string) => `${words.slice(0, -1).join(", ")} ${last} ${words.at(-1)}`;

/** `why` is as a sentence about the variable: "its name is that of a secret". */
export function plainTextSecret(path: Path, variable: string, why: string): Problem {
    const where = path[0] === "heritages" && path[2] !== "environment" ? ", both at the top of the file" : "";
    const exception = `or, if it is none, ${keyOf(path, "notSecret")}: { ${variable}: why }`;
    return {
        path,
        what: `looks like a secret, and environment is in the clear: ${why}`,
        also: [[...path.slice(0, path[0] === "heritages" ? 2 : -2), "notSecret", variable]], // the reason in notSecret may be wrong itself
        fix: `secrets.${variable}, with ${listed(sources(path), "or")}; ${exception}${where}`,
    };
}

export function environmentProblems(
    path: Path,
    { environment, notSecret }: Clear,
    managed: Managed,
    of: string,
): Problem[] {
    return Object.entries(environment).flatMap(([variable, value]) => {
        const own = [...path, variable];
        return [
            ...variableNameProblem(own, variable),
            ...managedProblem(own, variable, managed, of),
            ...secretProblems(own, variable, value, notSecret),
            ...(value.includes("\0") ? [{ path: own, what: "has a NUL in it", fix: "no variable can hold one" }] : []),
        ].slice(0, 1);
    });
}

export function secretProblems(path: Path, variable: string, value: string, notSecret: Clear["notSecret"]): Problem[] {
    const why = Object.hasOwn(notSecret, variable) ? undefined : looksSecret(variable, value);
    return why === undefined ? [] : [plainTextSecret(path, variable, why)];
}

/** Each name in notSecret has to be a plain variable. */
export function notSecretProblems(
    path: Path,
    { notSecret }: Pick<Clear, "notSecret">,
    variables: Readonly<Record<string, string>>,
): Problem[] {
    return Object.keys(notSecret)
        .filter((variable) => !Object.hasOwn(variables, variable))
        .map((variable) => ({
            path: [...path, variable],
            what: "is not in environment",
            fix: "leave it out, or the variable's own name",
        }));
}

/** Secrets that ECS injects. */
export function injectedProblems(
    path: Path,
    { secrets, environment }: { secrets: Record<string, SecretSource>; environment: Record<string, string> },
    managed: Managed,
    of: string,
): Problem[] {
    return Object.entries(secrets).flatMap(([variable, source]) => {
        const own = [...path, variable];
        return [
            ...variableNameProblem(own, variable),
            ...managedProblem(own, variable, managed, of),
            ...sourceProblems(own, source),
            ...(Object.hasOwn(environment, variable)
                ? [{ path: own, what: "is in environment, too", fix: "one of the two" }]
                : []),
        ];
    });
}

/** Checks that a secret has exactly one source. */
export function sourceProblems(path: Path, source: SecretSource): Problem[] {
    const problems: Problem[] = [];
    const count = SOURCES.stack.filter((kind) => source[kind] !== undefined).length;
    if (count !== 1) {
        problems.push({
            path,
            what: `has ${count === 0 ? "none" : "more than one"} of ${listed(sources(path), "and")}`,
            fix: "exactly one of them",
        });
    }
    if (source.parameter === undefined && source.secret === undefined && source.keyArn !== undefined) {
        const key = keyOf(path, "keyArn");
        problems.push({
            path,
            what: `${key} belongs to a parameter or a secret that exists`,
            fix: "leave it out, or name the parameter or the secret",
        });
    }
    if (source.secret === undefined && source.key !== undefined) {
        problems.push({
            path,
            what: "key belongs to a secret in Secrets Manager",
            fix: "leave it out, or name the secret: { secret: prod/stripe, key: apiKey }",
        });
    }
    return problems;
}
