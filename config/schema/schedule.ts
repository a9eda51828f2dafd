/** The hours in which a stack is asleep. */
import { z } from "zod";
import { DAYS } from "../../components/off-hours/days";
import { timeZone } from "./values";

const DAY = `(${DAYS.join("|")})`;
const DAY_OR_RANGE = `${DAY}(-${DAY})?`;

const time = (about: string) =>
    z
        .string()
        .regex(/^([01]\d|2[0-3]):[0-5]\d$/, "time of day")
        .describe(about);

export const schedule = z
    .strictObject({
        off: time('When it falls asleep, on every day: "19:00", in quotes.'),
        on: time('When it wakes: "07:00", in quotes.'),
        days: z
            .string()
            .regex(new RegExp(`^${DAY_OR_RANGE}(,${DAY_OR_RANGE})*$`), "days of the week")
            .optional()
            .describe("The days on which it wakes, as a range or a list: mon-fri, or mon,wed,fri. Default: mon-fri."),
        zone: timeZone("The zone of these times, e.g. Asia/Tokyo. Default: UTC.").optional(),
    })
    .describe(
        "Off hours: tasks, databases and machines are stopped at night and on days off, and started again. Not in prod. Default: none.",
    );
