/** What a stack costs with off hours: its tasks, instances of databases and machines are not paid for while they are stopped. */
import type { OffHoursArgs } from "../../../components/off-hours";
import type { Inventory } from "../inventory";
import type { Choice } from "./cost-choices";

export type Hours = OffHoursArgs["hours"];

/** The least cost of a month, and the part of it that off hours stop. */
export interface Month {
    readonly min: number;
    readonly stops: number;
}

/** What a stack could have that has none. */
export const USUAL_HOURS: Hours = { off: "19:00", on: "07:00", days: ["mon", "tue", "wed", "thu", "fri"], zone: "UTC" };

const WEEK = 168;
const DAY = 24;

/** The off hours of a stack; undefined where it has none. */
export const hoursOf = (inventory: Inventory): Hours | undefined =>
    inventory.ofType("identity:index:OffHours")[0]?.inputs.hours as Hours | undefined;

/** It sleeps on every day, so each day that it wakes ends at the next `off`. */
export function awakeHours({ off, on, days }: Pick<Hours, "off" | "on" | "days">): number {
    const hour = (time: string) => {
        const [hours, minutes] = time.split(":").map(Number) as [number, number];
        return hours + minutes / 60;
    };
    return ((hour(off) - hour(on) + DAY) % DAY) * days.length;
}

export const monthWith = ({ min, stops }: Month, hours: Hours): number =>
    min - stops + (stops * awakeHours(hours)) / WEEK;

export const offHoursCost = (month: Month, hours: Hours) => ({
    hours,
    /** Of the 168 hours of a week. */
    awakeHours: awakeHours(hours),
    /** A month with these hours, and one without an hour awake. With the minimum tasks of autoscaled services. */
    month: monthWith(month, hours),
    asleep: month.min - month.stops,
});

export function offHoursChoice(month: Month, hours: Hours | undefined): Choice[] {
    if (hours || month.stops === 0) return [];
    const { on, off } = USUAL_HOURS;
    const option = {
        name: `awake ${on} to ${off}, mon-fri`,
        change: monthWith(month, USUAL_HOURS) - month.min,
        key: `schedule: { off: "${off}", on: "${on}" }`,
        note: "nobody is answered at night and on days off",
    };
    return [{ what: "hours", now: "day and night", options: [option] }];
}
