/** A command line as the process that it is: streams, signals, the project's folder. */
import { existsSync } from "node:fs";
import path from "node:path";
import { columns } from "../../plan/text";
import type { CommandContext } from "../../shared/context";
import { FAILED } from "../../shared/exit-codes";
import type { Group } from "./define";
import { runLine } from "./run";

/** npm passes on a Ctrl-C that the terminal has sent to this process already. What follows so soon is the same one. */
const SAME_INTERRUPTION_MILLISECONDS = 1000;

/** The folder with Pulumi.yaml: this one, or the nearest one above it. @default this one */
export function projectFolder(from: string): string {
    for (let folder = path.resolve(from); ; folder = path.dirname(folder)) {
        if (existsSync(path.join(folder, "Pulumi.yaml"))) return folder;
        if (folder === path.dirname(folder)) return path.resolve(from);
    }
}

/** Runs the words of a command line, and ends the process with the exit code. */
export async function runProcess(words: readonly string[], group: Group): Promise<void> {
    const { stdout, stderr, env } = process;
    const { interrupt, signal, atOnce } = interruptions();
    let readerGone = () => {};
    let lost = false;
    for (const stream of [stdout, stderr]) {
        stream.on("error", (error: NodeJS.ErrnoException) => {
            if (error.code === "EPIPE") return readerGone();
            // A full disk: what was asked for is not there, whatever the command has done.
            if (!lost && stream === stdout) stderr.write(`The output is not complete: ${error.message}\n`);
            lost = true;
        });
    }
    const context: CommandContext = {
        root: projectFolder(process.cwd()),
        get input() {
            return process.stdin; // opened when it is asked for: an open stdin keeps the process
        },
        out: (text) => void stdout.write(text),
        err: (text) => void stderr.write(text),
        signal,
        atOnce,
        terminal: stderr.isTTY && !env.CI,
        env,
        width: columns(env, stdout.columns),
    };
    // Where two parts of a program wait for each other, Node has nothing left to do, and would exit with 0.
    process.once("beforeExit", () => {
        stderr.write("The command cannot finish: something in it waits for itself.\n");
        process.exit(FAILED);
    });
    const code = await runLine(words, group, context, ({ signals = ["SIGINT"] }) => {
        for (const name of signals) process.on(name, interrupt);
        // A reader such as `head` that has gone ends what only shows something. A deployment goes on to its end.
        if (!signals.includes("SIGTERM")) readerGone = interrupt;
    });
    // A command may have left something that waits, such as a program that follows a deployment.
    stdout.write("", () => stderr.write("", () => setImmediate(() => process.exit(lost ? code || FAILED : code))));
}

/** Signals as a command gets them: the first one interrupts it, another one insists. */
function interruptions() {
    const [interrupted, insisted] = [new AbortController(), new AbortController()];
    let first = 0;
    const interrupt = () => {
        if (!interrupted.signal.aborted) {
            first = Date.now();
            interrupted.abort();
        } else if (Date.now() - first > SAME_INTERRUPTION_MILLISECONDS) insisted.abort();
    };
    return { interrupt, signal: interrupted.signal, atOnce: insisted.signal };
}
