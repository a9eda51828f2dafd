/** `npm run exec`: a shell, or another command, in a running task. */
import { spawn, spawnSync } from "node:child_process";
import { id } from "../../components/fargate/stopped-task";
import { type Aws, deployed, pick } from "../deployed";
import { UsageError } from "../plan/stack-file";
import { options, run, split, type Surroundings } from "./command";

const HELP = `npm run exec -- [--stack NAME] [--task ID] [--container NAME] SERVICE [-- COMMAND…]

Opens a shell in a running task of a service (default: /bin/sh), or runs another command in it.

  --stack NAME      the stack (default: dev)
  --task ID         which task, by the first characters of its id (default: one that runs)
  --container NAME  which container (default: app, or the only one)
  --help            print this

It needs AWS's session-manager-plugin on the PATH, and a stack with \`exec: true\` (on in dev, off in prod).
`;

const PLUGIN = "session-manager-plugin";
const INSTALL =
    `there is no ${PLUGIN} on the PATH: https://docs.aws.amazon.com/systems-manager/latest/userguide/` +
    "session-manager-working-with-install-plugin.html";

export async function exec(args: string[], around: Surroundings): Promise<number> {
    const { own, command } = split(args);
    const { values, positionals } = options(own, { task: { type: "string" }, container: { type: "string" } });
    if (values.help) {
        around.out(HELP);
        return 0;
    }
    if (positionals.length > 1) throw new UsageError("a command comes after --; --help says more");
    const { aws, outputs } = await deployed(around.root, values.stack);
    const service = pick(outputs.serviceNames, positionals[0], "service");
    const wanted = { cluster: outputs.clusterName, service, task: values.task, container: values.container };
    const session = await open(aws, { ...wanted, command: command?.length ? command : ["/bin/sh"] });
    return attach(aws.region, session);
}

export interface Session {
    readonly session: object;
    readonly target: string;
    /** What the session was asked for with, beside its target. @default nothing */
    readonly request?: object;
}

/** Asks ECS for a session in a task that runs. */
export async function open(
    { ecs }: Pick<Aws, "ecs">,
    wanted: { cluster: string; service: string; task?: string; container?: string; command: string[] },
): Promise<Session> {
    const { DescribeTasksCommand, ExecuteCommandCommand, ListTasksCommand } = await import("@aws-sdk/client-ecs");
    const { cluster, service } = wanted;
    const { taskArns = [] } = await ecs.send(
        new ListTasksCommand({ cluster, serviceName: service, desiredStatus: "RUNNING" }),
    );
    const { tasks = [] } =
        taskArns.length > 0 ? await ecs.send(new DescribeTasksCommand({ cluster, tasks: taskArns })) : {};
    const running = tasks.filter(({ lastStatus }) => lastStatus === "RUNNING");
    const task = running.find(({ taskArn }) => id(taskArn).startsWith(wanted.task ?? ""));
    if (!task) {
        const ids = running.map(({ taskArn }) => id(taskArn)).join(", ");
        throw new UsageError(
            running.length > 0 ? `no task ${wanted.task} runs; there are: ${ids}` : `no task of ${service} runs`,
        );
    }
    if (!task.enableExecuteCommand) {
        throw new UsageError(`task ${id(task.taskArn)} takes no commands: exec: true in the stack file, and an \`up\``);
    }
    const names = (task.containers ?? []).map(({ name }) => name!);
    const name = wanted.container ?? (names.includes("app") ? "app" : names[0]);
    const container = task.containers?.find((one) => one.name === name);
    if (!container) throw new UsageError(`there is no container ${name}; there are: ${names.join(", ")}`);
    const { session } = await ecs.send(
        new ExecuteCommandCommand({
            ...{ cluster, task: task.taskArn, container: name, interactive: true },
            command: wanted.command.map(quoted).join(" "),
        }),
    );
    return { session: session!, target: `ecs:${cluster}_${id(task.taskArn)}_${container.runtimeId}` };
}

/** ECS takes one line, and splits it as a shell would. */
const quoted = (word: string) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);

/** Says that the plugin is missing before a session is opened that nobody would use. */
export function needPlugin() {
    if (spawnSync(PLUGIN, ["--version"], { stdio: "ignore" }).error) throw new UsageError(INSTALL);
}

/** The plugin that speaks Session Manager's protocol takes over the terminal. */
export function attach(region: string, { session, target, request }: Session): Promise<number> {
    const endpoint = `https://ssm.${region}.amazonaws.com`;
    const asked = JSON.stringify({ Target: target, ...request });
    const args = [JSON.stringify(session), region, "StartSession", "", asked, endpoint];
    return new Promise((resolve, reject) => {
        const plugin = spawn(PLUGIN, args, { stdio: "inherit" });
        plugin.on("error", (error: NodeJS.ErrnoException) =>
            reject(error.code === "ENOENT" ? new UsageError(INSTALL) : error),
        );
        plugin.on("exit", (code) => resolve(code ?? 1));
    });
}

if (require.main === module) run(exec);
