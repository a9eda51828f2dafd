/** Schedules as cron has them, as EventBridge Scheduler takes them (EventBridge Scheduler user guide, "Schedule types"). */

const NICKNAMES: Readonly<Record<string, string>> = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
};
const UNITS = { h: "hour", m: "minute" } as const;

/** `cron(…)` or `rate(…)`; undefined for what has no equivalent, such as a day of the month or a day of the week. */
export function schedule(text: string): string | undefined {
    const trimmed = text.trim();
    if (/^(cron|rate)\(.*\)$/.test(trimmed)) return trimmed;
    const every = /^@every\s+(?:(\d+)h)?(?:(\d+)m)?(?:0s)?$/.exec(trimmed);
    if (every) return rate(Number(every[1] ?? 0) * 60 + Number(every[2] ?? 0));
    const fields = (NICKNAMES[trimmed] ?? trimmed).split(/\s+/);
    if (fields.length !== 5) return undefined;
    const [minute, hour, day, month, weekday] = fields as [string, string, string, string, string];
    const free = (field: string) => field === "*" || field === "?";
    // Cron runs where either of the two fits; the Scheduler takes one of them alone.
    if (!free(day) && !free(weekday)) return undefined;
    const days = free(weekday) ? [stepped(free(day) ? "*" : day, 1), "?"] : ["?", dayNames(weekday)];
    if (days.includes("")) return undefined;
    return `cron(${stepped(minute, 0)} ${stepped(hour, 0)} ${days[0]} ${stepped(month, 1)} ${days[1]} *)`;
}

function rate(minutes: number): string | undefined {
    if (minutes < 1) return undefined;
    const [value, unit] = minutes % 60 === 0 ? [minutes / 60, UNITS.h] : [minutes, UNITS.m];
    return `rate(${value} ${unit}${value === 1 ? "" : "s"})`;
}

/** The Scheduler counts steps from a number. */
const stepped = (field: string, first: number) => field.replace(/^\*\//, `${first}/`);

const DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"];

/** Cron's week begins with 0, the Scheduler's with 1. */
function dayNames(field: string): string {
    if (/[/#L]/.test(field)) return "";
    return field.replaceAll(/\d/g, (digit) => DAYS[Number(digit)] ?? "").toUpperCase();
}
