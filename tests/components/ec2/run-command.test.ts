import {
    GetCommandInvocationCommand,
    InvalidInstanceId,
    InvocationDoesNotExist,
    SendCommandCommand,
} from "@aws-sdk/client-ssm";
import { expect } from "chai";
import { runCommand } from "../../../components/ec2/run-command";

type Sent = { input: Record<string, unknown> };

/** Systems Manager, whose answers come one after the other; the last one stays. */
function ssm(sends: unknown[], invocations: unknown[]) {
    const asked: Sent[] = [];
    const next = (answers: unknown[]) => {
        const answer = answers.length > 1 ? answers.shift() : answers[0];
        if (answer instanceof Error) throw answer;
        return answer;
    };
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- it stands in for the client's overloads
    const send = (async (command: any) => {
        if (command instanceof SendCommandCommand) asked.push(command as never);
        return next(command instanceof GetCommandInvocationCommand ? invocations : sends);
        // eslint-disable-next-line @typescript-eslint/no-explicit-any
    }) as any;
    return { asked, send };
}

const SENT = { Command: { CommandId: "c-1" } };
const notRegistered = new InvalidInstanceId({ message: "not in a valid state", $metadata: {} });
const run = async (client: ReturnType<typeof ssm>, timeoutSeconds = 60) => {
    const said: string[] = [];
    const args = { instanceId: "i-1", script: "true", comment: "x".repeat(200), timeoutSeconds };
    const end = await runCommand(client, { ...args, progress: (text) => said.push(text) }, 0);
    return { ...end, said };
};

describe("a command on a machine", () => {
    it("is sent once the machine has registered, and ends as the script does", async () => {
        const client = ssm([notRegistered, notRegistered, SENT], [{ Status: "InProgress" }, { Status: "Success" }]);
        expect(await run(client)).to.deep.equal({
            succeeded: true,
            output: "Success",
            said: ["the machine starts", "the machine starts", "the machine runs"],
        });
        expect(client.asked.at(-1)!.input).to.deep.equal({
            DocumentName: "AWS-RunShellScript",
            InstanceIds: ["i-1"],
            Comment: "x".repeat(100), // Systems Manager takes no more
            Parameters: { commands: ["true"], executionTimeout: ["60"] },
        });
    });

    it("waits for an end that Systems Manager does not know yet", async () => {
        const unknown = new InvocationDoesNotExist({ message: "", $metadata: {} });
        expect((await run(ssm([SENT], [unknown, { Status: "Pending" }, { Status: "Success" }]))).succeeded).to.equal(
            true,
        );
    });

    it("fails with what the script wrote", async () => {
        const failure = { Status: "Failed", StandardOutputContent: "no space left\n", StandardErrorContent: "exit 1" };
        const { succeeded, output } = await run(ssm([SENT], [failure]));
        expect({ succeeded, output }).to.deep.equal({ succeeded: false, output: "no space left\n\nexit 1" });
        expect((await run(ssm([SENT], [{ Status: "TimedOut", StatusDetails: "DeliveryTimedOut" }]))).output).to.equal(
            "DeliveryTimedOut",
        );
    });

    it("is not given up for an error of AWS's, which is told", async () => {
        const denied = Object.assign(new Error("not authorized"), { name: "AccessDeniedException" });
        const error = await run(ssm([denied], [])).catch((e: Error) => e);
        expect(error).to.equal(denied);
    });
});
