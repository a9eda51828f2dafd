/** The picture in words, for screen readers and tooltips. */
import { COLUMNS, type Picture } from "./types";

export function cardInWords({ title, detail, rows, notes, public: isPublic }: Picture["cards"][number]): string {
    return [
        `${title}: ${detail}${isPublic ? ", public" : ""}`,
        ...rows.map((row) =>
            [
                row.name === title ? undefined : row.name,
                row.amount,
                row.anywhere?.join(" and "),
                row.once && "one zone only",
            ]
                .filter(Boolean)
                .join(", "),
        ),
        ...notes,
    ]
        .filter(Boolean)
        .join("\n");
}

export function inWords({ cards, links, zones, region }: Picture): string {
    const titles = new Map(cards.map(({ id, title }) => [id, title]));
    return [
        `In ${region}, zones ${zones.join(", ")}.`,
        ...COLUMNS.slice(1).flatMap((column) =>
            cards
                .filter((card) => card.column === column)
                .map((card) => `${cardInWords(card).replaceAll("\n", "; ")}.`),
        ),
        ...links.map(({ from, to, label }) => `${titles.get(from)} to ${titles.get(to)}: ${label}.`),
    ].join(" ");
}
