/** What a stack costs a month, and what another choice would change. */
import type { Plan } from "../model";
import type { Amount, ComponentCost, CostView } from "../sections/cost";
import { type Block, marked, quiet, tableOf } from "./blocks";

/** `89`, or a range: `89–134`. */
export function amount({ min, max }: Amount): string {
    const [least, most] = [money(min), money(max)];
    return least === most ? least : `${least}–${most}`;
}

/** Whole dollars; cents where it is less than ten. */
const money = (value: number) => (value < 9.995 ? value.toFixed(2) : value.toFixed(0));

/** `+12`, `−31`. */
const signed = (value: number) => `${value < 0 ? "−" : "+"}${money(Math.abs(value))}`;

export function costTables({ cost }: Pick<Plan, "cost">): Block[] {
    const { components, services, currency, prices, choices, estimated, unpriced, leftOut, offHours, extremes } = cost;
    const rows = [
        ...components.map((component) => [component.name, amount(component), items(component)]),
        ["in all", marked("strong", amount(cost)), "a month, before any traffic"],
    ];
    const options = choices.flatMap(({ what, now, options: others }) =>
        others.map(({ name, change, key, note }) => [
            what,
            now,
            signed(change),
            `${name}${key ? ` (${key})` : ""}${note ? `: ${note}` : ""}`,
        ]),
    );
    return [
        ...tableOf("Cost by component", ["component", currency, "what"], rows),
        { paragraph: `By AWS service: ${services.map((service) => `${service.name} ${amount(service)}`).join(", ")}.` },
        ...(offHours ? [{ paragraph: offHoursText(offHours, currency) }] : []),
        { paragraph: sideText("Cheapest", extremes.cheapest, currency) },
        { paragraph: sideText("Safest", extremes.safest, currency) },
        { paragraph: quiet(`Prices of ${prices.region}: ${prices.source}; ${prices.of}.`) },
        ...(estimated.length > 0 ? [{ paragraph: quiet(`Estimated: ${estimated.join("; ")}.`) }] : []),
        ...(unpriced.length > 0
            ? [{ paragraph: `NOT in the sum, their prices are unknown: ${unpriced.join(", ")}.` }]
            : []),
        { paragraph: quiet(`Not in the sum, since it depends on use: ${leftOut.join("; ")}.`) },
        ...(options.length > 0
            ? [
                  { heading: "What another choice would change a month" },
                  ...tableOf("Choices", ["choice", "now", currency, "instead"], options),
              ]
            : []),
    ];
}

/** `Awake 60 of 168 hours a week (…): 95 USD a month. Asleep all the time: 51 USD.` */
export const offHoursText = (
    { hours, awakeHours, month, asleep }: NonNullable<CostView["offHours"]>,
    currency: string,
): string =>
    `With its off hours ${money(month)} ${currency} a month: awake ${awakeHours} of 168 hours a week ` +
    `(${hours.on} to ${hours.off}, ${hours.days.join(", ")}). Asleep all the time: ${money(asleep)} ${currency}.`;

const sideText = (name: string, { month, settings }: CostView["extremes"]["safest"], currency: string) =>
    `${name} for what the stack has, ${money(month)} ${currency} a month: ${settings.join("; ") || "as it is"}.`;

const items = ({ items: all }: ComponentCost) =>
    all
        .map(({ what, min, max }) => {
            const count = min === max ? String(min) : `${min}–${max}`;
            if (what.startsWith("GiB")) return `${count} ${what}`;
            return count === "1" ? what : `${count} × ${what}`;
        })
        .join(", ");
