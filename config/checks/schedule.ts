/** Off hours. */
import type { PlatformConfig } from "../defaults";
import type { Problem } from "./common";
import { timeZoneProblems } from "./time-zone";

export function checkSchedule({ schedule, production, environment }: PlatformConfig): Problem[] {
    if (schedule === undefined) return [];
    const problems = timeZoneProblems(["schedule", "zone"], schedule.zone);
    if (production) {
        problems.push({
            path: ["schedule"],
            what: `${environment} is never off: its users, and the alarms that watch for them, do not know its hours`,
            fix: "environment: dev, with what it is to have of prod said key by key; or no schedule",
            also: [["environment"]],
        });
    }
    if (schedule.off === schedule.on) {
        problems.push({
            path: ["schedule", "on"],
            what: `${schedule.on} is the time at which it falls asleep, too`,
            fix: 'two times, e.g. off: "19:00" and on: "07:00"',
        });
    }
    return problems;
}
