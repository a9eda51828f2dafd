/** Runs a script on an instance by Systems Manager, and waits for its end. */
import type { GetCommandInvocationResult, SSMClient } from "@aws-sdk/client-ssm";

export interface RunCommandArgs {
    instanceId: string;
    script: string;
    /** What the command is for, as Systems Manager lists it; of 100 characters. */
    comment: string;
    /** Seconds that the script may take. */
    timeoutSeconds: number;
    /** Is told what is waited for, each time that changes. */
    progress: (text: string) => void;
}

export interface CommandEnd {
    readonly succeeded: boolean;
    /** What Systems Manager says, or what the script wrote. */
    readonly output: string;
}

const POLL_SECONDS = 5;
/** Seconds that a new instance may take to register; it takes one or two minutes. */
const REGISTRATION_SECONDS = 600;
/** Seconds after the script's own time in which Systems Manager has to tell its end. */
const LATE_SECONDS = 120;
const UNDER_WAY = ["Pending", "InProgress", "Delayed", "Cancelling"];

/** A command reaches an instance only once its agent has registered, a minute or two after it was made. */
export async function runCommand(
    ssm: Pick<SSMClient, "send">,
    args: RunCommandArgs,
    pollSeconds = POLL_SECONDS,
): Promise<CommandEnd> {
    const until = (seconds: number) => Date.now() + seconds * 1000;
    const pause = () => new Promise((resolve) => setTimeout(resolve, pollSeconds * 1000));
    const registered = until(REGISTRATION_SECONDS);
    let commandId = await send(ssm, args);
    while (commandId === undefined) {
        args.progress("the machine starts");
        if (Date.now() > registered) return failed("it has not registered with Systems Manager; does it run?");
        await pause();
        commandId = await send(ssm, args);
    }
    args.progress("the machine runs");
    const ended = until(args.timeoutSeconds + LATE_SECONDS);
    for (;;) {
        const end = await endOf(ssm, args.instanceId, commandId);
        if (end) return end;
        if (Date.now() > ended) return failed("Systems Manager tells no end of it");
        await pause();
    }
}

const failed = (output: string): CommandEnd => ({ succeeded: false, output });

/** The id of the command; undefined where the instance has not registered yet. */
async function send(ssm: Pick<SSMClient, "send">, args: RunCommandArgs): Promise<string | undefined> {
    const { InvalidInstanceId, SendCommandCommand } = await import("@aws-sdk/client-ssm");
    try {
        const { Command } = await ssm.send(
            new SendCommandCommand({
                DocumentName: "AWS-RunShellScript",
                InstanceIds: [args.instanceId],
                Comment: args.comment.slice(0, 100),
                Parameters: { commands: [args.script], executionTimeout: [String(args.timeoutSeconds)] },
            }),
        );
        return Command!.CommandId!;
    } catch (error) {
        if (error instanceof InvalidInstanceId) return undefined;
        throw error;
    }
}

async function endOf(ssm: Pick<SSMClient, "send">, instanceId: string, commandId: string) {
    const { GetCommandInvocationCommand, InvocationDoesNotExist } = await import("@aws-sdk/client-ssm");
    const invocation: Partial<GetCommandInvocationResult> = await ssm
        .send(new GetCommandInvocationCommand({ InstanceId: instanceId, CommandId: commandId }))
        .catch((error: Error) => {
            if (error instanceof InvocationDoesNotExist) return { Status: "Pending" as const }; // sent a moment ago
            throw error;
        });
    if (UNDER_WAY.includes(invocation.Status!)) return undefined;
    const written = [invocation.StandardOutputContent, invocation.StandardErrorContent]
        .filter(Boolean)
        .join("\n")
        .trim();
    return {
        succeeded: invocation.Status === "Success",
        output: written || (invocation.StatusDetails ?? invocation.Status!),
    };
}
