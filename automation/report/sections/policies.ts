import { groupBy } from "../../plan/grouping";
import { summary } from "../../plan/render/policies";
import type { PolicyView } from "../../plan/sections/policies";
import { badge, code, folded, linesOf, table } from "../elements";
import { type Content, html } from "../html";
import type { MakeSection } from "../report";

/** Violations and exceptions first; the policies that pass are folded. */
export const policiesSection: MakeSection = ({ model: { policies } }) => {
    const withFindings = policies.filter(
        ({ violations, exceptions, unused }) => violations.length + exceptions.length + unused.length > 0,
    );
    const passed = policies.filter(({ level, violations }) => level !== "off" && violations.length === 0);
    return {
        id: "policies",
        title: "Policies",
        body: html`<p>${summary(policies)}.</p>
            ${
                withFindings.length > 0 &&
                table({
                    caption: "Violations and exceptions",
                    heads: ["policy", "resources", "what is so", "what to do, or why it may be so"],
                    rows: withFindings.flatMap(rowsOf),
                })
            }${folded(
                `${passed.length} that pass`,
                table({
                    caption: "Policies that pass",
                    heads: ["policy", "asks", "here"],
                    rows: passed.map(({ name, asks, level }) => [code(name), asks, level]),
                }),
            )}`,
    };
};

function rowsOf({ name, level, violations, exceptions, unused }: PolicyView): Content[][] {
    const resources = (alike: readonly { resource: string }[]) =>
        linesOf([...new Set(alike.map(({ resource }) => resource))]);
    const first = (kind: Content) => html`${code(name)} ${kind}`;
    return [
        ...groupBy(violations, ({ what, fix }) => JSON.stringify([what, fix])).map((alike) => [
            first(badge(level, level === "mandatory" ? "down" : "warn")),
            ...[resources(alike), alike[0].what, alike[0].fix],
        ]),
        ...groupBy(exceptions, ({ what, reason }) => JSON.stringify([what, reason])).map((alike) => [
            first(badge("exception", "plain")),
            ...[resources(alike), alike[0].what, alike[0].reason],
        ]),
        ...unused.map((exception) => [
            first(badge("unused exception", "plain")),
            ...[resources([exception]), exception.reason, "nothing there needs it: take it out"],
        ]),
    ];
}
