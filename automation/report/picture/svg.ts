/** Draws the picture as SVG: for the page, which can show the loss of a zone, and as a file. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { type Content, html, Markup } from "../html";
import { cardSvg } from "./card-svg";
import { PAD, SIZES } from "./cards";
import { inWords } from "./description";
import { type Layout, layout, type Point } from "./layout";
import { lines, round, textWidth } from "./text";
import type { Picture } from "./types";
import { zoneLetter } from "./zones";

const STYLE = path.join(__dirname, "../style");
export const style = (file: string) => readFileSync(path.join(STYLE, file), "utf8");

const EDGE = 16;
const HEADER = 46;
/** The height of the VPC's heading. */
const VPC_HEAD = 26;
const BAND_PAD = 14;
const CHIP = { height: 18, gap: 5 };

const BANDS = [
    { kind: "public", columns: [1, 1], title: "Public subnets", note: "reached from the internet" },
    { kind: "private", columns: [2, 3], title: "Private subnets", note: "" },
    { kind: "isolated", columns: [4, 4], title: "Isolated subnets", note: "the data; no way in or out" },
] as const;

interface Frame {
    readonly picture: Picture;
    readonly placed: Layout;
    /** The origin of the cards. */
    readonly top: number;
    readonly left: number;
    readonly bandTop: number;
    readonly width: number;
    readonly bottom: number;
}

/** `losses`: with the effects of a lost zone, which the page can show. */
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
            ${placed.links.map(link)} ${placed.cards.map((card) => cardSvg(card, picture, losses))} ${wayOut(full)}
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

/** The note of a band. That of the private subnets says whether they have a route to the internet. */
function noteOf({ kind, note }: Band, { cards, subnets, existingVpc }: Picture): string {
    const has = (wanted: string) => subnets.some((subnet) => subnet.kind === wanted);
    if (existingVpc !== undefined && kind === "isolated") {
        return has("isolated") ? "the data; the subnets that are named for it" : "the data; in the private subnets";
    }
    if (kind !== "private") return note;
    if (existingVpc !== undefined)
        return "no public address; the way in is a load balancer, the way out the network's own";
    const out =
        subnets.some((subnet) => subnet.kind === "private" && subnet.wayOut) &&
        cards.some((card) => card.kind === "gateway");
    return `no public address; the way in is a load balancer, ${out ? "the way out NAT" : "and there is no way out"}`;
}

const networkTitle = ({ cidr, existingVpc }: Picture) =>
    existingVpc === undefined
        ? `The network (VPC)${cidr ? `, ${cidr}` : ""}`
        : `The network (VPC), ${existingVpc}: it exists; its zones and blocks are simulated`;

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
            <text class="quiet" x="${x + 14}" y="${EDGE + HEADER + 18}">${networkTitle(picture)}</text>`,
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

/** A label for each subnet, with its zone and CIDR block. */
function chipsOf(band: Band, picture: Picture, placed: Layout, x: number, y: number) {
    const room = extent(band, placed).width - 2 * PAD;
    const subnets = picture.subnets.filter(({ kind }) => kind === band.kind);
    let [at, rows] = [0, subnets.length > 0 ? 1 : 0];
    const markup = subnets.map((subnet) => {
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

/** The arrow from the private subnets to the NAT gateway. */
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

const arrow = ([x, y]: Point, direction: number) =>
    html`<polygon
        points="${round(x)},${round(y)} ${round(x - 9 * direction)},${round(y - 4.5)} ${round(x - 9 * direction)},${round(y + 4.5)}"
    />`;

const link = ({ link: { kind, label, title }, path, tip, direction, label: at }: Layout["links"][number]): Markup =>
    html`<g class="link ${kind}"
        ><title>${title}</title><path d="${path}" />${arrow(tip, direction)}${
            at && html`<text class="small" x="${round(at[0])}" y="${round(at[1])}" text-anchor="end">${label}</text>`
        }</g
    > `;

/** The boxes of regional services, below the zones. */
function regional({ regional: all, region }: Picture, { width, bottom, placed }: Frame) {
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
