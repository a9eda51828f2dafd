/** The picture as SVG: in the page, where the loss of a zone can be chosen, and as a file of its own. */
import { readFileSync } from "node:fs";
import path from "node:path";
import type { Subnet } from "../../plan/sections/network";
import { type Content, html, Markup } from "../html";
import { type CellBox, type Line, PAD, SIZES } from "./cards";
import { type Layout, layout, type PlacedCard, type PlacedLink, type Point } from "./layout";
import { fit, lines, textWidth } from "./text";
import { type Card, COLUMNS, type ZoneLoss, type Picture, type Row } from "./types";
import { zoneLetter } from "./zones";

const STYLE = path.join(__dirname, "../style");
export const style = (file: string) => readFileSync(path.join(STYLE, file), "utf8");

const EDGE = 16;
const HEADER = 46;
/** Within the VPC's frame: its name. Within a band: its name and notes, before the first card. */
const VPC_HEAD = 26;
const BAND_PAD = 14;
const CHIP = { height: 18, gap: 5 };

const BANDS = [
    { kind: "public", columns: [1, 1], title: "Public subnets", note: "reached from the internet" },
    {
        kind: "private",
        columns: [2, 3],
        title: "Private subnets",
        note: "",
    },
    { kind: "isolated", columns: [4, 4], title: "Isolated subnets", note: "the data; no way in or out" },
] as const;

interface Frame {
    readonly picture: Picture;
    readonly placed: Layout;
    /** The cards' origin. */
    readonly top: number;
    readonly left: number;
    readonly bandTop: number;
    readonly width: number;
    readonly bottom: number;
}

/** `losses`: with what becomes of each part when a zone is lost, for the page to show. */
export function svg(picture: Picture, { losses }: { losses: boolean }): Markup {
    const placed = layout(picture);
    const chips = Math.max(...BANDS.map((band) => chipsOf(band, picture, placed, 0, 0).rows));
    const notes = BANDS.map((band) => wrapped(band, picture, placed).length);
    const head = 26 + Math.max(...notes) * 15 + chips * (CHIP.height + CHIP.gap) + 16;
    const bandTop = EDGE + HEADER + VPC_HEAD;
    const frame = { picture, placed, top: bandTop + head, left: EDGE, bandTop };
    const last = placed.columns.at(-1)!;
    const width = EDGE + last.x + last.width + BAND_PAD + 12 + EDGE;
    const bottom = frame.top + placed.height + BAND_PAD + 8;
    const below = regional(picture, { ...frame, width, bottom });
    const full: Frame = { ...frame, width, bottom };
    const height = below.end + 42;
    const view = [width, height].map(Math.ceil);
    return html`<svg
        class="platform"
        style="--natural: ${view[0]!}px"
        xmlns="http://www.w3.org/2000/svg"
        viewBox="0 0 ${view.join(" ")}"
        width="${view[0]!}"
        height="${view[1]!}"
        role="img"
        aria-labelledby="drawn-title drawn-text"
    >
        <title id="drawn-title">The platform: ${picture.title}</title>
        <desc id="drawn-text">${inWords(picture)}</desc>
        ${
            losses
                ? ""
                : html`<style>
                      ${new Markup(style("tokens.css") + style("picture.css"))}
                  </style>`
        }
        <rect class="ground" width="${view[0]!}" height="${view[1]!}" />
        <text class="heading" x="${EDGE}" y="34">${picture.title}</text>
        <text class="quiet" x="${EDGE + textWidth(picture.title, 18, true) + 16}" y="34">
            region ${picture.region}, zones ${picture.zones.join(", ")}
        </text>
        ${below.markup} ${bands(full)}
        <g transform="translate(${EDGE} ${full.top})">
            ${placed.links.map(link)} ${placed.cards.map((card) => drawn(card, picture, losses))} ${wayOut(full)}
        </g>
        ${legend(full, below.end + 14)}
    </svg>`;
}

type Band = (typeof BANDS)[number];

const extent = ({ columns: [first, last] }: Band, { columns }: Layout) => {
    const [from, to] = [columns[first]!, columns[last]!];
    return { x: EDGE + from.x - BAND_PAD, width: to.x + to.width - from.x + 2 * BAND_PAD };
};

const wrapped = (band: Band, picture: Picture, placed: Layout) =>
    lines(noteOf(band, picture), extent(band, placed).width - 2 * PAD, SIZES.text);

/** The way out is as the routes have it. */
function noteOf({ kind, note }: Band, { cards, subnets }: Picture): string {
    if (kind !== "private") return note;
    const out =
        subnets.some((subnet) => subnet.kind === "private" && subnet.wayOut) &&
        cards.some((card) => card.kind === "gateway");
    return `no public address; the way in is a load balancer, ${out ? "the way out a NAT gateway" : "and there is no way out"}`;
}

function bands(frame: Frame): Content {
    const { picture, placed, bandTop, bottom, width } = frame;
    const x = extent(BANDS[0], placed).x - 12;
    return [
        html`<rect
                class="vpc"
                x="${x}"
                y="${EDGE + HEADER}"
                width="${width - x - EDGE + 4}"
                height="${bottom + 12 - EDGE - HEADER}"
                rx="10"
            />
            <text class="quiet" x="${x + 14}" y="${EDGE + HEADER + 18}"
                >The network (VPC)${picture.cidr ? `, ${picture.cidr}` : ""}</text
            >`,
        BANDS.map((band) => {
            const { x: left, width: wide } = extent(band, placed);
            const note = wrapped(band, picture, placed);
            const chips = chipsOf(band, picture, placed, left + PAD, bandTop + 32 + note.length * 15);
            return html`<g
                ><rect
                    class="band ${band.kind}"
                    x="${left}"
                    y="${bandTop}"
                    width="${wide}"
                    height="${bottom - bandTop}"
                    rx="8"
                />
                <text class="title ${band.kind}" x="${left + PAD}" y="${bandTop + 22}">${band.title}</text>
                ${note.map((text, i) => html`<text class="quiet" x="${left + PAD}" y="${bandTop + 39 + i * 15}">${text}</text>`)}
                ${chips.markup}</g
            > `;
        }),
    ];
}

/** A chip for each zone's subnet. */
function chipsOf(band: Band, picture: Picture, placed: Layout, x: number, y: number) {
    const room = extent(band, placed).width - 2 * PAD;
    const own = picture.subnets.filter(({ kind }) => kind === band.kind);
    let [at, rows] = [0, own.length > 0 ? 1 : 0];
    const markup = own.map((subnet: Subnet) => {
        const letter = zoneLetter(subnet.zone, picture.region);
        const zone = picture.zones.indexOf(letter);
        const wide = textWidth(letter, SIZES.small, true) + textWidth(subnet.cidr, SIZES.small) + 20;
        if (at > 0 && at + wide > room) [at, rows] = [0, rows + 1];
        const [left, top] = [x + at, y + (rows - 1) * (CHIP.height + CHIP.gap)];
        at += wide + CHIP.gap;
        return html`<g class="chip"
            ><rect class="cell z${zone}" x="${left}" y="${top}" width="${wide}" height="${CHIP.height}" rx="4" />
            <text class="small letter" x="${left + 6}" y="${top + 13}">${letter}</text
            ><text class="small" x="${left + 12 + textWidth(letter, SIZES.small, true)}" y="${top + 13}"
                >${subnet.cidr}</text
            ></g
        >`;
    });
    return { markup, rows };
}

/** What the tasks call outside goes from their subnets to the NAT gateway. */
function wayOut({ placed }: Frame): Content {
    const nat = placed.cards.find(({ card }) => card.kind === "gateway");
    if (!nat) return undefined;
    const [from, to] = [extent(BANDS[1], placed).x - EDGE, nat.x + nat.width];
    const y = nat.y + nat.height / 2;
    return html`<g class="link out"
        ><title>What the tasks in the private subnets call outside</title
        ><path d="M${from} ${y}H${to + 9}" />${arrow([to, y], -1)}</g
    >`;
}

function link({ link: { kind, label, title }, points, label: at }: PlacedLink): Markup {
    const end = points.at(-1)!;
    const before = points.at(-2)!;
    const direction = end[0] >= before[0] ? 1 : -1;
    const short = [...points.slice(0, -1), [end[0] - 9 * direction, end[1]] as const];
    return html`<g class="link ${kind}"
        ><title>${title}</title><path d="${rounded(short)}" />${arrow(end, direction)}${
            at && html`<text class="small" x="${round(at.x)}" y="${round(at.y)}" text-anchor="end">${label}</text>`
        }</g
    > `;
}

const arrow = ([x, y]: Point, direction: number) =>
    html`<polygon
        points="${round(x)},${round(y)} ${round(x - 9 * direction)},${round(y - 4.5)} ${round(x - 9 * direction)},${round(y + 4.5)}"
    />`;

const round = (n: number) => Math.round(n * 10) / 10;

const RADIUS = 6;

/** A way of horizontal and vertical pieces, its corners rounded. */
function rounded(points: readonly Point[]): string {
    const kept = points.filter(([x, y], i) => i === 0 || x !== points[i - 1]![0] || y !== points[i - 1]![1]);
    let path = `M${round(kept[0]![0])} ${round(kept[0]![1])}`;
    for (let i = 1; i < kept.length; i++) {
        const [a, b, c] = [kept[i - 1]!, kept[i]!, kept[i + 1]];
        if (!c) path += `L${round(b[0])} ${round(b[1])}`;
        else {
            const r = Math.min(RADIUS, distance(a, b) / 2, distance(b, c) / 2);
            const [before, after] = [towards(b, a, r), towards(b, c, r)];
            path += `L${round(before[0])} ${round(before[1])}Q${round(b[0])} ${round(b[1])} ${round(after[0])} ${round(after[1])}`;
        }
    }
    return path;
}

const distance = (a: Point, b: Point) => Math.abs(a[0] - b[0]) + Math.abs(a[1] - b[1]);
const towards = (from: Point, to: Point, by: number): Point => {
    const whole = distance(from, to) || 1;
    return [from[0] + ((to[0] - from[0]) * by) / whole, from[1] + ((to[1] - from[1]) * by) / whole];
};

function drawn({ card, shape, x, y, width, height }: PlacedCard, picture: Picture, losses: boolean): Markup {
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

function text({ y, text: said, style: kind, right, warns, row, full }: Line, width: number, losses: boolean): Content {
    const x = right ? width - PAD : PAD;
    const anchor = right && html` text-anchor="end"`;
    const changing = row !== undefined && row.fates.length > 0 && losses;
    const now = html`<text
        class="${kind === "text" ? "quiet" : kind}${warns ? " warns" : ""}${changing ? " now" : ""}"
        x="${x}"
        y="${y}"
        ${anchor}
        >${said}${said !== full && html`<title>${full}</title>`}</text
    >`;
    if (!changing) return now;
    const room = (width - 2 * PAD) * (right ? 0.62 : 1);
    const fates = row.fates.map(({ short, state }, zone) => {
        const what = state === "whole" ? said : short;
        return html`<text class="fate ${wordOf(state)} lost lost-${zone}" x="${x}" y="${y}" ${anchor}
            >${fit(what, room, SIZES.text, true)}</text
        >`;
    });
    return [now, fates];
}

const wordOf = (state: ZoneLoss["state"]) => (state === "may be down" ? "may" : state);

function cells(all: readonly CellBox[], picture: Picture, losses: boolean): Content {
    const rows = new Map<Row, CellBox[]>();
    for (const box of all) rows.set(box.row, [...(rows.get(box.row) ?? []), box]);
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

/** Where AWS chooses the zone: a box for each of what there is. */
function anywhere(what: readonly string[], boxes: readonly CellBox[]): Content {
    const [first, last] = [boxes[0]!, boxes.at(-1)!];
    const [gap, whole] = [4, last.x + last.width - first.x];
    const wide = (whole - gap * (what.length - 1)) / what.length;
    return what.map((said, i) => {
        const x = first.x + i * (wide + gap);
        return html`<rect
                class="cell ${i === 0 ? "placed" : "anywhere"}"
                x="${round(x)}"
                y="${first.y}"
                width="${round(wide)}"
                height="${first.height}"
                rx="4"
            /><text class="small" x="${round(x + wide / 2)}" y="${first.y + 15}" text-anchor="middle"
                >${fit(said, wide - 6, SIZES.small)}</text
            >`;
    });
}

const RINGS: Readonly<Partial<Record<ZoneLoss["state"], string>>> = {
    down: "down",
    "may be down": "may",
    waits: "waits",
};

function ring(rows: readonly Row[], zone: number, width: number, height: number): Content {
    const states = rows.flatMap(({ fates }) => fates[zone]?.state ?? []);
    const worst = (["down", "may be down", "waits"] as const).find((state) => states.includes(state));
    if (!worst) return undefined;
    return html`<rect
        class="ring ${RINGS[worst]!} lost lost-${zone}"
        x="-3"
        y="-3"
        width="${width + 6}"
        height="${round(height + 6)}"
        rx="10"
    />`;
}

/** What no zone can take away. */
function regional({ regional: all, region }: Picture, { width, bottom, placed }: Omit<Frame, "below">) {
    const start = extent(BANDS[0], placed).x - 12;
    let [x, y] = [start, bottom + 44];
    const markup = all.map(({ title, detail }) => {
        const wide = Math.max(textWidth(title, SIZES.text, true), textWidth(detail, SIZES.small)) + 2 * PAD;
        if (x > start && x + wide > width - EDGE) [x, y] = [start, y + 54];
        const left = x;
        x += wide + 10;
        return html`<g class="node"
            ><rect class="card" x="${round(left)}" y="${y}" width="${round(wide)}" height="44" rx="7" /><text
                class="letter"
                x="${round(left + PAD)}"
                y="${y + 19}"
                >${title}</text
            ><text class="small" x="${round(left + PAD)}" y="${y + 35}">${detail}</text></g
        > `;
    });
    const head = html`<text class="quiet" x="${start}" y="${bottom + 34}"
        >Kept by ${region} as a whole: no zone takes it away</text
    >`;
    return { markup: [head, markup], end: y + 44 };
}

const MEANINGS = [
    ["internet", "from the internet"],
    ["network", "from networks that are named"],
    ["data", "to the data"],
    ["out", "out"],
] as const;

function legend({ placed }: Frame, y: number): Content {
    let x = extent(BANDS[0], placed).x - 12;
    return MEANINGS.map(([kind, meaning]) => {
        const left = x;
        x += 34 + textWidth(meaning, SIZES.small) + 22;
        return html`<g class="link ${kind}"
            ><path d="M${round(left)} ${y}h20" />${arrow([left + 28, y], 1)}<text
                class="small"
                x="${round(left + 34)}"
                y="${y + 4}"
                >${meaning}</text
            ></g
        >`;
    });
}

/** For those who cannot see it, and as what appears under a pointer. */
function cardInWords({ title, detail, rows, notes, public: open }: Picture["cards"][number]): string {
    return [
        `${title}: ${detail}${open ? ", public" : ""}`,
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

function inWords({ cards, links, zones, region }: Picture): string {
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
