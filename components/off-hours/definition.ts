/**
 * The state machine of a stack's off hours, in Amazon States Language. The input is `{"do": "sleep"}` or `{"do": "wake"}`. Everything
 * else is written here. Both may be repeated: what is stopped is left stopped, and what runs is left running.
 */
import { because, call, fail, inOrder, NEXT, type State, type States, type Step } from "../step-functions/states";
import { databases, machines } from "./databases";
import type { OffHoursPlan } from "./plan";
import { autoscaling, setTasks, untilStarted, untilStopped } from "./services";
import { inPieces, request, sideBySide } from "./steps";

/** Seconds that Fargate gives a task after SIGTERM, at most; ECS does not count it as running (API reference, ContainerDefinition, stopTimeout). */
const TASKS_END_SECONDS = 120;
/** CloudWatch takes so many names at once (API reference, DisableAlarmActions). */
const ALARMS_AT_ONCE = 100;
const TURN_SECONDS = 15;

/** The error of an execution that woke everything, and in which a service does not come up. */
export const NOT_ALL_TASKS_RUN = "NotAllTasksRun";

const STEP = {
    turn: "Whose turn is it",
    stopTasks: "Stop the tasks",
    noTask: "Wait until no task runs",
    lastTasks: "Let the last tasks end",
    stopDatabases: "Stop the databases",
    stopMachines: "Stop the machines",
    startMachines: "Start the machines",
    startDatabases: "Start the databases",
    startTasks: "Start the tasks",
    allTasks: "Wait until the tasks run",
} as const;
/** The steps that take a while, for whoever follows an execution. */
export const STEPS: readonly string[] = Object.values(STEP);

export function definition(plan: OffHoursPlan): string {
    const [sleep, wake] = [inOrder(sleeping(plan)), inOrder(waking(plan))];
    const first: States = {
        "Sleep or wake": {
            Type: "Choice",
            Choices: [
                { And: [PRESENT, { ...WORD, StringEquals: "sleep" }], Next: sleep.StartAt },
                { And: [PRESENT, { ...WORD, StringEquals: "wake" }], Next: wake.StartAt },
            ],
            Default: "Neither",
        },
        Neither: fail("NeitherSleepNorWake", 'The input has to be {"do": "sleep"} or {"do": "wake"}'),
    };
    const { StartAt, States } = inOrder([turn(), { start: "Sleep or wake", states: {} }]);
    return JSON.stringify({
        Comment: 'Stops a stack for its off hours, or starts it: {"do": "sleep"} or {"do": "wake"}',
        StartAt,
        States: { ...States, ...first, ...sleep.States, ...wake.States },
    });
}

const WORD = { Variable: "$.do" };
const PRESENT = { ...WORD, IsPresent: true };

/** The databases go when no task is left that uses them, the machines when no task needs what runs on them. */
const sleeping = (plan: OffHoursPlan): Step[] => [
    ...alarms(plan, "disable"),
    ...schedules(plan, "DISABLED"),
    ...autoscaling(plan, "suspend"),
    ...sideBySide(STEP.stopTasks, setTasks(plan, "stop")),
    ...sideBySide(STEP.noTask, untilStopped(plan)),
    wait(STEP.lastTasks, TASKS_END_SECONDS),
    ...sideBySide(STEP.stopDatabases, databases(plan, "stop")),
    ...sideBySide(STEP.stopMachines, machines(plan, "stop")),
    { start: "Asleep", states: { Asleep: { Type: "Succeed" } } },
];

/** Where a service does not come up, all else is awake before the execution fails. */
const waking = (plan: OffHoursPlan): Step[] => [
    ...sideBySide(STEP.startMachines, machines(plan, "start")),
    ...sideBySide(STEP.startDatabases, databases(plan, "start")),
    ...sideBySide(STEP.startTasks, setTasks(plan, "start")),
    ...autoscaling(plan, "resume"),
    ...schedules(plan, "ENABLED"),
    ...sideBySide(STEP.allTasks, untilStarted(plan), {
        Catch: [{ ErrorEquals: ["States.ALL"], ResultPath: "$.failed", Next: NEXT }],
    }),
    ...alarms(plan, "enable"),
    {
        start: "Do all tasks run",
        states: {
            "Do all tasks run": {
                Type: "Choice",
                Choices: [{ Variable: "$.failed", IsPresent: true, Next: "Not all tasks run" }],
                Default: "Awake",
            },
            "Not all tasks run": because(NOT_ALL_TASKS_RUN, "$.failed.Cause"),
            Awake: { Type: "Succeed" },
        },
    },
];

const wait = (name: string, Seconds: number): Step => ({
    start: name,
    states: { [name]: { Type: "Wait", Seconds, Next: NEXT } },
});

/** One execution at a time, in the order of their starts: ListExecutions has the newest first. */
const turn = (): Step => ({
    start: STEP.turn,
    states: {
        [STEP.turn]: call(
            "sfn:listExecutions",
            { "StateMachineArn.$": "$$.StateMachine.Id", StatusFilter: "RUNNING" },
            {
                ResultSelector: {
                    "first.$":
                        "States.ArrayGetItem($.Executions[*].ExecutionArn, States.MathAdd(States.ArrayLength($.Executions), -1))",
                    "own.$": "$$.Execution.Id",
                },
                ResultPath: "$.turn",
                Next: "Is it this one's",
            },
        ),
        "Is it this one's": {
            Type: "Choice",
            Choices: [{ Variable: "$.turn.first", StringEqualsPath: "$.turn.own", Next: NEXT }],
            Default: "Wait for the one before",
        },
        "Wait for the one before": { Type: "Wait", Seconds: TURN_SECONDS, Next: STEP.turn },
    },
});

const alarms = ({ alarms: names }: OffHoursPlan, way: "disable" | "enable"): Step[] =>
    inPieces(names, ALARMS_AT_ONCE).map((AlarmNames, i) =>
        request(
            `Alarms ${way === "disable" ? "tell nobody" : "tell again"}, ${i + 1}`,
            `cloudwatch:${way}AlarmActions`,
            {
                AlarmNames,
            },
        ),
    );

/** UpdateSchedule sets everything, so what the schedule has is read before. */
const schedules = ({ schedules: items }: OffHoursPlan, State: "DISABLED" | "ENABLED"): Step[] =>
    Object.entries(items).map(([name, schedule]) => {
        const [read, write] = [`Read the schedule ${name} (${State})`, `Set the schedule ${name} (${State})`];
        const of = { Name: schedule.name, GroupName: schedule.group };
        const kept = [
            "ScheduleExpression",
            "ScheduleExpressionTimezone",
            "FlexibleTimeWindow",
            "Target",
            "Description",
        ];
        const members = (from: string) =>
            Object.fromEntries(kept.map((member): [string, string] => [`${member}.$`, `${from}.${member}`]));
        const states: Record<string, State> = {
            [read]: call("scheduler:getSchedule", of, {
                ResultSelector: members("$"),
                ResultPath: "$.schedule",
                Next: write,
            }),
            [write]: call(
                "scheduler:updateSchedule",
                { ...of, ...members("$.schedule"), State },
                { ResultPath: null, Next: NEXT },
            ),
        };
        return { start: read, states };
    });
