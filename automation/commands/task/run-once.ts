/** Runs a command once, as a task of a heritage. */
import type { Task } from "@aws-sdk/client-ecs";
import { startTask } from "../../../components/fargate/run-task";
import { id } from "../../../components/fargate/stopped-task";
import { type Aws, deployed, type OneOffTask, pick } from "../../runner/deployed";
import type { CommandContext } from "../../shared/context";
import { pause } from "../../shared/pause";
import type { TaskInput } from "../task";

const POLL_MILLISECONDS = 2000;
/** A log's last lines arrive when the task has ended. */
const LAST_LINES_MILLISECONDS = 3000;

export async function task(
    { stack, heritage, command, timeout }: TaskInput,
    context: Pick<CommandContext, "root" | "out" | "err" | "signal">,
): Promise<number> {
    const { aws, outputs } = await deployed(context.root, stack);
    const oneOff = pick(outputs.oneOffTasks ?? {}, heritage, "heritage");
    const cluster = outputs.clusterName;
    return runOnce(aws, { ...oneOff, cluster, name: heritage!, command, seconds: timeout }, context);
}

/** The exit code of a command that ran as a task. Its log goes to stdout, all else to stderr. */
export async function runOnce(
    aws: Pick<Aws, "ecs" | "logs">,
    args: OneOffTask & { cluster: string; name: string; command: string[]; seconds: number },
    { out, err, signal }: Pick<CommandContext, "out" | "err" | "signal">,
): Promise<number> {
    const { DescribeTasksCommand, StopTaskCommand } = await import("@aws-sdk/client-ecs");
    const { cluster, name, seconds } = args;
    const started = Date.now();
    const arn = await startTask(aws.ecs, { ...args, startedBy: "identity-task" });
    err(`${name}: task ${id(arn)} was started\n`);
    const show = shownOnce(aws.logs, args.logGroup, `app/app/${id(arn)}`, out);
    const end = async (reason: string) => {
        await aws.ecs.send(new StopTaskCommand({ cluster, task: arn, reason }));
        err(`${name}: task ${id(arn)} was told to stop\n`);
    };
    for (let reported = ""; ; await pause(POLL_MILLISECONDS, signal)) {
        if (signal.aborted) {
            await end("interrupted");
            return 130;
        }
        const { tasks } = await aws.ecs.send(new DescribeTasksCommand({ cluster, tasks: [arn] }));
        const status = (tasks?.[0]?.lastStatus ?? "waiting").toLowerCase();
        if (status !== reported) err(`${name}: ${status}\n`);
        reported = status;
        await show();
        if (tasks?.[0] && status === "stopped") {
            await pause(LAST_LINES_MILLISECONDS, signal);
            await show();
            return exitCode(tasks[0], err);
        }
        if (Date.now() > started + seconds * 1000) {
            await end(`not ended after ${seconds} seconds`);
            err(`${name}: not ended after ${seconds} seconds\n`);
            return 1;
        }
    }
}

/** The application's own; what stood beside it was stopped with it. */
function exitCode({ containers = [], stoppedReason, stopCode }: Task, err: (text: string) => void): number {
    const app = containers.find(({ name }) => name === "app") ?? containers[0];
    if (app?.exitCode !== undefined) {
        err(`exit code ${app.exitCode}\n`);
        return app.exitCode;
    }
    err(`the command never ran: ${app?.reason ?? stoppedReason ?? stopCode ?? "ECS does not say why"}\n`);
    return 1;
}

/** Shows what is new in a log stream, each time that it is called; the stream comes to be with its first line. */
function shownOnce(logs: Aws["logs"], logGroupName: string, logStreamName: string, out: (text: string) => void) {
    let nextToken: string | undefined;
    return async () => {
        const { GetLogEventsCommand, ResourceNotFoundException } = await import("@aws-sdk/client-cloudwatch-logs");
        for (;;) {
            const request = { logGroupName, logStreamName, nextToken, startFromHead: true };
            const page = await logs.send(new GetLogEventsCommand(request)).catch((error: Error) => {
                if (error instanceof ResourceNotFoundException) return undefined;
                throw error;
            });
            for (const { message = "" } of page?.events ?? []) out(`${message.trimEnd()}\n`);
            // At the end of the stream the token stays as it is (API reference, GetLogEvents).
            if (page === undefined || page.nextForwardToken === nextToken) return;
            nextToken = page.nextForwardToken;
        }
    };
}
