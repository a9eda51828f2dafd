/** Renders the changes of an operation by component, in a hundred columns. */
import { groupBy } from "../plan/grouping";
import { shortType } from "../plan/inventory";
import { type Colors, table, wrap } from "../plan/text";
import { type Change, type Changes, counts, type Kind, type Violation } from "./changes";
import { label } from "./urn";
import { type PropertyChange, valuesText } from "./values";

export const SIGNS: Record<Kind, string> = { create: "+", update: "~", replace: "±", delete: "-", import: "=" };
/** A component with more creations than this shows them by type. `MANY` changes in all lower the limit. */
const [LISTED, LISTED_OF_MANY, MANY] = [12, 4, 60];
/** A resource with more changed properties than this shows the number of the others. */
const PROPERTIES = 8;

export function renderChanges(result: Changes, { bold, dim }: Colors): string[] {
    const lines = byComponent(result.changes).flatMap(([component, changes]) => [
        bold(component),
        ...listed(changes, result.changes.length > MANY ? LISTED_OF_MANY : LISTED),
        "",
    ]);
    return [...lines, bold(counts(result)), ...(result.changes.length > 0 ? [dim(LEGEND)] : [])];
}

const LEGEND = "+ create  ~ update  ± replace  - delete  = import";

/** Sorted by name; resources without a component are last. */
export const byComponent = (changes: readonly Change[]) =>
    groupBy(
        [...changes].sort((a, b) => (key(a) < key(b) ? -1 : 1)),
        ({ component }) => component ?? "",
    ).map((alike) => [alike[0].component ?? "Without a component", alike] as const);

const key = ({ component, type, name }: Change) => `${component ?? "~"} ${type} ${name}`;

function listed(changes: Change[], most: number): string[] {
    const created = changes.filter(({ kind }) => kind === "create");
    if (created.length <= most) return changes.flatMap(changeLines);
    const text = groupBy(created, ({ type }) => shortType(type))
        .map(({ length, 0: { type } }) => (length > 1 ? `${length} × ${shortType(type)}` : shortType(type)))
        .join(", ");
    const rest = changes.filter(({ kind }) => kind !== "create");
    return [
        ...wrap(text, 94).map((line, i) => (i === 0 ? `  + ${line}` : `    ${line}`)),
        ...rest.flatMap(changeLines),
    ];
}

function changeLines({ kind, type, name, properties, reasons }: Change): string[] {
    return [
        ...hangingIndent(`${shortType(type)} ${name}`, `  ${SIGNS[kind]} `, "      "),
        ...(reasons.length > 0 ? hangingIndent(`replaced because of ${reasons.join(", ")}`, "      ", "      ") : []),
        ...propertyLines(properties, 6),
    ];
}

export function propertyLines(properties: readonly PropertyChange[], indent: number): string[] {
    const rows = properties.slice(0, PROPERTIES).map((property) => [property.path, valuesText(property) ?? []].flat());
    const more = properties.length - PROPERTIES;
    return [...table(rows, indent), ...(more > 0 ? [`${" ".repeat(indent)}and ${more} more`] : [])];
}

/** Wraps a text at a hundred columns; the first line begins with `first`, the others with `following`. */
export function hangingIndent(text: string, first: string, following: string): string[] {
    return wrap(text, 100 - Math.max(first.length, following.length)).map(
        (line, i) => (i === 0 ? first : following) + line,
    );
}

export function renderViolations(violations: readonly Violation[]): string[] {
    return [...violations]
        .sort((a, b) => Number(b.mandatory) - Number(a.mandatory))
        .flatMap(({ policy, mandatory, message, urn }) => [
            ...hangingIndent(`${policy}${urn ? `: ${label(urn)}` : ""}`, mandatory ? "  ✗ " : "  ! ", "    "),
            ...message.split("\n").flatMap((line) => hangingIndent(line.trim(), "    ", "    ")),
        ]);
}

export const renderErrors = (errors: Changes["errors"]) =>
    errors.flatMap(({ urn, message }) => [...(urn ? [`${label(urn)}:`] : []), ...message.split("\n")]);
