import { minutesText, SHOWN } from "../../plan/render/time";
import type { Step } from "../../plan/sections/time";
import { html, Markup } from "../html";
import type { MakeSection } from "../report";

/** Sizes in the drawing's own units. */
const ROW = 24;
const LABEL = 300;
const BARS = 560;
const WIDTH = LABEL + BARS + 70;

/** A bar for each step of the longest chain, and for the other slow resources. */
export const timeSection: MakeSection = ({ model: { time } }) => {
    const { minutes, chain, beside } = time;
    if (chain.length === 0) return undefined;
    const steps = [
        ...chain.filter(({ start, end }) => end - start >= SHOWN).map((step) => ({ step, kind: "chain" })),
        ...beside.map((step) => ({ step, kind: "beside" })),
    ];
    const at = (minute: number) => LABEL + (minute / minutes) * BARS;
    const bar = ({ step, kind }: { step: Step; kind: string }, i: number) =>
        html`<g class="${kind}">
            <text x="0" y="${i * ROW + 16}">${step.name} <tspan class="quiet">${step.type}</tspan></text>
            <rect
                x="${at(step.start).toFixed(1)}"
                y="${i * ROW + 4}"
                width="${Math.max(3, at(step.end) - at(step.start)).toFixed(1)}"
                height="${ROW - 8}"
                rx="3"
            />
            <text class="quiet" x="${(at(step.end) + 6).toFixed(1)}" y="${i * ROW + 16}">
                ${minutesText(step.end - step.start)}
            </text>
        </g>`;
    const height = steps.length * ROW;
    return {
        id: "time",
        title: "The first up",
        body: html`<p>
                About <b>${Math.round(minutes)} minutes</b>: the longest chain of what waits for one another, in the
                darker bars; the rest goes on beside it. By typical times, which scatter by a factor of two.
            </p>
            <div class="scroll" role="region" aria-label="The first up, as bars" tabindex="0">
                <svg
                    class="bars"
                    viewBox="0 0 ${WIDTH} ${height}"
                    width="${WIDTH}"
                    height="${height}"
                    role="img"
                    aria-label="The longest chain: ${chainText(chain)}"
                >
                    ${new Markup(steps.map((step, i) => bar(step, i).text).join(""))}
                </svg>
            </div>`,
    };
};

const chainText = (chain: readonly Step[]) =>
    chain
        .filter(({ start, end }) => end - start >= SHOWN)
        .map(({ name, type, start, end }) => `${name} (${type}), ${minutesText(end - start)}`)
        .join(", then ");
