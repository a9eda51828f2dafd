/** What the commands on a deployed stack have in common: arguments, exit codes, what an error looks like. */
import path from "node:path";
import { parseArgs, type ParseArgsConfig } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { UsageError } from "../plan/stack-file";

export interface Surroundings {
    /** The folder with Pulumi.yaml and the stack files. */
    readonly root: string;
    readonly input: NodeJS.ReadStream;
    out(text: string): void;
    /** Progress and errors, so that what a command is asked for can be piped. */
    err(text: string): void;
    /** Aborted by Ctrl-C. */
    readonly signal: AbortSignal;
    /** Aborted by a second Ctrl-C: what ends cleanly after the first one, ends at once. */
    readonly atOnce?: AbortSignal;
    /** Whether a person looks at what `err` writes, and its lines can be drawn anew. @default false */
    readonly terminal?: boolean;
}

/** Ends a command with an exit code of its own, and a message without a stack trace. */
export class Exit extends Error {
    constructor(
        readonly code: number,
        message: string,
    ) {
        super(message);
    }
}

export type Command = (args: string[], around: Surroundings) => Promise<number>;

type Options = NonNullable<ParseArgsConfig["options"]>;

/** Every command has a stack, and its help. */
export function options<Own extends Options>(args: string[], own: Own) {
    try {
        return parseArgs({
            args,
            allowPositionals: true,
            options: { stack: { type: "string", default: "dev" }, help: { type: "boolean", default: false }, ...own },
        });
    } catch (error) {
        throw new UsageError(`${(error as Error).message.split(". ")[0]}; --help says what there is`);
    }
}

/** What was written before `--`, and the command after it. */
export function split(args: string[]): { own: string[]; command: string[] | undefined } {
    const at = args.indexOf("--");
    return at < 0 ? { own: args, command: undefined } : { own: args.slice(0, at), command: args.slice(at + 1) };
}

/** Exit code 2 says that the arguments, or the file, are to be put right; 1 that something else is wrong. */
export async function guarded(command: Command, args: string[], around: Surroundings): Promise<number> {
    try {
        return await command(args, around);
    } catch (error) {
        if (error instanceof Exit) {
            around.err(`${error.message}\n`);
            return around.signal.aborted ? 130 : error.code;
        }
        if (around.signal.aborted) return 130;
        around.err(`${explain(error)}\n`);
        return error instanceof UsageError ? 2 : 1;
    }
}

/** AWS's own errors say what is wrong; a stack trace helps with a mistake in here alone. */
export function explain(error: unknown): string {
    if (error instanceof UsageError || pulumi.RunError.isInstance(error)) return error.message;
    if (!(error instanceof Error)) return String(error);
    const ofAws = "$metadata" in error || error.name === "CredentialsProviderError";
    return ofAws ? `AWS: ${error.message || error.name} (${error.name})` : (error.stack ?? error.message);
}

/** Waits, unless the command is interrupted. */
export const pause = (milliseconds: number, signal: AbortSignal) =>
    new Promise<void>((resolve) => {
        if (signal.aborted) return resolve();
        const done = () => {
            clearTimeout(timer);
            signal.removeEventListener("abort", done);
            resolve();
        };
        const timer = setTimeout(done, milliseconds);
        signal.addEventListener("abort", done);
    });

/** `npm run` passes on the Ctrl-C that a terminal has sent to all of its processes: what follows so soon is the same one. */
const SAME_INTERRUPTION_MILLISECONDS = 1000;

/** Runs a command as the process that it is. `signals` are those that interrupt it. */
export function run(command: Command, signals: NodeJS.Signals[] = ["SIGINT"]) {
    const [interrupted, insisted] = [new AbortController(), new AbortController()];
    let first = 0;
    const interrupt = () => {
        if (!interrupted.signal.aborted) {
            first = Date.now();
            interrupted.abort();
        } else if (Date.now() - first > SAME_INTERRUPTION_MILLISECONDS) insisted.abort();
    };
    for (const signal of signals) process.on(signal, interrupt);
    const write = (stream: NodeJS.WriteStream) => (text: string) => void stream.write(text);
    void guarded(command, process.argv.slice(2), {
        root: path.join(__dirname, "../.."),
        get input() {
            return process.stdin;
        },
        out: write(process.stdout),
        err: write(process.stderr),
        signal: interrupted.signal,
        atOnce: insisted.signal,
        terminal: process.stderr.isTTY && !process.env.CI,
    }).then((code) => {
        // What a command has left waiting (a program that follows a deployment) does not keep its process.
        process.stdout.write("", () => process.stderr.write("", () => process.exit(code)));
    });
}
