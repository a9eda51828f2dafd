/** Runs the Pulumi CLI in a process group of its own, so that a terminal's Ctrl-C reaches only this process, which passes it on once. */
import { spawn } from "node:child_process";
import { PulumiCommand } from "@pulumi/pulumi/automation";
import type { CommandContext } from "../shared/context";
import { Unready } from "./findings";

/** The first version with `refresh --preview-only` and with events over gRPC. */
const OLDEST = "3.230.0";
const fix = `install the Pulumi CLI, ${OLDEST} or later: https://www.pulumi.com/docs/install`;
/** The time for the CLI to end after the second interruption. */
const KILL_AFTER_MILLISECONDS = 5000;

/** The method with which the Automation API calls the CLI. It is internal to the SDK and not in its types. */
type Run = (
    args: string[],
    cwd: string,
    env: Record<string, string>,
    onOutput?: (text: string) => void,
    onError?: (text: string) => void,
) => Promise<{ stdout: string; stderr: string; code: number }>;

/**
 * The CLI on the PATH. It gets SIGINT when the command is interrupted, and finishes the steps that it has begun; a second SIGINT ends it at
 * once. The Automation API would run it in the group of this process, where a terminal's Ctrl-C reaches it directly as well, and so twice.
 */
export async function pulumiCli({ signal, atOnce }: Pick<CommandContext, "signal" | "atOnce">): Promise<PulumiCommand> {
    const found = await available();
    const run: Run = (args, cwd, env, onOutput, onError) =>
        new Promise((resolve, reject) => {
            const child = spawn(found.command, [...args, "--non-interactive"], {
                cwd,
                detached: true,
                stdio: ["ignore", "pipe", "pipe"],
                env: { ...process.env, ...env, PULUMI_AUTOMATION_API: "true" },
            });
            let [stdout, stderr] = ["", ""];
            child.stdout!.setEncoding("utf8").on("data", (text: string) => ((stdout += text), onOutput?.(text)));
            child.stderr!.setEncoding("utf8").on("data", (text: string) => ((stderr += text), onError?.(text)));
            const interrupt = () => void child.kill("SIGINT");
            let timer: NodeJS.Timeout | undefined;
            const end = () => {
                interrupt();
                timer = setTimeout(() => kill(child.pid), KILL_AFTER_MILLISECONDS);
            };
            // CLI commands that begin after an interruption are short and only read.
            if (!signal.aborted) signal.addEventListener("abort", interrupt);
            if (!atOnce?.aborted) atOnce?.addEventListener("abort", end);
            const done = () => {
                clearTimeout(timer);
                signal.removeEventListener("abort", interrupt);
                atOnce?.removeEventListener("abort", end);
            };
            child.on("error", (error) => (done(), reject(error)));
            child.on("close", (code) => {
                done();
                const result = { stdout, stderr, code: code ?? -1 };
                if (code === 0) resolve(result);
                else reject(failure({ ...result, stderr: `${stderr}\n${stdout}`, toString: () => stderr || stdout }));
            });
        });
    return Object.assign(Object.create(found) as PulumiCommand, { run });
}

/** The Automation API's error for the CLI's output. Callers distinguish errors by class. */
function failure(result: object): Error {
    const errors = require("@pulumi/pulumi/automation/errors") as { createCommandError(result: object): Error };
    return errors.createCommandError(result);
}

async function available(): Promise<PulumiCommand> {
    const found = await PulumiCommand.get({ skipVersionCheck: true }).catch(() => {
        throw new Unready([{ what: "there is no `pulumi` on the PATH", fix, blind: true }]);
    });
    const { version } = found;
    // A development build of the CLI may have no version.
    if (version && (version.major !== 3 || version.compare(OLDEST) < 0)) {
        const what = `the Pulumi CLI is ${version.version}, with which this does not work`;
        throw new Unready([{ what, fix, blind: true }]);
    }
    return found;
}

function kill(pid: number | undefined) {
    try {
        if (pid) process.kill(-pid, "SIGKILL");
    } catch {
        // it has already ended
    }
}
