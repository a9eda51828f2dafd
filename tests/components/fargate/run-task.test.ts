import {
    DescribeTaskDefinitionCommand,
    DescribeTasksCommand,
    RunTaskCommand,
    StopTaskCommand,
    type Task,
} from "@aws-sdk/client-ecs";
import { expect } from "chai";
import type { Clients } from "../../../components/fargate/aws-clients";
import { runTask, startTask, succeeded } from "../../../components/fargate/run-task";
import { SecretStore } from "../../../components/secret-store";
import { make } from "../support";

const TASK = "arn:aws:ecs:eu-west-1:123456789012:task/platform/0123";
const ARGS = {
    name: "blog before_deploy",
    cluster: "arn:aws:ecs:eu-west-1:123456789012:cluster/platform",
    taskDefinition: "blog-oneoff:3",
    subnets: ["subnet-1"],
    securityGroups: ["sg-1"],
    timeoutSeconds: 60,
};

/** ECS with this one task in it, and a log; and what it was asked. */
function clients(task: Partial<Task> | undefined, failures: object[] = []) {
    const asked: string[] = [];
    const started: (string | undefined)[] = [];
    const options = { "awslogs-group": "/log", "awslogs-stream-prefix": "app" };
    const ecs = async (command: object) => {
        asked.push(command.constructor.name);
        if (command instanceof RunTaskCommand) started.push(command.input.startedBy);
        if (command instanceof RunTaskCommand) return { tasks: task ? [{ taskArn: TASK }] : [], failures };
        if (command instanceof DescribeTasksCommand) return { tasks: [{ taskArn: TASK, ...task }] };
        if (command instanceof DescribeTaskDefinitionCommand) {
            return { taskDefinition: { containerDefinitions: [{ name: "app", logConfiguration: { options } }] } };
        }
        return {};
    };
    const logs = async () => ({ events: [{ message: "migrating\n" }, { message: "no such column\n" }] });
    return { asked, started, clients: { ecs: { send: ecs }, logs: { send: logs } } as unknown as Clients };
}

const DENIED = "ResourceInitializationError: AccessDeniedException: it is not authorized to perform: ssm:GetParameters";

const stopped = (...containers: NonNullable<Task["containers"]>) => ({ lastStatus: "STOPPED", containers });

/** What `runTask` fails with; nothing where it does not. */
async function outcome(aws: Clients, args = ARGS, pollSeconds?: number): Promise<string | undefined> {
    let failure: string | undefined;
    await make(async () => {
        const resource = new SecretStore("secrets");
        failure = await runTask({ ...args, rolesPollSeconds: pollSeconds }, resource, Promise.resolve(aws)).then(
            () => undefined,
            (error: Error) => error.message,
        );
    });
    return failure;
}

describe("runTask", () => {
    it("waits for the end, and has nothing to say where that is a good one", async () => {
        const { asked, clients: aws } = clients(stopped({ name: "app", exitCode: 0 }));
        expect(await outcome(aws)).to.equal(undefined);
        expect(asked).to.deep.equal([RunTaskCommand.name, DescribeTasksCommand.name]);
    });

    it("says who started it, in the characters that ECS takes", async () => {
        const { started, clients: aws } = clients(stopped({ name: "app", exitCode: 0 }));
        await outcome(aws);
        await startTask(aws.ecs, { ...ARGS, startedBy: `npm run "task" ${"x".repeat(100)}` });
        expect(started).to.deep.equal(["pulumi-up/test", `npm-run-task-${"x".repeat(23)}`]);
    });

    it("fails with exit code, reason and last log lines", async () => {
        const task = { ...stopped({ name: "app", exitCode: 3 }), stoppedReason: "Essential container in task exited" };
        const said = await outcome(clients(task).clients);
        expect(said!.split("\n")).to.deep.equal([
            "blog before_deploy failed; the services stay as they were",
            "  task 0123 stopped: Essential container in task exited",
            "    container app: exit code 3",
            "      | migrating",
            "      | no such column",
        ]);
    });

    it("stops a task that takes too long", async () => {
        const { asked, clients: aws } = clients({ lastStatus: "RUNNING" });
        expect(await outcome(aws, { ...ARGS, timeoutSeconds: 0 })).to.contain("has not ended after 0 seconds");
        expect(asked.at(-1)).to.equal(StopTaskCommand.name);
    });

    it("starts a task again whose roles ECS does not see yet, or whose role is denied its secrets", async () => {
        const unseen = "ECS was unable to assume the role 'arn:aws:iam::123456789012:role/blog' that was provided";
        const { asked, clients: aws } = clients(stopped({ name: "app", exitCode: 0 }));
        const { ecs } = aws;
        let starts = 0;
        const send = async (command: object) => {
            if (command instanceof RunTaskCommand && ++starts === 1) throw new Error(unseen);
            if (command instanceof DescribeTasksCommand && starts === 2) {
                return { tasks: [{ lastStatus: "STOPPED", stopCode: "TaskFailedToStart", stoppedReason: DENIED }] };
            }
            return ecs.send(command as never);
        };
        expect(await outcome({ ...aws, ecs: { send } } as never, ARGS, 0)).to.equal(undefined);
        expect(starts).to.equal(3);
        expect(asked.at(-1)).to.equal(DescribeTasksCommand.name);
    });

    it("says that a task is denied its secrets where that does not end", async () => {
        const task = { lastStatus: "STOPPED", stopCode: "TaskFailedToStart" as const, stoppedReason: DENIED };
        const { asked, clients: aws } = clients({ ...task, containers: [{ name: "app" }] });
        expect(await outcome(aws)).to.contain(DENIED);
        expect(asked.filter((name) => name === RunTaskCommand.name)).to.have.length(3);
    });

    it("says why a task could not be started", async () => {
        const { clients: aws } = clients(undefined, [{ reason: "RESOURCE:ENI", detail: "no addresses left" }]);
        expect(await outcome(aws)).to.equal("blog before_deploy could not be started: RESOURCE:ENI: no addresses left");
    });

    it("takes one without an exit code, or without containers, for one that failed", () => {
        expect(succeeded({ containers: [{ name: "app" }] })).to.equal(false);
        expect(succeeded({ containers: [] })).to.equal(false);
        expect(succeeded({ containers: [{ exitCode: 0 }, { exitCode: 137 }] })).to.equal(false);
        expect(succeeded({ containers: [{ exitCode: 0 }] })).to.equal(true);
    });
});
