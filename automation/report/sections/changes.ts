import { type Changed, isEmpty, type Named, type Property } from "../../plan/changes";
import type { Comparison, Words } from "../../plan/earlier";
import { badge, code, folded, table } from "../elements";
import { type Content, html } from "../html";
import type { MakeSection } from "../report";

/** The changes against the last plan, and against another stack. */
export const changesSection: MakeSection = ({ comparisons }) => {
    if (comparisons.length === 0) return undefined;
    return {
        id: "changes",
        title: "What has changed",
        body: html`${comparisons.map(compared)}`,
    };
};

const upperFirst = (text: string) => text[0]!.toUpperCase() + text.slice(1);

function compared({ with: what, changes, words }: Comparison): Content {
    if (isEmpty(changes))
        return html`<h3>Against ${what}</h3>
            <p>Nothing.</p>`;
    const { added, changed, gone } = changes;
    const [revised, updated] = (["revised", "updated"] as const).map((how) =>
        changed.filter((change) => change.how === how),
    );
    const counts = [
        [added, words.added, "good"],
        [updated, words.updated, "warn"],
        [revised, words.revised, "plain"],
        [gone, words.gone, "down"],
    ] as const;
    return html`<h3>Against ${what}</h3>
        <p>${counts.map(([all, word, kind]) => all!.length > 0 && html`${badge(`${all!.length} ${word}`, kind)} `)}</p>
        ${[updated, revised].map((all) => all!.length > 0 && list(all!, what, words))}
        ${names(words.added, added)}${names(words.gone, gone)}`;
}

const MANY = 40;

function list(all: readonly Changed[], what: string, words: Words): Content {
    const how = upperFirst(words[all[0]!.how]);
    const rows = all.flatMap((changed) =>
        changed.properties.map(({ path, before, after }: Property, i) => [
            i === 0 ? label(changed) : "",
            code(path),
            value(before),
            value(after),
        ]),
    );
    const heads = ["resource", "property", "before", "after"];
    const body = table({ caption: `${how} against ${what}`, heads, rows });
    return rows.length > MANY
        ? folded(`${how}: ${all.length} resources, ${rows.length} properties`, body)
        : html`<h4>${how}</h4>
              ${body}`;
}

const label = ({ type, name, within }: Named) =>
    html`${name}<br /><span class="quiet">${type}${within && within !== name && ` in ${within}`}</span>`;

const LONG = 160;

/** A long value is folded. */
function value(text: string | undefined): Content {
    if (text === undefined) return html`<span class="quiet">none</span>`;
    if (text === "") return html`<span class="quiet">empty</span>`;
    return text.length > LONG ? folded(code(`${text.slice(0, LONG)}…`), code(text)) : code(text);
}

function names(word: string, all: readonly Named[]): Content {
    if (all.length === 0) return undefined;
    const title = upperFirst(word);
    const rows = all.map(({ name, type, within }) => [name, type, within ?? ""]);
    const body = table({ caption: title, heads: ["name", "type", "in"], rows });
    return rows.length > MANY
        ? folded(`${title}: ${rows.length}`, body)
        : html`<h4>${title}</h4>
              ${body}`;
}
