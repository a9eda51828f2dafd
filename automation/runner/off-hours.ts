/** Lets a stack fall asleep, or wakes it, and waits for that. */
import type { SFNClient } from "@aws-sdk/client-sfn";
import { STEPS } from "../../components/off-hours/definition";
import { describeExecution, type Execution, isAwake, lastExecution, type Word } from "../../components/off-hours/state";
import type { CommandContext } from "../shared/context";
import { Exit } from "../shared/errors";
import { FAILED, INTERRUPTED } from "../shared/exit-codes";
import { pause } from "../shared/pause";
import { awsOf, sfnOf } from "./deployed";
import type { DriftedResource } from "./drift";
import type { Session } from "./session";
import type { State } from "./stack";
import { typeOf } from "./urn";

export interface OffHoursTarget {
    readonly sfn: Pick<SFNClient, "send">;
    readonly stack: string;
    readonly machine: string;
    /** Between two looks. @default 5000 */
    readonly pollMilliseconds?: number;
}

/** The state machine of a stack that has off hours, as its state says; undefined where it has none, or is not deployed. */
export async function offHoursOf(
    { stack, file }: Pick<Session, "stack" | "file">,
    { resources }: Pick<State, "resources">,
): Promise<OffHoursTarget | undefined> {
    const machine = resources.find(({ type }) => type === STACK)?.outputs?.offHoursMachine;
    if (typeof machine !== "string") return undefined;
    const { region } = await awsOf(file);
    return { sfn: await sfnOf(region), stack: stack.name, machine };
}

const STACK = "pulumi:pulumi:Stack";
const INSTANCE = "aws:rds/instance:Instance";

/** Whether an instance leaves a last snapshot. RDS takes one of an instance that is available (API reference, CreateDBSnapshot). */
export const takesLastSnapshots = (resources: State["resources"]): boolean =>
    resources.some(({ type, inputs }) => type === INSTANCE && inputs?.skipFinalSnapshot !== true);

type Context = Pick<CommandContext, "err" | "signal">;

const POLL_MILLISECONDS = 5000;

/** Starts the state machine, and waits for its end. It does its executions one after the other. */
export async function changeState(target: OffHoursTarget, word: Word, context: Context): Promise<void> {
    const { StartExecutionCommand } = await import("@aws-sdk/client-sfn");
    const { sfn, machine } = target;
    const start = new StartExecutionCommand({
        stateMachineArn: machine,
        name: `${word}-by-hand-${Date.now()}`,
        input: JSON.stringify({ do: word }),
    });
    await follow(target, (await sfn.send(start)).executionArn!, context);
}

/** Wakes a stack that is not awake; one that is waking is waited for. */
export async function wakeIfAsleep(target: OffHoursTarget, context: Context): Promise<void> {
    const last = await lastExecution(target.sfn, target.machine);
    if (isAwake(last)) return;
    const { word, status, arn } = last!;
    const waking = word === "wake" && status === "RUNNING";
    context.err(`${target.stack} is ${waking ? "waking: that is waited for" : "asleep: it is woken first"}\n`);
    if (waking) await follow(target, arn, context);
    else await changeState(target, "wake", context);
}

/** What sleeping changes of what the program sets, by the type of the resource. */
const CHANGED_BY_SLEEPING: Readonly<Record<string, readonly string[]>> = {
    "aws:ecs/service:Service": ["desiredCount"],
    "aws:appautoscaling/target:Target": ["minCapacity"],
};

/** What differs from the state for another reason than that the stack is asleep. */
export const withoutSleep = (found: readonly DriftedResource[]): DriftedResource[] =>
    found
        .map((resource) => {
            const byType = CHANGED_BY_SLEEPING[typeOf(resource.urn)] ?? [];
            return { ...resource, properties: resource.properties.filter(({ path }) => !byType.includes(path)) };
        })
        .filter(({ gone, properties }) => gone || properties.length > 0);

async function follow(target: OffHoursTarget, executionArn: string, { err, signal }: Context): Promise<void> {
    const { sfn, stack, pollMilliseconds = POLL_MILLISECONDS } = target;
    let lastStep: string | undefined;
    for (;;) {
        const execution = (await describeExecution(sfn, executionArn))!;
        const step = await currentStep(sfn, executionArn);
        if (step !== undefined && step !== lastStep) err(`${stack}: ${step.toLowerCase()}\n`);
        lastStep = step ?? lastStep;
        if (execution.status !== "RUNNING") return failedOr(execution, stack);
        if (signal.aborted) throw new Exit(INTERRUPTED, `${stack}: nobody waits for it any more; it goes on by itself`);
        await pause(pollMilliseconds, signal);
    }
}

/** The step that was begun last. */
async function currentStep(sfn: OffHoursTarget["sfn"], executionArn: string): Promise<string | undefined> {
    const { GetExecutionHistoryCommand } = await import("@aws-sdk/client-sfn");
    const { events = [] } = await sfn.send(
        new GetExecutionHistoryCommand({ executionArn, reverseOrder: true, maxResults: 200 }),
    );
    return events
        .map(({ stateEnteredEventDetails: entered }) => entered?.name)
        .find((name) => name !== undefined && STEPS.includes(name));
}

function failedOr({ word, status, error, cause, arn }: Execution, stack: string): void {
    if (status === "SUCCEEDED") return;
    const what = word === "sleep" ? "did not fall asleep" : "did not wake";
    const why = [error, cause].filter(Boolean).join(": ") || status.toLowerCase();
    throw new Exit(FAILED, `${stack} ${what}: ${why}\n  the execution: ${arn}`);
}
