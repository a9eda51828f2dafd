/**
 * Executions of state machines. moto starts one only where no machine of the region has an execution, whichever process made it, since it
 * cannot copy a machine that has one. So one runs at a time in the emulator: each gets a machine of its own, which goes when the execution has
 * ended; what it was is kept here.
 */
import { createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

const SERVICE = "AWSStepFunctions";

type Answer = Record<string, unknown>;
/** Asks the emulator for an operation, as the caller did for its own. */
export type Ask = (operation: string, input: object) => Promise<Answer>;

/** The latest answers to DescribeExecution and GetExecutionHistory, or why there are none. */
interface Execution {
    answers: Readonly<Record<string, Answer>>;
    failure?: Error;
}
const executions = new Map<string, Execution>();
/** The last execution of a machine, by their ARNs. */
const last = new Map<string, string>();
let runs = 0;

/** What Step Functions answers; undefined for what moto answers. */
export async function executionsAnswer(operation: string, body: Buffer, ask: Ask): Promise<string | undefined> {
    const [service, action = ""] = operation.split(".");
    if (service !== SERVICE) return undefined;
    const input = JSON.parse(body.toString("utf8")) as { stateMachineArn: string; executionArn: string };
    if (action === "StartExecution") return JSON.stringify(await start(input, ask));
    if (action === "ListExecutions") {
        const executionArn = last.get(input.stateMachineArn);
        return executionArn && JSON.stringify({ executions: [{ executionArn }] });
    }
    const { answers, failure } = executions.get(input.executionArn) ?? { answers: {} };
    if (failure) throw failure;
    return action in answers ? JSON.stringify(answers[action]) : undefined;
}

async function start(input: { stateMachineArn: string }, ask: Ask): Promise<Answer> {
    const release = await turn();
    try {
        const { definition, roleArn } = await ask(`${SERVICE}.DescribeStateMachine`, input);
        const name = `once-${process.pid}-${++runs}`; // other processes' are in the same account
        const { stateMachineArn } = await ask(`${SERVICE}.CreateStateMachine`, { name, definition, roleArn });
        const started = await ask(`${SERVICE}.StartExecution`, { ...input, stateMachineArn });
        const executionArn = String(started.executionArn);
        const execution: Execution = { answers: await look(executionArn, ask) };
        executions.set(executionArn, execution);
        last.set(input.stateMachineArn, executionArn);
        void follow(executionArn, execution, ask)
            .then(() => ask(`${SERVICE}.DeleteStateMachine`, { stateMachineArn }))
            .catch((error: Error) => void (execution.failure = error))
            .finally(release);
        return started;
    } catch (error) {
        release();
        throw error;
    }
}

async function follow(executionArn: string, execution: Execution, ask: Ask): Promise<void> {
    while (execution.answers.DescribeExecution!.status === "RUNNING") {
        await delay(200);
        execution.answers = await look(executionArn, ask);
    }
}

const look = async (executionArn: string, ask: Ask) => ({
    DescribeExecution: await ask(`${SERVICE}.DescribeExecution`, { executionArn }),
    GetExecutionHistory: await ask(`${SERVICE}.GetExecutionHistory`, { executionArn, reverseOrder: true }),
});

/** Waits until no process runs an execution. The place is a name of Linux's, which goes with the process that has it. */
async function turn(): Promise<() => void> {
    for (;;) {
        const place = createServer();
        const taken = await new Promise<boolean>((resolve, reject) => {
            place.once("error", (error: NodeJS.ErrnoException) =>
                error.code === "EADDRINUSE" ? resolve(false) : reject(error),
            );
            place.listen("\0identity-executions", () => resolve(true));
        });
        if (taken) return () => void place.close();
        await delay(200);
    }
}
