import { amount, items, signed } from "../../plan/render/cost";
import { code, linesOf, table } from "../elements";
import { html } from "../html";
import type { MakeSection } from "../report";

export const costSection: MakeSection = ({ model: { cost } }) => ({
    id: "cost",
    title: "Cost a month",
    body: html`<p>
            <b>${amount(cost)} ${cost.currency}</b> a month, before any traffic. Prices of ${cost.prices.region}:
            ${cost.prices.source};
            ${cost.prices.of}.${cost.estimated.length > 0 && ` Estimated: ${cost.estimated.join("; ")}.`}
        </p>
        ${
            cost.unpriced.length > 0 &&
            html`<p><b>Not in the sum</b>, their prices are unknown: ${cost.unpriced.join(", ")}.</p>`
        }
        ${table({
            caption: "Cost by component",
            heads: ["component", cost.currency, "what"],
            rows: [
                ...cost.components.map((component) => [component.name, amount(component), items(component)]),
                ["in all", html`<b>${amount(cost)}</b>`, ""],
            ],
        })}
        ${
            cost.choices.length > 0 &&
            html`<h3>What another choice would change</h3>
                ${table({
                    caption: "Choices",
                    heads: ["choice", "now", `${cost.currency} a month`, "instead"],
                    rows: cost.choices.flatMap(({ what, now, options }) =>
                        options.map(({ name, change, key, note }) => [
                            ...[what, now, signed(change)],
                            linesOf([name, key && code(key), note && html`<span class="quiet">${note}</span>`]),
                        ]),
                    ),
                })}`
        }
        <p class="quiet">Not in the sum, since it depends on use: ${cost.leftOut.join("; ")}.</p>`,
});
