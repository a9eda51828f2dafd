/** Says what is wrong in a stack file so that a newcomer can put it right: where, what, and what would be right. */
import type { z } from "zod";
import { closest, nearest } from "./nearest";
import { asList } from "./checks/commands";
import type { Problem } from "./checks/common";
import { optionFor, optionsOf } from "./union";
import { UserError } from "../components/user-error";

type Path = readonly PropertyKey[];

/** All mistakes of a stack file in one error. A `RunError`, so that Pulumi shows its message and no stack trace. */
export class ConfigError extends UserError {
    constructor(
        readonly problems: readonly Problem[],
        /** What to name as the place: `Pulumi.dev.yaml`. */
        readonly file: string,
        project: string,
        lineOf: (problem: Problem) => number | undefined = () => undefined,
    ) {
        super(
            [
                `${file}: ${problems.length === 1 ? "one mistake" : `${problems.length} mistakes`}; nothing was made`,
                ...problems.map((problem) => {
                    const line = problem.line ?? (problem.file === undefined ? lineOf(problem) : undefined);
                    const where = placeOf(problem, project) + (line ? `  (line ${line})` : "");
                    return [where, ...wrap(problem.what, "    "), ...wrap(problem.fix, "    → ")].join("\n");
                }),
            ].join("\n\n"),
        );
        this.name = "ConfigError";
    }
}

/** `identity:agents.issuer.count`, or `heritages/blog.yml: services.web.count`. */
export const placeOf = ({ file, path }: Problem, project: string) =>
    file === undefined
        ? pathText(path, project)
        : [file, path.length > 0 ? String(path[0]) + below(path.slice(1)) : ""].filter(Boolean).join(": ");

/** `identity:agents.issuer.count`, `identity:adminEndpoint.allowedCidrs[0]`: as `pulumi config set --path` takes it. */
export function pathText(path: Path, project: string): string {
    const [key, ...rest] = path.map(String);
    return (key!.includes(":") ? key! : `${project}:${key}`) + below(rest);
}

const below = (path: Path) =>
    path
        .map(String)
        .map((part) => (/^\d+$/.test(part) ? `[${part}]` : /^[\w-]+$/.test(part) ? `.${part}` : `["${part}"]`))
        .join("");

/** A value that was written into the file in the clear: it would be in the repository's history for ever. */
export function secretInTheClear(project: string, path: Problem["path"]): Problem {
    return {
        path,
        what: "is in the clear",
        fix: `pulumi config set --secret --path '${pathText(path, project)}'`,
    };
}

function wrap(text: string, lead: string): string[] {
    const lines: string[] = [];
    let line = "";
    for (const word of text.split(" ")) {
        if (line && lead.length + line.length + 1 + word.length > 96) {
            lines.push(line);
            line = word;
        } else line = line ? `${line} ${word}` : word;
    }
    return [...lines, line].map((l, i) => (i === 0 ? lead : " ".repeat(lead.length)) + l);
}

/** What zod found, in the words of the file's reader. */
export function explain(issue: z.core.$ZodIssue, whole: unknown, of: z.ZodType): Problem[] {
    const path = issue.path as (string | number)[];
    const value = path.reduce<unknown>((v, key) => (v as Record<PropertyKey, unknown> | undefined)?.[key], whole);
    const schema = schemaAt(of, path);
    // The items of a list are described by the list's own description.
    const about = schema?.description ?? schemaAt(of, path.slice(0, -1))?.description ?? "see config/schema.ts";
    switch (issue.code) {
        case "unrecognized_keys": {
            const shape = shapeOf(schema);
            const known = Object.keys(shape);
            return issue.keys.map((key) => {
                // A slip in a name of this place is likelier than a key of what has names in between.
                const inside = closest(key, known) === undefined ? eachOf : unwrap;
                const deeper = known.filter((text) => Object.hasOwn(shapeOf(inside(shape[text])), key));
                return {
                    path: [...path, key],
                    what: "there is no such key here",
                    fix: deeper.length > 0 ? `${key} is a key of ${deeper.join(", and of ")}` : nearest(key, known),
                };
            });
        }
        case "invalid_type": {
            if (value === undefined) return [{ path, what: "is missing", fix: about }];
            // A secret is not repeated, and a fraction may have been written otherwise (17.10 is the number 17.1).
            const shown = !unwrap(schema)?.meta()?.encrypted && (typeof value === "boolean" || Number.isInteger(value));
            const what = `is ${kind(value)}, and should be ${KINDS[issue.expected] ?? issue.expected}`;
            if (issue.expected === "string" && shown) return [{ path, what, fix: `in quotes: "${value}"` }];
            if (
                issue.expected === "array" &&
                typeof value === "string" &&
                /command$/.test(String(path.at(-1)).toLowerCase())
            ) {
                return [{ path, what, fix: asList(value) }];
            }
            const meant = typeof value === "string" ? unquoted(value, issue.expected) : undefined;
            if (meant === undefined) return [{ path, what, fix: about }];
            // yes, no, on and off are texts without quotes, too.
            return [
                {
                    path,
                    what,
                    fix: meant === value ? `${meant}, without quotes` : `${meant}; ${show(value)} is a text`,
                },
            ];
        }
        case "invalid_union": {
            const option = schema && optionFor(schema, value);
            if (value === undefined) return [{ path, what: "is missing", fix: about }];
            const none = `${typeof value === "object" ? kind(value) : show(value)} is none of what it takes`;
            if (!option) return [{ path, what: none, fix: about }];
            const inside = option.safeParse(value).error?.issues ?? [];
            return inside.flatMap((item) => explain({ ...item, path: [...path, ...item.path] }, whole, of));
        }
        case "invalid_value":
            if (value === undefined) return [{ path, what: "is missing", fix: about }];
            return [
                {
                    path,
                    what: `${show(value)} is not a choice`,
                    fix: oneOf(value, issue.values.map(String), about),
                },
            ];
        case "too_small":
            if (Array.isArray(value) && value.length > 0) {
                return [{ path, what: `has ${value.length}, and ${issue.minimum} is the least`, fix: about }];
            }
            if (issue.origin === "array" || issue.origin === "string") return [{ path, what: "is empty", fix: about }];
            return [
                {
                    path,
                    what: `${show(value)} is too small: ${issue.inclusive === false ? `it has to be more than ${issue.minimum}` : `${issue.minimum} is the least`}`,
                    fix: about,
                },
            ];
        case "too_big":
            if (Array.isArray(value)) {
                return [{ path, what: `has ${value.length}, and ${issue.maximum} is the most`, fix: about }];
            }
            return [
                {
                    path,
                    what: `${show(value)} is too ${issue.origin === "string" ? "long" : "large"}: ${issue.maximum} is the most`,
                    fix: about,
                },
            ];
        case "invalid_format":
            return [
                { path, what: `${show(value)} is no ${issue.format === "url" ? "URL" : issue.message}`, fix: about },
            ];
        case "invalid_key": {
            // Zod looks no further, and a person wants to hear all of it at once.
            const inside = schema?.safeParse(value).error?.issues ?? [];
            return [
                {
                    path,
                    what: `"${String(path.at(-1))}" cannot be a name here`,
                    fix: schemaAt(of, path.slice(0, -1))?.description ?? about,
                },
                ...inside.flatMap((item) => explain({ ...item, path: [...path, ...item.path] }, whole, of)),
            ];
        }
        default:
            return [{ path, what: issue.message, fix: about }];
    }
}

/** Where there are many names, the one that was meant says enough. */
function oneOf(value: unknown, choices: readonly string[], about: string): string {
    const best = choices.length > 9 && typeof value === "string" ? closest(value, choices) : undefined;
    return `${best === undefined ? `one of ${choices.join(", ")}.` : `did you mean ${best}?`} ${about}`;
}

const KINDS: Record<string, string> = {
    string: "a text",
    number: "a number",
    int: "a whole number",
    boolean: "true or false",
    object: "a mapping of keys",
    record: "a mapping of names",
    array: "a list",
};

/** The number, or the yes or no, that a text is in words. */
function unquoted(text: string, expected: string): string | undefined {
    if (["int", "number"].includes(expected)) return /^\d+$/.test(text) ? text : undefined;
    if (expected !== "boolean") return undefined;
    if (/^(true|yes|on|y)$/i.test(text)) return "true";
    return /^(false|no|off|n)$/i.test(text) ? "false" : undefined;
}

function kind(value: unknown): string {
    if (value === null) return "empty";
    if (Array.isArray(value)) return "a list";
    if (typeof value === "number" && !Number.isFinite(value)) return "no finite number";
    if (typeof value === "number" && !Number.isInteger(value)) return "a fraction";
    return KINDS[typeof value] ?? typeof value;
}

const show = (value: unknown) => (typeof value === "string" ? `"${value}"` : String(value));

/** The schema that a path leads to. */
function schemaAt(of: z.ZodType, path: Path): z.ZodType | undefined {
    let schema: z.ZodType | undefined = of;
    for (const key of path) {
        const inner = withKeys(unwrap(schema), key);
        if (inner?.def.type === "object") schema = shapeOf(inner)[String(key)];
        else if (inner?.def.type === "record") schema = (inner as z.ZodRecord).valueType as z.ZodType;
        else if (inner?.def.type === "array") schema = (inner as z.ZodArray).element as z.ZodType;
        else return undefined;
    }
    return schema && (describedOptional(schema) ?? unwrap(schema));
}

/** Of what may be written in more than one way, that which a key leads into. */
const withKeys = (schema: z.ZodType | undefined, key: PropertyKey): z.ZodType | undefined =>
    (schema &&
        optionsOf(schema).find(({ def }) =>
            (typeof key === "number" ? ["array"] : ["object", "record"]).includes(def.type),
        )) ??
    schema;

/** The keys of a mapping, and what each takes; none of anything else. */
function shapeOf(schema: z.ZodType | undefined): Record<string, z.ZodType> {
    const inner = withKeys(unwrap(schema), "");
    return inner?.def.type === "object" ? ((inner as z.ZodObject).shape as Record<string, z.ZodType>) : {};
}

/** What each of a mapping of names is. */
const eachOf = (schema: z.ZodType | undefined): z.ZodType | undefined =>
    unwrap(schema)?.def.type === "record" ? ((unwrap(schema) as z.ZodRecord).valueType as z.ZodType) : schema;

function unwrap(schema: z.ZodType | undefined): z.ZodType | undefined {
    return schema?.def.type === "optional" ? unwrap((schema as z.ZodOptional).unwrap() as z.ZodType) : schema;
}

/** `.optional().describe(…)` puts the description on the outside; errors want it together with the inner type. */
function describedOptional(schema: z.ZodType): z.ZodType | undefined {
    const inner = unwrap(schema);
    return schema !== inner && schema.description && inner && !inner.description
        ? inner.describe(schema.description)
        : undefined;
}
