/**
 * Executions of state machines: moto starts one only where no machine of the region has run before, since it cannot copy one that has. So each
 * execution gets a machine of its own, which goes when the next one starts; a machine's last execution is kept here. Those of
 * state-machine.ts are such machines already.
 */
const SERVICE = "AWSStepFunctions";
const last = new Map<string, { executionArn: string; stateMachineArn: string }>();
let runs = 0;

/** Asks the emulator for an operation, as the caller did for its own. */
export type Ask = (operation: string, input: object) => Promise<Record<string, unknown>>;

/** What Step Functions answers; undefined for what moto answers. */
export async function executionsAnswer(operation: string, body: Buffer, ask: Ask): Promise<string | undefined> {
    if (operation !== `${SERVICE}.ListExecutions` && operation !== `${SERVICE}.StartExecution`) return undefined;
    const machine = machineOf(body);
    if (operation === `${SERVICE}.ListExecutions`) {
        const found = last.get(machine);
        return found && JSON.stringify({ executions: [{ executionArn: found.executionArn }] });
    }
    if (machine.includes(":run-")) return undefined;
    const before = last.get(machine);
    if (before) await ask(`${SERVICE}.DeleteStateMachine`, { stateMachineArn: before.stateMachineArn });
    const { definition, roleArn } = await ask(`${SERVICE}.DescribeStateMachine`, { stateMachineArn: machine });
    const name = `once-${process.pid}-${++runs}`; // other processes' are in the same account
    const stateMachineArn = String(
        (await ask(`${SERVICE}.CreateStateMachine`, { name, definition, roleArn })).stateMachineArn,
    );
    const input = JSON.parse(body.toString("utf8")) as object;
    const started = await ask(operation, { ...input, stateMachineArn });
    last.set(machine, { executionArn: String(started.executionArn), stateMachineArn });
    return JSON.stringify(started);
}

const machineOf = (body: Buffer) => (JSON.parse(body.toString("utf8")) as { stateMachineArn: string }).stateMachineArn;
