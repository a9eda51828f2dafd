/** Runs a task to its end in the middle of an `up`, and fails the `up` where that end is a bad one. */
import type { ECSClient, Task } from "@aws-sdk/client-ecs";
import * as pulumi from "@pulumi/pulumi";
import { awsClients, type Clients } from "./aws-clients";
import { onceRolesAreSeen } from "./propagation";
import { stopReasons, id } from "./stopped-task";
import { parseArn } from "../arn";

export interface RunTaskArgs {
    /** What to call it in the log. */
    name: string;
    cluster: string;
    taskDefinition: string;
    subnets: string[];
    securityGroups: string[];
    timeoutSeconds: number;
    /** Seconds between two tries while ECS does not see its roles. @default 5 */
    rolesPollSeconds?: number;
}

const POLL_SECONDS = 3;
/** Answers without the task before it counts as lost: what ECS started a moment ago is not seen everywhere yet. */
const UNSEEN = 10;
/** How often a task that was denied its image or secrets is started again. Each try takes ECS some 20 s, and IAM takes seconds. */
const DENIED_AGAIN = 2;

/** Starts the task and waits for its end. Fails with exit code, reason and last log lines where one of its containers did not exit with 0. */
export async function runTask(
    args: RunTaskArgs,
    resource: pulumi.Resource,
    aws: Promise<Clients> = awsClients(parseArn(args.cluster).region),
): Promise<void> {
    const clients = await aws;
    let [stopped, arn] = await runOnce(clients.ecs, args, resource);
    // Its role's policy may be as new as the role; nothing of the task has run.
    for (let again = 0; again < DENIED_AGAIN && stopped && deniedAtStart(stopped); again++) {
        pulumi.log.info(`${args.name}: ${stopped.stoppedReason}; once more`, resource);
        [stopped, arn] = await runOnce(clients.ecs, args, resource);
    }
    if (stopped === undefined) {
        throw new Error(
            `${args.name}: task ${id(arn)} has not ended after ${args.timeoutSeconds} seconds; it was told to stop, and the ` +
                "services stay as they were",
        );
    }
    if (succeeded(stopped)) {
        pulumi.log.info(`${args.name}: task ${id(arn)} ended with exit code 0`, resource);
        return;
    }
    throw new Error(
        [`${args.name} failed; the services stay as they were`, ...(await end(clients, stopped))].join("\n"),
    );
}

async function runOnce(
    ecs: ECSClient,
    args: RunTaskArgs,
    resource: pulumi.Resource,
): Promise<[stopped: Task | undefined, arn: string]> {
    const arn = await onceRolesAreSeen(() => startTask(ecs, { ...args, startedBy: `pulumi-up/${pulumi.getStack()}` }), {
        pollSeconds: args.rolesPollSeconds,
        waiting: () => pulumi.log.info(`${args.name}: waiting for its roles, which are new`, resource, undefined, true),
    });
    pulumi.log.info(`${args.name}: task ${id(arn)} was started`, resource);
    return [await stop(ecs, { ...args, arn }, resource), arn];
}

/** ECS could not get its image or its secrets: "ResourceInitializationError: … is not authorized to perform: ssm:GetParameters". */
const deniedAtStart = ({ stopCode, stoppedReason = "" }: Task) =>
    stopCode === "TaskFailedToStart" && /AccessDenied|not authorized to perform/.test(stoppedReason);

/** Starts a task, and returns its ARN; `command` is the container `app`'s, in the place of the task definition's. */
export async function startTask(
    ecs: Pick<ECSClient, "send">,
    args: Omit<RunTaskArgs, "timeoutSeconds"> & { startedBy: string; command?: string[] },
): Promise<string> {
    const { RunTaskCommand } = await import("@aws-sdk/client-ecs");
    const { tasks = [], failures = [] } = await ecs.send(
        new RunTaskCommand({
            cluster: args.cluster,
            taskDefinition: args.taskDefinition,
            launchType: "FARGATE",
            networkConfiguration: {
                awsvpcConfiguration: {
                    subnets: args.subnets,
                    securityGroups: args.securityGroups,
                    assignPublicIp: "DISABLED",
                },
            },
            overrides: args.command && { containerOverrides: [{ name: "app", command: args.command }] },
            enableECSManagedTags: true,
            propagateTags: "TASK_DEFINITION",
            startedBy: startedBy(args.startedBy),
        }),
    );
    if (tasks[0]) return tasks[0].taskArn!;
    const why = failures.map(({ reason, detail }) => [reason, detail].filter(Boolean).join(": ")).join("; ");
    throw new Error(`${args.name} could not be started: ${why || "ECS does not say why"}`);
}

/** Letters, digits, `-`, `/` and `_`; 128 of them for RunTask, 36 for StartTask (ECS API reference), and here what both take. */
const startedBy = (text: string) => text.replaceAll(/[^A-Za-z0-9_/-]+/g, "-").slice(0, 36);

const end = (clients: Clients, task: Task) =>
    stopReasons(clients, task).catch((error: Error) => [`  (why could not be read: ${error.message})`]);

/** A task that could not start at all has containers without an exit code. */
export const succeeded = ({ containers = [] }: Pick<Task, "containers">) =>
    containers.length > 0 && containers.every(({ exitCode }) => exitCode === 0);

/** The task when it has stopped; undefined where it did not in time, and was told to. */
async function stop(
    ecs: ECSClient,
    { name, cluster, arn, timeoutSeconds }: RunTaskArgs & { arn: string },
    resource: pulumi.Resource,
): Promise<Task | undefined> {
    const { DescribeTasksCommand, StopTaskCommand } = await import("@aws-sdk/client-ecs");
    const deadline = Date.now() + timeoutSeconds * 1000;
    let [said, unseen] = ["", 0];
    while (Date.now() < deadline) {
        const { tasks = [] } = await ecs.send(new DescribeTasksCommand({ cluster, tasks: [arn] }));
        const [task] = tasks;
        if (task?.lastStatus === "STOPPED") return task;
        unseen = task ? 0 : unseen + 1;
        if (unseen > UNSEEN) throw new Error(`${name}: ECS does not know task ${id(arn)} any more`);
        const progress = `${name}: ${(task?.lastStatus ?? "waiting").toLowerCase()}`;
        if (progress !== said) pulumi.log.info(progress, resource, undefined, true);
        said = progress;
        await new Promise((resolve) => setTimeout(resolve, POLL_SECONDS * 1000));
    }
    await ecs.send(
        new StopTaskCommand({ cluster, task: arn, reason: `${name}: not ended after ${timeoutSeconds} seconds` }),
    );
    return undefined;
}
