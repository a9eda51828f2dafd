import {
    CreateClusterCommand,
    CreateServiceCommand,
    DescribeServicesCommand,
    RegisterTaskDefinitionCommand,
} from "@aws-sdk/client-ecs";
import { expect } from "chai";
import { definition } from "../../components/off-hours/definition";
import { needsEngine } from "./engine";
import { ecs } from "./heritage";
import { ask, databaseStates, leastTasks, scheduleState } from "./off-hours";
import { call, execute, stepFunctions } from "./state-machine";

const NAME = "off-hours-alone";

/** The state machine of off hours, run by the emulator's interpreter on a service, a database and a schedule that no program made. */
describe("the state machine of off hours on an emulator", () => {
    let machine: string;
    let cluster: string;
    let service: string;

    const state = async () => {
        const { services } = await ecs().send(new DescribeServicesCommand({ cluster, services: [service] }));
        return {
            tasks: services![0]!.desiredCount,
            databases: await databaseStates([NAME]),
            least: await leastTasks(cluster),
            schedule: await scheduleState(`default/${NAME}`),
        };
    };

    before(async function () {
        needsEngine(this);
        const client = ecs();
        cluster = (await client.send(new CreateClusterCommand({ clusterName: NAME }))).cluster!.clusterArn!;
        await client.send(
            new RegisterTaskDefinitionCommand({
                family: NAME,
                containerDefinitions: [{ name: "app", image: "example.com/app", memory: 128 }],
            }),
        );
        const create = new CreateServiceCommand({ cluster, serviceName: NAME, taskDefinition: NAME, desiredCount: 2 });
        service = (await client.send(create)).service!.serviceArn!;
        const resourceId = `service/${NAME}/${NAME}`;
        await call("AnyScaleFrontendService.RegisterScalableTarget", "application-autoscaling", {
            ServiceNamespace: "ecs",
            ScalableDimension: "ecs:service:DesiredCount",
            ResourceId: resourceId,
            MinCapacity: 2,
            MaxCapacity: 4,
        });
        const database = {
            Action: "CreateDBInstance",
            Version: "2014-10-31",
            DBInstanceIdentifier: NAME,
            DBInstanceClass: "db.t4g.micro",
            Engine: "postgres",
            AllocatedStorage: "20",
            MasterUsername: "app_owner",
            MasterUserPassword: "not-a-secret-1",
        };
        await ask("rds", "/", new URLSearchParams(database).toString());
        const role = "arn:aws:iam::123456789012:role/off-hours-alone";
        await ask(
            "scheduler",
            `/schedules/${NAME}`,
            JSON.stringify({
                Description: "A task",
                ScheduleExpression: "rate(1 hour)",
                ScheduleExpressionTimezone: "UTC",
                FlexibleTimeWindow: { Mode: "OFF" },
                Target: {
                    Arn: cluster,
                    RoleArn: role,
                    EcsParameters: { TaskDefinitionArn: "arn:aws:ecs:::task-definition/x" },
                },
            }),
        );
        const text = definition({
            alarms: [],
            schedules: { nightly: { name: NAME, group: "default" } },
            services: { web: { cluster, service, count: 2, scaling: { resourceId, min: 2 } } },
            databases: { "web-db": NAME },
            machines: {},
        });
        const created = { name: NAME, roleArn: role, definition: text };
        machine = (await stepFunctions<{ stateMachineArn: string }>("CreateStateMachine", created)).stateMachineArn;
    });

    it("stops everything, and once more what is stopped already", async () => {
        expect(await state()).to.deep.equal({ tasks: 2, databases: ["available"], least: [2], schedule: "ENABLED" });
        for (const word of ["sleep", "sleep"]) {
            expect(await execute(machine, { do: word })).to.include({ status: "SUCCEEDED" });
            expect(await state()).to.deep.equal({ tasks: 0, databases: ["stopped"], least: [0], schedule: "DISABLED" });
        }
    });

    it("starts everything, and once more what runs already", async () => {
        for (const word of ["wake", "wake"]) {
            expect(await execute(machine, { do: word })).to.include({ status: "SUCCEEDED" });
            expect(await state()).to.deep.equal({
                tasks: 2,
                databases: ["available"],
                least: [2],
                schedule: "ENABLED",
            });
        }
    });

    it("wakes the rest where a service does not come up, and says which", async () => {
        await execute(machine, { do: "sleep" });
        // It looks once, and finds two tasks.
        const impossible = (text: string) =>
            text
                .replace('"NumericGreaterThanEquals":2,', '"NumericGreaterThanEquals":3,')
                .replace('"NumericGreaterThanEquals":40,', '"NumericGreaterThanEquals":0,');
        const done = await execute(machine, { do: "wake" }, impossible);
        expect(done).to.include({ status: "FAILED", error: "NotAllTasksRun" });
        expect(done.cause).to.contain("web has not its 2 tasks after 20 minutes");
        expect(await state()).to.deep.equal({ tasks: 2, databases: ["available"], least: [2], schedule: "ENABLED" });
    });

    it("does nothing for another word", async () => {
        expect(await execute(machine, { do: "dance" })).to.include({ error: "NeitherSleepNorWake" });
    });
});
