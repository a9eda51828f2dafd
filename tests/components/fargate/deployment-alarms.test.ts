import type { Service } from "@aws-sdk/client-ecs";
import { expect } from "chai";
import type { Clients } from "../../../components/fargate/aws-clients";
import { graphOf, ringingAlarms } from "../../../components/fargate/deployment-alarms";

/** A CloudWatch in which these alarms ring, and what it was asked. */
function cloudWatch(MetricAlarms: object[]) {
    const asked: unknown[] = [];
    const send = (command: { input: unknown }) => {
        asked.push(command.input);
        return Promise.resolve({ MetricAlarms });
    };
    return { asked, clients: { cloudWatch: { send } } as unknown as Clients };
}

const watching = (alarms: object): Service => ({ deploymentConfiguration: { alarms } as never });

describe("ringingAlarms", () => {
    it("tells which of a service's deployment alarms ring, with what they say", async () => {
        const { asked, clients } = cloudWatch([
            {
                AlarmName: "web-errors-1",
                AlarmDescription: "web: more than 1 % failed.",
                StateReason: "Threshold Crossed.",
            },
        ]);
        const alarms = await ringingAlarms(clients, watching({ enable: true, alarmNames: ["web-errors-1", "b"] }));
        expect(alarms).to.deep.equal([{ name: "web-errors-1", why: "web: more than 1 % failed. Threshold Crossed." }]);
        expect(asked).to.deep.equal([{ AlarmNames: ["web-errors-1", "b"], StateValue: "ALARM" }]);
    });

    it("asks nothing of a service that watches none", async () => {
        const { asked, clients } = cloudWatch([{ AlarmName: "of-another-service" }]);
        for (const service of [undefined, {}, watching({ enable: false, alarmNames: ["a"] })]) {
            expect(await ringingAlarms(clients, service)).to.deep.equal([]);
        }
        expect(asked).to.deep.equal([]);
    });

    it("leads to the graph", () => {
        expect(graphOf("web errors", "eu-west-1")).to.equal(
            "https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#alarmsV2:alarm/web%20errors",
        );
    });
});
