/** Draws the cards of the picture. */
import { add } from "../../plan/grouping";
import { type Content, html, type Markup } from "../html";
import { type CellBox, type Line, PAD, SIZES } from "./cards";
import { cardInWords } from "./description";
import type { Layout } from "./layout";
import { fit, round, textWidth } from "./text";
import type { Card, Picture, Row, ZoneLoss } from "./types";

type PlacedCard = Layout["cards"][number];

/** `losses`: with the effects of a lost zone. */
export function cardSvg({ card, shape, x, y, width, height }: PlacedCard, picture: Picture, losses: boolean): Markup {
    return html`<g class="node" data-card="${card.id}" transform="translate(${round(x)} ${round(y)})"
        ><title>${cardInWords(card)}</title>
        ${losses && picture.zones.map((_, zone) => ring(card.rows, zone, width, height))}
        <rect
            class="card ${card.kind.replace(" ", "-")}${card.public ? " public" : ""}"
            width="${width}"
            height="${round(height)}"
            rx="${card.kind === "database" ? 14 : 7}"
        />${icon(card.kind, width)} ${tabs(shape.tabs, width)}
        ${shape.cells.length > 0 && cells(shape.cells, picture, losses)}
        ${shape.lines.map((line) => text(line, width, losses))}
    </g> `;
}

function icon(kind: Card["kind"], width: number): Content {
    const at = `translate(${width - PAD - 18} 11)`;
    if (kind === "database") {
        return html`<path
            class="icon data"
            transform="${at}"
            d="M1 4v10c0 2 3 3.5 8 3.5s8-1.500 8-3.500v-10M1 4c0 2 3 3.500 8 3.500s8-1.500 8-3.500-3-3.500-8-3.500-8 1.500-8 3.500zM1 9c0 2 3 3.500 8 3.500s8-1.500 8-3.500"
        />`;
    }
    if (kind !== "internet") return undefined;
    return html`<path
        class="icon internet"
        transform="${at}"
        d="M9 .5a8.500 8.500 0 1 0 0 17a8.500 8.500 0 1 0 0-17zM.5 9h17M9 .5c-5 5-5 12 0 17c5-5 5-12 0-17"
    />`;
}

function tabs(all: PlacedCard["shape"]["tabs"], width: number): Content {
    return all.map(({ text: label, kind }) => {
        const wide = textWidth(label, SIZES.small, true) + 14;
        const x = kind === "public" ? 10 : width - wide - 10;
        return html`<rect class="tab ${kind}" x="${round(x)}" y="-9" width="${round(wide)}" height="17" rx="8.5" /><text
                class="small tab ${kind}"
                x="${round(x + wide / 2)}"
                y="3.5"
                text-anchor="middle"
                >${label}</text
            >`;
    });
}

function text({ y, text: shown, style: kind, right, warns, row, full }: Line, width: number, losses: boolean): Content {
    const x = right ? width - PAD : PAD;
    const anchor = right && html` text-anchor="end"`;
    const changing = row !== undefined && row.losses.length > 0 && losses;
    const now = html`<text
        class="${kind === "text" ? "quiet" : kind}${warns ? " warns" : ""}${changing ? " now" : ""}"
        x="${x}"
        y="${y}"
        ${anchor}
        >${shown}${shown !== full && html`<title>${full}</title>`}</text
    >`;
    if (!changing) return now;
    const room = (width - 2 * PAD) * (right ? 0.62 : 1);
    const effects = row.losses.map(({ short, state }, zone) => {
        const what = state === "whole" ? shown : short;
        return html`<text class="fate ${classOf(state)} lost lost-${zone}" x="${x}" y="${y}" ${anchor}
            >${fit(what, room, SIZES.text, true)}</text
        >`;
    });
    return [now, effects];
}

/** The CSS class of an effect. */
const classOf = (state: ZoneLoss["state"]) => (state === "may be down" ? "may" : state);

function cells(all: readonly CellBox[], picture: Picture, losses: boolean): Content {
    const rows = new Map<Row, CellBox[]>();
    for (const box of all) add(rows, box.row, box);
    return [...rows].map(([row, boxes]) => {
        if (row.anywhere) return anywhere(row.anywhere, boxes);
        return boxes.map(({ x, y, width, height, zone }) => {
            const what = row.cells[zone];
            const letter = picture.zones[zone]!;
            const place = html`x="${round(x)}" y="${y}" width="${round(width)}" height="${height}" rx="4"`;
            if (what === undefined) return html`<rect class="cell none" ${place} />`;
            const shown = fit(`${letter} ${what}`.trimEnd(), width - 6, SIZES.small, true).slice(letter.length);
            return html`<rect class="cell z${zone}" ${place} /><text
                    class="small"
                    x="${round(x + width / 2)}"
                    y="${y + 15}"
                    text-anchor="middle"
                    ><tspan class="letter">${letter}</tspan>${shown}</text
                >${
                    losses &&
                    html`<path
                        class="cross lost lost-${zone}"
                        d="M${round(x + 2)} ${y + 2}L${round(x + width - 2)} ${y + height - 2}M${round(x + width - 2)} ${y + 2}L${round(x + 2)} ${y + height - 2}"
                    />`
                }`;
        });
    });
}

/** The boxes of a part for which AWS chooses the zone. */
function anywhere(what: readonly string[], boxes: readonly CellBox[]): Content {
    const [first, last] = [boxes[0]!, boxes.at(-1)!];
    const [gap, whole] = [4, last.x + last.width - first.x];
    const wide = (whole - gap * (what.length - 1)) / what.length;
    return what.map((label, i) => {
        const x = first.x + i * (wide + gap);
        return html`<rect
                class="cell ${i === 0 ? "placed" : "anywhere"}"
                x="${round(x)}"
                y="${first.y}"
                width="${round(wide)}"
                height="${first.height}"
                rx="4"
            /><text class="small" x="${round(x + wide / 2)}" y="${first.y + 15}" text-anchor="middle"
                >${fit(label, wide - 6, SIZES.small)}</text
            >`;
    });
}

/** The frame around a card with a part that is down. */
function ring(rows: readonly Row[], zone: number, width: number, height: number): Content {
    const states = rows.flatMap(({ losses }) => losses[zone]?.state ?? []);
    const worst = (["down", "may be down", "waits"] as const).find((state) => states.includes(state));
    if (!worst) return undefined;
    return html`<rect
        class="ring ${classOf(worst)} lost lost-${zone}"
        x="-3"
        y="-3"
        width="${width + 6}"
        height="${round(height + 6)}"
        rx="10"
    />`;
}
