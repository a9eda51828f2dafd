import type { ECSClient } from "@aws-sdk/client-ecs";
import { expect } from "chai";
import { rollAgain } from "../../../components/fargate/deployment-settings";

describe("rollAgain", () => {
    it("sets what makes a service roll, and nothing that would start a deployment", async () => {
        const sent: unknown[] = [];
        const ecs = { send: (command: { input: unknown }) => Promise.resolve(sent.push(command.input)) };
        await rollAgain(ecs as unknown as ECSClient, "cluster", "service");
        const alarms = { enable: true, rollback: false, alarmNames: ["web-errors"] };
        await rollAgain(ecs as unknown as ECSClient, "cluster", "service", alarms);
        const watched = sent.pop() as { deploymentConfiguration: { alarms: unknown } };
        expect(watched.deploymentConfiguration.alarms).to.deep.equal({ ...alarms, rollback: true });
        expect(sent).to.deep.equal([
            {
                cluster: "cluster",
                service: "service",
                availabilityZoneRebalancing: "ENABLED",
                deploymentConfiguration: {
                    minimumHealthyPercent: 100,
                    maximumPercent: 200,
                    deploymentCircuitBreaker: { enable: true, rollback: true },
                },
            },
        ]);
    });
});
