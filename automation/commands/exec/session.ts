/** A session of Session Manager: a shell, or another command, in a running task. */
import { type ChildProcess, spawn, type SpawnOptions, spawnSync } from "node:child_process";
import type { Problem } from "../../../components/aws-error";
import { id } from "../../../components/fargate/stopped-task";
import { type Aws, deployed, pick } from "../../runner/deployed";
import type { CommandContext } from "../../shared/context";
import { UsageError } from "../../shared/errors";
import type { ExecInput } from "../exec";

const PLUGIN = "session-manager-plugin";
const MISSING: Problem = {
    what: `there is no ${PLUGIN} on the PATH`,
    fix: "https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-working-with-install-plugin.html",
};

export async function exec(
    { stack, service, task, container, command }: ExecInput,
    { root }: Pick<CommandContext, "root">,
): Promise<number> {
    const { aws, outputs } = await deployed(root, stack);
    const session = await open(aws, {
        cluster: outputs.clusterName,
        service: pick(outputs.serviceNames, service, "service"),
        task,
        container,
        command: command.length > 0 ? command : ["/bin/sh"],
    });
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
    const name =
        wanted.container ??
        names.find((container) => container === "app") ??
        names.find((container) => container !== "envoy");
    const container = task.containers?.find((candidate) => candidate.name === name);
    if (!container) throw new UsageError(`there is no container ${name}; there are: ${names.join(", ")}`);
    const { session } = await ecs.send(
        new ExecuteCommandCommand({
            cluster,
            task: task.taskArn,
            container: name,
            interactive: true,
            command: wanted.command.map(quoted).join(" "),
        }),
    );
    return { session: session!, target: `ecs:${cluster}_${id(task.taskArn)}_${container.runtimeId}` };
}

/** ECS takes one line, and splits it as a shell would. */
const quoted = (word: string) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);

/** Says that the plugin is missing before a session is opened that nobody would use. */
export function needPlugin() {
    const [missing] = missingPlugin();
    if (missing) throw new UsageError(`${missing.what}: ${missing.fix}`);
}

/** What is wrong where the plugin is missing. */
export const missingPlugin = (): Problem[] =>
    spawnSync(PLUGIN, ["--version"], { stdio: "ignore" }).error ? [MISSING] : [];

/** Starts the plugin that speaks Session Manager's protocol. */
export function startPlugin(
    region: string,
    { session, target, request }: Session,
    options: SpawnOptions,
): ChildProcess {
    const endpoint = `https://ssm.${region}.amazonaws.com`;
    const asked = JSON.stringify({ Target: target, ...request });
    return spawn(PLUGIN, [JSON.stringify(session), region, "StartSession", "", asked, endpoint], options);
}

/** The plugin takes over the terminal. */
export function attach(region: string, session: Session): Promise<number> {
    return new Promise((resolve, reject) => {
        const plugin = startPlugin(region, session, { stdio: "inherit" });
        plugin.on("error", (error: NodeJS.ErrnoException) =>
            reject(error.code === "ENOENT" ? new UsageError(`${MISSING.what}: ${MISSING.fix}`) : error),
        );
        plugin.on("exit", (code) => resolve(code ?? 1));
    });
}
