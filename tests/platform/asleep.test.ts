import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { readConfig } from "../../config/load";
import { refuseAsleep } from "../../platform/asleep";
import { DEV, handedOver } from "../config/support";
import { make, PROJECT, STACK } from "../components/support";

const AGENT = `${DEV}agents: { issuer: {} }\n`;
const configOf = (yaml: string) => readConfig(handedOver(yaml), "identity", () => false).config!;
const WITH = configOf(`${AGENT}schedule: { off: "19:00", on: "07:00" }`);

/** A client that answers with one execution; what it was asked. */
function sfn(input: string, status: string) {
    const asked: string[] = [];
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- it stands in for the client's overloads
    const send = (async (command: any) => {
        asked.push(String(command.input.stateMachineArn ?? command.input.executionArn));
        return command.input.stateMachineArn ? { executions: [{ executionArn: "last" }] } : { input, status };
        // eslint-disable-next-line @typescript-eslint/no-explicit-any
    }) as any;
    return { asked, send };
}

/** What an `up` of a program says that looks whether the stack is asleep. */
async function refusal(client: ReturnType<typeof sfn>, config = WITH): Promise<string | undefined> {
    let said: string | undefined;
    await make(async () => {
        const error = await refuseAsleep(config, "123456789012", client).then(
            () => undefined,
            (e: Error) => e,
        );
        said = error?.message;
        return { ok: pulumi.output(true) };
    });
    return said;
}

describe("an update of a stack that is asleep", () => {
    it("is refused before anything is made, with the command that wakes it", async () => {
        const client = sfn('{"do":"sleep"}', "SUCCEEDED");
        const text = await refusal(client);
        expect(text).to.contain(`${STACK} is asleep; nothing was made`);
        expect(text).to.contain(`npx identity wake --stack ${STACK}`);
        expect(client.asked[0]).to.equal(
            `arn:aws:states:ap-northeast-1:123456789012:stateMachine:${PROJECT}-${STACK}-off-hours`,
        );
    });

    it("is refused while it wakes, and goes on when it is awake", async () => {
        expect(await refusal(sfn('{"do":"wake"}', "RUNNING"))).to.match(/is not awake yet/);
        expect(await refusal(sfn('{"do":"wake"}', "SUCCEEDED"))).to.equal(undefined);
    });

    it("asks nothing where the stack has no off hours", async () => {
        const client = sfn('{"do":"sleep"}', "SUCCEEDED");
        expect(await refusal(client, configOf(AGENT))).to.equal(undefined);
        expect(client.asked).to.deep.equal([]);
    });
});
