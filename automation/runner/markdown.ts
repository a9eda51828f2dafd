/** Renders a preview as Markdown for a pull request, and as JSON. */
import { shortType } from "../plan/inventory";
import { type Change, countByKind, counts } from "./changes";
import { byComponent, SIGNS } from "./diff";
import type { Outcome } from "./operation";
import { label } from "./urn";
import { topLevel, valuesText } from "./values";

export interface Shown {
    readonly stack: string;
    readonly outcome: Outcome;
    /** The texts of refusals that would stop an `up`. */
    readonly stops: readonly string[];
}

export function markdown({ stack, outcome, stops }: Shown): string {
    const { violations, errors } = outcome;
    const failed = outcome.error || stops.length > 0 || violations.some(({ mandatory }) => mandatory);
    const head = [
        `### ${failed ? "❌" : "✅"} Stack \`${stack}\``,
        "",
        counts(outcome),
        "",
        ...stops.flatMap((text) => fence(text)),
        ...(violations.length > 0 ? violationTable(violations) : []),
        ...(errors.length > 0 && outcome.error ? fence(errors.map(({ message }) => message).join("\n")) : []),
    ];
    const groups = byComponent(outcome.changes);
    const rows = groups.flatMap(([component, changes]) => changes.map((change) => row(component, change)));
    const details = groups.flatMap(([, changes]) => changes.flatMap(detail));
    const tableHead = ["| | resource | part of | why, or what |", "| --- | --- | --- | --- |"];
    const body = rows.length > 0 ? [...tableHead, ...rows, ""] : [];
    // A long comment is cut at its end (ci/comment.ts), so that the details are cut first, and then the last rows.
    return `${[...head, ...body, ...(details.length > 0 ? folded(details) : [])].join("\n")}\n`;
}

/** A code block, whatever the text contains. */
const fence = (text: string) => ["```", text.replaceAll("```", "'''"), "```", ""];

/** A table cell: escaped, and on one line. */
const cell = (text: string) =>
    text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll("|", "\\|").replaceAll("\n", " ");

function row(component: string, { kind, type, name, properties, reasons }: Change): string {
    const why =
        kind === "replace"
            ? `because of ${reasons.join(", ")}`
            : [...new Set(properties.map(({ path }) => topLevel(path)))].join(", ");
    const verb = kind === "replace" || kind === "delete" ? `**${kind}**` : kind;
    return `| ${SIGNS[kind]} ${verb} | ${cell(`${shortType(type)} ${name}`)} | ${cell(component)} | ${cell(why)} |`;
}

function detail({ urn, properties, kind }: Change): string[] {
    if (properties.length === 0) return [];
    const lines = properties.map((property) => [property.path, valuesText(property) ?? []].flat().join(": "));
    return [`${SIGNS[kind]} ${label(urn)}`, ...lines.map((line) => `    ${line}`)];
}

const folded = (lines: readonly string[]) => [
    "<details><summary>Properties</summary>",
    "",
    ...fence(lines.join("\n")),
    "</details>",
];

function violationTable(violations: Outcome["violations"]): string[] {
    const rows = violations.map(
        ({ policy, mandatory, message, urn }) =>
            `| ${mandatory ? "**mandatory**" : "advice"} | ${cell(policy)} | ${cell(urn ? label(urn) : "")} | ${cell(message)} |`,
    );
    return ["| policy | | resource | |", "| --- | --- | --- | --- |", ...rows, ""];
}

/** The same as JSON. */
export function asJson({ stack, outcome, stops }: Shown): object {
    const { changes, same, violations, errors, error } = outcome;
    return {
        stack,
        ok: !error && stops.length === 0,
        counts: Object.fromEntries(countByKind(changes)),
        same,
        changes: changes.map(({ kind, urn, component, properties, reasons }) => {
            return { kind, urn, component, properties, reasons };
        }),
        violations,
        stops,
        errors,
    };
}
