/** The picture as Mermaid, for a README or a wiki that draws it: coarser than the SVG, and its layout is the reader's. */
import { COLUMNS, type Card, type Column, type Picture } from "./picture/types";

const GROUPS: Readonly<Partial<Record<Column, readonly [id: string, title: string]>>> = {
    public: ["public", "Public subnets"],
    entry: ["private", "Private subnets"],
    work: ["private", "Private subnets"],
    data: ["isolated", "Isolated subnets"],
};

export function mermaid({ cards, links, title }: Picture): string {
    const ids = new Map(cards.map(({ id }, i) => [id, `n${i}`]));
    const of = (column: Column) =>
        cards.filter((card) => card.column === column).map((card) => node(card, ids.get(card.id)!));
    const groups = [
        ...new Map(
            COLUMNS.flatMap((column) => (GROUPS[column] ? [[GROUPS[column][0], GROUPS[column][1]] as const] : [])),
        ),
    ];
    return [
        "---",
        `title: ${JSON.stringify(title)}`,
        "---",
        "flowchart LR",
        ...of("outside").map((line) => `    ${line}`),
        ...groups.flatMap(([id, name]) => {
            const own = COLUMNS.filter((column) => GROUPS[column]?.[0] === id).flatMap(of);
            return own.length > 0
                ? [`    subgraph ${id}["${name}"]`, ...own.map((line) => `        ${line}`), "    end"]
                : [];
        }),
        ...links.map(
            ({ from, to, label, kind }) =>
                `    ${ids.get(from)} ${kind === "out" ? "-." : "--"} "${label}" ${kind === "out" ? ".->" : "-->"} ${ids.get(to)}`,
        ),
        "",
    ].join("\n");
}

function node({ kind, title, rows, detail }: Card, id: string): string {
    const amounts = rows.filter(({ cells, amount }) => cells.length > 0 && amount !== "");
    const said = amounts.map(({ name, amount }) =>
        name === undefined || name === title ? amount : `${name}: ${amount}`,
    );
    const once = rows.some((row) => row.once) ? ["one zone only"] : [];
    const text = [title, ...(said.length > 0 ? said : [detail]), ...(rows.length === 1 ? once : [])]
        .map(quoted)
        .join("<br/>");
    return kind === "database" ? `${id}[("${text}")]` : kind === "internet" ? `${id}(("${text}"))` : `${id}["${text}"]`;
}

const quoted = (text: string) => text.replaceAll('"', "#quot;").replaceAll("<", "#lt;").replaceAll(">", "#gt;");
