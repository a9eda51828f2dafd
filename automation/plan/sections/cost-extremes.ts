/** The cheapest and the safest of all choices together, for what a stack has. */
import type { Choice } from "./cost-choices";
import { type Hours, type Month, monthWith } from "./cost-off-hours";

/** `hours`: the off hours of the cheapest; undefined where the stack may not sleep. The choices are of different parts of the bill, so that they add up. */
export function extremes(month: Month, choices: readonly Choice[], hours: Hours | undefined) {
    const at = (side: "cheapest" | "safest") => {
        const sided = choices.filter(({ options }) => options.some((option) => option.side !== undefined));
        const chosen = sided.map(({ what, now, options }) => {
            const option = options.find((candidate) => candidate.side === side);
            return { option, text: `${what} ${option ? `${option.name} (${option.key})` : now}` };
        });
        const changed = chosen.reduce<Month>(
            (sum, { option }) => ({
                min: sum.min + (option?.change ?? 0),
                stops: sum.stops + (option?.stops ?? 0),
            }),
            month,
        );
        return { changed, settings: chosen.map(({ text }) => text) };
    };
    const [cheapest, safest] = [at("cheapest"), at("safest")];
    const sleeps = hours !== undefined && cheapest.changed.stops > 0;
    return {
        // The least cost of a month, and what is chosen: what the stack has already, and what it would change, with the key.
        cheapest: {
            month: sleeps ? monthWith(cheapest.changed, hours) : cheapest.changed.min,
            settings: [
                ...cheapest.settings,
                ...(sleeps
                    ? [`asleep from ${hours.off} to ${hours.on} and on other days than ${hours.days.join(", ")}`]
                    : []),
            ],
        },
        safest: { month: safest.changed.min, settings: safest.settings },
    };
}
