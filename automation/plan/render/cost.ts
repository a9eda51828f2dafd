import type { Amount, ComponentCost, CostView } from "../sections/cost";
import { type Layout, paragraph, table } from "../text";

/** `89`, or a range: `89–134`. */
export function amount({ min, max }: Amount): string {
    const [least, most] = [money(min), money(max)];
    return least === most ? least : `${least}–${most}`;
}

/** Whole dollars; cents where it is less than ten. */
const money = (value: number) => (value < 9.995 ? value.toFixed(2) : value.toFixed(0));

/** `+12`, `−31`. */
export const signed = (value: number) => `${value < 0 ? "−" : "+"}${money(Math.abs(value))}`;

export function renderCost(cost: CostView, layout: Layout): string[] {
    const { bold, dim, width } = layout;
    const { components, currency, prices, choices, estimated, unpriced, leftOut } = cost;
    const rows = [
        ["component", currency, "what"],
        ...components.map((component) => [component.name, amount(component), items(component)]),
        ["in all", amount(cost), "a month, before any traffic"],
    ];
    const options = choices.flatMap(({ what, now, options: others }) => [
        `    ${what}: ${now}`,
        ...table(
            others.map(({ name, change, key, note }) => [
                signed(change),
                `${name}${key ? ` (${key})` : ""}${note ? `: ${note}` : ""}`,
            ]),
            6,
            [],
            width,
        ),
    ]);
    return [
        ...table(rows, 2, [undefined, bold, dim], width),
        ...paragraph(`Prices of ${prices.region}: ${prices.source}; ${prices.of}.`, layout, dim),
        ...(estimated.length > 0 ? paragraph(`Estimated: ${estimated.join("; ")}.`, layout, dim) : []),
        ...(unpriced.length > 0
            ? paragraph(`NOT in the sum, their prices are unknown: ${unpriced.join(", ")}.`, layout)
            : []),
        ...paragraph(`Not in the sum, since it depends on use: ${leftOut.join("; ")}.`, layout, dim),
        ...(options.length > 0 ? ["  What another choice would change a month", ...options] : []),
    ];
}

export const items = ({ items: all }: ComponentCost) =>
    all
        .map(({ what, min, max }) => {
            const count = min === max ? String(min) : `${min}–${max}`;
            if (what.startsWith("GiB")) return `${count} ${what}`;
            return count === "1" ? what : `${count} × ${what}`;
        })
        .join(", ");
