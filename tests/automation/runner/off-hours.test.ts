import { expect } from "chai";
import {
    changeState,
    offHoursOf,
    type OffHoursTarget,
    takesLastSnapshots,
    wakeIfAsleep,
    withoutSleep,
} from "../../../automation/runner/off-hours";
import type { Session } from "../../../automation/runner/session";
import { Exit } from "../../../automation/shared/errors";

interface Looked {
    readonly status: string;
    readonly step?: string;
    readonly error?: string;
    readonly cause?: string;
}

/** A state machine whose last execution had this input, and that answers so, look by look. */
function machine(last: { input: string; status: string } | undefined, ...looks: Looked[]) {
    const started: string[] = [];
    let input = last?.input ?? "";
    let look = -1;
    let seen = false; // whether the last execution was looked at
    const answer = (name: string, asked: Record<string, string>) => {
        if (name === "ListExecutionsCommand") return { executions: last ? [{ executionArn: "last" }] : [] };
        if (name === "StartExecutionCommand") {
            started.push((input = asked.input!));
            return { executionArn: "new" };
        }
        if (name === "GetExecutionHistoryCommand") {
            const { step } = looks[look]!;
            const events = ["Judge web", step].map((state) => ({ stateEnteredEventDetails: state && { name: state } }));
            return { events };
        }
        if (asked.executionArn === "last" && !seen) {
            seen = true;
            return last;
        }
        look = Math.min(look + 1, looks.length - 1);
        return { ...looks[look], input };
    };
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- it stands in for the client's overloads
    const send = (async (command: any) => answer(command.constructor.name, command.input)) as any;
    const target: OffHoursTarget = { sfn: { send }, stack: "dev", machine: "arn", pollMilliseconds: 1 };
    return { target, started };
}

function listener() {
    const said: string[] = [];
    const abort = new AbortController();
    return { said, abort, context: { err: (text: string) => void said.push(text), signal: abort.signal } };
}

const refused = (run: Promise<void>) =>
    run.then(
        () => expect.fail("it did not fail"),
        (error: unknown) => error as Exit,
    );

const [SLEEP, WAKE] = ['{"do":"sleep"}', '{"do":"wake"}'];

describe("the off hours of a stack", () => {
    const session = {
        stack: { name: "dev" },
        file: { file: "Pulumi.dev.yaml", config: { "aws:region": "eu-west-1" } },
    } as unknown as Session;
    const stack = (outputs: Record<string, unknown>) => ({
        resources: [
            {
                urn: "urn:pulumi:dev::identity::pulumi:pulumi:Stack::identity-dev",
                type: "pulumi:pulumi:Stack",
                outputs,
            },
        ],
    });

    it("are those that its state has", async () => {
        const found = await offHoursOf(session, stack({ offHoursMachine: "arn:aws:states:x", other: 1 }));
        expect(found).to.include({ machine: "arn:aws:states:x", stack: "dev" });
    });

    it("are none where it has none, or no state", async () => {
        expect(await offHoursOf(session, stack({}))).to.equal(undefined);
        expect(await offHoursOf(session, { resources: [] })).to.equal(undefined);
    });
});

describe("deleting a stack that is asleep", () => {
    const instance = (skipFinalSnapshot: boolean | undefined) => ({
        urn: "urn:pulumi:dev::identity::aws:rds/instance:Instance::wallet-db",
        type: "aws:rds/instance:Instance",
        inputs: { skipFinalSnapshot },
    });

    it("takes it awake where a database leaves a last snapshot", () => {
        expect(takesLastSnapshots([instance(true)])).to.equal(false);
        for (const skip of [false, undefined])
            expect(takesLastSnapshots([instance(true), instance(skip)])).to.equal(true);
    });
});

describe("drift of a stack that is asleep", () => {
    const urn = (type: string) => `urn:pulumi:dev::identity::${type}::web`;
    const change = (path: string) => ({ path, before: "2", after: "0" });

    it("is what sleeping did not change", () => {
        const service = { urn: urn("aws:ecs/service:Service"), gone: false };
        const target = { urn: urn("aws:appautoscaling/target:Target"), gone: false };
        const found = [
            { ...service, properties: [change("desiredCount"), change("enableExecuteCommand")] },
            { ...target, properties: [change("minCapacity")] },
            { urn: urn("aws:rds/instance:Instance"), gone: true, properties: [] },
        ];
        expect(withoutSleep(found)).to.deep.equal([
            { ...service, properties: [change("enableExecuteCommand")] },
            found[2],
        ]);
    });
});

describe("sleeping and waking by hand", () => {
    it("starts the state machine, and tells each step once", async () => {
        const { target, started } = machine(
            undefined,
            { status: "RUNNING", step: "Stop the tasks" },
            { status: "RUNNING", step: "Stop the tasks" },
            { status: "SUCCEEDED", step: "Stop the databases" },
        );
        const { said, context } = listener();
        await changeState(target, "sleep", context);
        expect(started).to.deep.equal([SLEEP]);
        expect(said).to.deep.equal(["dev: stop the tasks\n", "dev: stop the databases\n"]);
    });

    it("fails with the reason of the execution", async () => {
        const { target } = machine(undefined, { status: "FAILED", error: "TooLate", cause: "the database db is late" });
        const error = await refused(changeState(target, "wake", listener().context));
        expect(error).to.be.instanceOf(Exit).and.include({ code: 1 });
        expect(error.message).to.equal("dev did not wake: TooLate: the database db is late\n  the execution: new");
    });

    it("ends its waiting where it is interrupted, and says that the rest goes on", async () => {
        const { target } = machine(undefined, { status: "RUNNING" });
        const { abort, context } = listener();
        abort.abort();
        const error = await refused(changeState(target, "sleep", context));
        expect(error).to.include({ code: 130 });
        expect(error.message).to.match(/goes on by itself/);
    });

    it("wakes a stack that is asleep, and leaves one alone that is awake", async () => {
        const asleep = machine({ input: SLEEP, status: "SUCCEEDED" }, { status: "SUCCEEDED" });
        const { said, context } = listener();
        await wakeIfAsleep(asleep.target, context);
        expect(asleep.started).to.deep.equal([WAKE]);
        expect(said).to.deep.equal(["dev is asleep: it is woken first\n"]);
        const awake = machine({ input: WAKE, status: "SUCCEEDED" });
        await wakeIfAsleep(awake.target, context);
        expect(awake.started).to.deep.equal([]);
    });

    it("waits for one that is waking, and does not start it again", async () => {
        const { target, started } = machine({ input: WAKE, status: "RUNNING" }, { status: "SUCCEEDED" });
        const { said, context } = listener();
        await wakeIfAsleep(target, context);
        expect(started).to.deep.equal([]);
        expect(said).to.deep.equal(["dev is waking: that is waited for\n"]);
    });
});
