/** Errors that end a command with a message and an exit code, and without a stack trace. */
import { FAILED, INTERRUPTED, USAGE } from "./exit-codes";

/** Its message says all that there is to say. */
export class CommandError extends Error {}

/** The caller can put it right: an argument, or a stack file that cannot be read. Exit code 2. */
export class UsageError extends CommandError {}

/** Ends a command with an exit code of its own. */
export class Exit extends CommandError {
    constructor(
        readonly code: number,
        message: string,
    ) {
        super(message);
    }
}

/** The message for a person. AWS's errors and the program's own explain themselves; any other error is a bug, so its stack is shown. */
export async function explain(error: unknown): Promise<string> {
    if (!(error instanceof Error)) return String(error);
    if (error instanceof CommandError) return error.message;
    if ("$metadata" in error || error.name === "CredentialsProviderError") {
        return `AWS: ${error.message || error.name} (${error.name})`;
    }
    const { RunError } = await import("@pulumi/pulumi"); // loaded late: it takes most of a second
    const ofProgram = RunError.isInstance(error as unknown);
    return ofProgram ? error.message : (error.stack ?? error.message);
}

/** The exit code of a command that threw. */
export function exitCodeOf(error: unknown, { aborted }: Pick<AbortSignal, "aborted">): number {
    if (aborted) return INTERRUPTED;
    if (error instanceof Exit) return error.code;
    return error instanceof UsageError || isConfigError(error) ? USAGE : FAILED;
}

/** `config/problems.ts` is not loaded here: it loads Pulumi's SDK, which takes most of a second. */
const isConfigError = (error: unknown) => error instanceof Error && "problems" in error;
