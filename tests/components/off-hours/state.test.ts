import { StateMachineDoesNotExist } from "@aws-sdk/client-sfn";
import { expect } from "chai";
import { isAwake, lastExecution } from "../../../components/off-hours/state";

interface Done {
    readonly input: string;
    readonly status: string;
    readonly error?: string;
}

/** A state machine with these executions, the newest first. */
function machine(executions: readonly Done[] | "missing") {
    return {
        // eslint-disable-next-line @typescript-eslint/no-explicit-any -- it stands in for the client's overloads
        send: (async ({ input, constructor }: any) => {
            if (executions === "missing") throw new StateMachineDoesNotExist({ message: "no", $metadata: {} });
            if (constructor.name === "ListExecutionsCommand") {
                return { executions: executions.map((_, i) => ({ executionArn: String(i) })) };
            }
            return { ...executions[Number(input.executionArn)], startDate: new Date(0) };
            // eslint-disable-next-line @typescript-eslint/no-explicit-any
        }) as any,
    };
}

const awake = async (...executions: Done[]) => isAwake(await lastExecution(machine(executions), "arn"));
const [SLEEP, WAKE] = ['{"do":"sleep"}', '{"do":"wake"}'];

describe("whether a stack is asleep", () => {
    it("is told by the last execution", async () => {
        expect(await awake()).to.equal(true);
        expect(await awake({ input: WAKE, status: "SUCCEEDED" }, { input: SLEEP, status: "SUCCEEDED" })).to.equal(true);
        expect(await awake({ input: SLEEP, status: "SUCCEEDED" }, { input: WAKE, status: "SUCCEEDED" })).to.equal(
            false,
        );
        expect(await awake({ input: SLEEP, status: "RUNNING" })).to.equal(false);
        expect(await awake({ input: SLEEP, status: "FAILED", error: "TooLate" })).to.equal(false);
        expect(await awake({ input: WAKE, status: "RUNNING" })).to.equal(false);
        expect(await awake({ input: WAKE, status: "FAILED", error: "TooLate" })).to.equal(false);
    });

    it("is awake where a service alone did not come up", async () => {
        expect(await awake({ input: WAKE, status: "FAILED", error: "NotAllTasksRun" })).to.equal(true);
    });

    it("is awake before it has a state machine", async () => {
        expect(await lastExecution(machine("missing"), "arn")).to.equal(undefined);
    });

    it("is not told by an execution that was started with another input", async () => {
        const others = ["{}", '{"do":"dance"}', "nonsense"].map((input) => ({ input, status: "FAILED" }));
        expect(await awake(...others, { input: SLEEP, status: "SUCCEEDED" })).to.equal(false);
        expect(await awake(...others)).to.equal(true);
    });
});
