/** `npm run task`: runs a command once, as one of a heritage's own tasks. */
import type { Task } from "@aws-sdk/client-ecs";
import { startTask } from "../../components/fargate/run-task";
import { id } from "../../components/fargate/stopped-task";
import { type Aws, deployed, type OneOffTask, pick } from "../deployed";
import { UsageError } from "../plan/stack-file";
import { options, pause, run, split, type Surroundings } from "./command";
import { Follower } from "./follow";

const HELP = `npm run task -- [--stack NAME] HERITAGE -- COMMAND…

Runs a command with a heritage's image, secrets and network, shows its log, and returns its exit code.

  --stack NAME       the stack (default: dev)
  --timeout SECONDS  how long it may take before it is stopped (default: 3600)
  --help             print this

Ctrl-C stops the task. Exit code: the command's own; 1, it did not start, or did not end in time; 2, these arguments are wrong;
130, it was interrupted.
`;

const POLL_MILLISECONDS = 2000;
/** A log's last lines arrive when the task has ended. */
const LAST_LINES_MILLISECONDS = 3000;

export async function task(args: string[], around: Surroundings): Promise<number> {
    const { own, command } = split(args);
    const { values, positionals } = options(own, { timeout: { type: "string", default: "3600" } });
    if (values.help) {
        around.out(HELP);
        return 0;
    }
    const [name, ...more] = positionals;
    if (more.length > 0 || !command?.length) {
        throw new UsageError("npm run task -- [--stack NAME] HERITAGE -- COMMAND…; --help says more");
    }
    const seconds = Number(values.timeout);
    if (!(Number.isInteger(seconds) && seconds > 0))
        throw new UsageError(`--timeout ${values.timeout}: seconds, e.g. 600`);
    const { aws, outputs } = await deployed(around.root, values.stack);
    const oneOff = pick(outputs.oneOffTasks ?? {}, name, "heritage");
    const cluster = outputs.clusterName;
    return runOnce(aws, { ...oneOff, cluster, name: name!, command, seconds }, around);
}

/** The exit code of a command that ran as a task. Its log goes to stdout, all else to stderr. */
export async function runOnce(
    aws: Pick<Aws, "ecs" | "logs">,
    args: OneOffTask & { cluster: string; name: string; command: string[]; seconds: number },
    { out, err, signal }: Pick<Surroundings, "out" | "err" | "signal">,
): Promise<number> {
    const { DescribeTasksCommand, StopTaskCommand } = await import("@aws-sdk/client-ecs");
    const { cluster, name, seconds } = args;
    const started = Date.now();
    const arn = await startTask(aws.ecs, { ...args, startedBy: "npm-run-task" });
    err(`${name}: task ${id(arn)} was started\n`);
    const log = new Follower(aws.logs, args.logGroup, started - 60_000, `app/app/${id(arn)}`);
    const show = async () => {
        for (const { text } of await log.next()) out(`${text}\n`);
    };
    const end = async (reason: string) => {
        await aws.ecs.send(new StopTaskCommand({ cluster, task: arn, reason }));
        err(`${name}: task ${id(arn)} was told to stop\n`);
    };
    for (let said = ""; ; await pause(POLL_MILLISECONDS, signal)) {
        if (signal.aborted) {
            await end("interrupted");
            return 130;
        }
        const { tasks } = await aws.ecs.send(new DescribeTasksCommand({ cluster, tasks: [arn] }));
        const status = (tasks?.[0]?.lastStatus ?? "waiting").toLowerCase();
        if (status !== said) err(`${name}: ${status}\n`);
        said = status;
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

if (require.main === module) run(task);
