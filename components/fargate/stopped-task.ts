/** How a task came to its end, in the words that somebody wants to read who sees a deployment fail. */
import type { Task } from "@aws-sdk/client-ecs";
import type { Clients } from "./aws-clients";

const LOG_LINES = 12;

/** The reason, and each container's exit code and last log lines, indented below one another. */
export async function stopReasons(clients: Clients, task: Task): Promise<string[]> {
    const lines = [`  task ${id(task.taskArn)} stopped: ${task.stoppedReason ?? task.stopCode ?? "no reason given"}`];
    for (const { name = "", exitCode, reason } of task.containers ?? []) {
        const end = [exitCode === undefined ? "" : `exit code ${exitCode}`, reason ?? ""].filter(Boolean);
        lines.push(`    container ${name}: ${end.join(", ") || "no exit code"}`);
        for (const line of await lastLogLines(clients, task, name)) lines.push(`      | ${line}`);
    }
    return lines;
}

/** A log that cannot be read, because the container never wrote one, is an empty one. */
async function lastLogLines({ ecs, logs }: Clients, task: Task, container: string): Promise<string[]> {
    const { DescribeTaskDefinitionCommand } = await import("@aws-sdk/client-ecs");
    const { GetLogEventsCommand, ResourceNotFoundException } = await import("@aws-sdk/client-cloudwatch-logs");
    const { taskDefinition } = await ecs.send(
        new DescribeTaskDefinitionCommand({ taskDefinition: task.taskDefinitionArn }),
    );
    const options = taskDefinition?.containerDefinitions?.find((c) => c.name === container)?.logConfiguration?.options;
    if (!options?.["awslogs-group"]) return [];
    try {
        const { events } = await logs.send(
            new GetLogEventsCommand({
                logGroupName: options["awslogs-group"],
                logStreamName: `${options["awslogs-stream-prefix"]}/${container}/${id(task.taskArn)}`,
                limit: LOG_LINES,
            }),
        );
        return (events ?? []).map((event) => event.message?.trimEnd() ?? "");
    } catch (error) {
        if (error instanceof ResourceNotFoundException) return [];
        throw error;
    }
}

export const id = (arn = "") => arn.split("/").pop()!;
