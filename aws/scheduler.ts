/** EventBridge Scheduler. */
import { PART, type ResourceTypes } from "./resource-type";
import { PLAIN } from "./simulated";
import { DOTTED, filled, READABLE, upTo } from "./texts";

const READS = ["scheduler:GetSchedule", "scheduler:GetScheduleGroup", "scheduler:ListTagsForResource"];

export const SCHEDULER = {
    "aws:scheduler/schedule:Schedule": {
        ...PART,
        simulated: PLAIN,
        cost: { use: () => "runs of scheduled tasks" },
        picture: { line: { title: "Schedules", one: "schedule" } },
        texts: { name: filled(DOTTED), groupName: filled(DOTTED), description: upTo(512, READABLE) },
        laptop: "left out", // the user runs scheduled tasks by hand
        reads: READS,
        writes: ["scheduler:CreateSchedule", "scheduler:UpdateSchedule", "scheduler:DeleteSchedule"],
    },
    "aws:scheduler/scheduleGroup:ScheduleGroup": {
        ...PART,
        simulated: PLAIN,
        texts: { name: filled(DOTTED) },
        laptop: "left out",
        reads: READS,
        writes: [
            "scheduler:CreateScheduleGroup",
            "scheduler:DeleteScheduleGroup",
            "scheduler:TagResource",
            "scheduler:UntagResource",
        ],
    },
} satisfies ResourceTypes;
