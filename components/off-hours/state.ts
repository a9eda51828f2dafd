/** Whether a stack is asleep: what its state machine did last says so. */
import type { ExecutionStatus, SFNClient } from "@aws-sdk/client-sfn";
import { NOT_ALL_TASKS_RUN } from "./definition";

export type Word = "sleep" | "wake";
export type Sfn = Pick<SFNClient, "send">;

export interface Execution {
    readonly arn: string;
    readonly word: Word;
    readonly status: ExecutionStatus;
    readonly started?: Date;
    readonly error?: string;
    readonly cause?: string;
}

/** So many executions are looked at: those that were started with another input count for nothing. */
const LOOK_BACK = 10;

/** The last execution that was to sleep or to wake; undefined where there was none, or where there is no such state machine. */
export async function lastExecution(sfn: Sfn, stateMachineArn: string): Promise<Execution | undefined> {
    const { ListExecutionsCommand, StateMachineDoesNotExist } = await import("@aws-sdk/client-sfn");
    const { executions = [] } = await sfn
        .send(new ListExecutionsCommand({ stateMachineArn, maxResults: LOOK_BACK })) // the newest first
        .catch((error: Error) => {
            if (error instanceof StateMachineDoesNotExist) return { executions: [] };
            throw error;
        });
    for (const { executionArn } of executions) {
        const found = await describeExecution(sfn, executionArn!);
        if (found) return found;
    }
    return undefined;
}

export async function describeExecution(sfn: Sfn, executionArn: string): Promise<Execution | undefined> {
    const { DescribeExecutionCommand } = await import("@aws-sdk/client-sfn");
    const { input, status, startDate, error, cause } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    const word = wordOf(input);
    return word && { arn: executionArn, word, status: status!, started: startDate, error, cause };
}

/** It is awake where it never slept, and where it was woken: also if a service does not come up, since an `up` may mend that. */
export const isAwake = (last: Execution | undefined): boolean =>
    last === undefined || (last.word === "wake" && (last.status === "SUCCEEDED" || last.error === NOT_ALL_TASKS_RUN));

function wordOf(input: string | undefined): Word | undefined {
    try {
        const { do: word } = JSON.parse(input ?? "{}") as { do?: unknown };
        return word === "sleep" || word === "wake" ? word : undefined;
    } catch {
        return undefined;
    }
}
