/** Measures the time and memory of a program's runs. */
import { spawnSync } from "node:child_process";
import os from "node:os";

export interface Measured {
    /** `wall` and `cpu` (processor time) in seconds; `memory`: the peak in MiB. */
    readonly wall: number;
    readonly cpu: number;
    readonly memory: number;
}

/** Arguments, folder and environment of a Node.js process. */
export interface Command {
    readonly args: readonly string[];
    readonly cwd: string;
    readonly env?: Record<string, string>;
}

/** Makes a process report its resource usage on file descriptor 3 when it ends. */
const PROBE = `process.on("exit", () => {
    const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
    try {
        require("node:fs").writeSync(3, JSON.stringify({ cpu: (userCPUTime + systemCPUTime) / 1e6, memory: maxRSS / 1024 }));
    } catch {
        // A child of the measured process.
    }
});`;

/** Runs code that is given as text. */
export const node = (code: string, cwd: string): Command => ({
    args: ["--require", "sucrase/register/ts", "--eval", `${PROBE}\n${code}`],
    cwd,
});

/** Runs a file with arguments. */
export const script = (args: string[], cwd: string, env?: Record<string, string>): Command => ({
    args: [
        "--eval",
        `${PROBE}\nprocess.argv = [process.argv[0], ...${JSON.stringify(args)}];\nrequire(process.argv[1]);`,
    ],
    cwd,
    env,
});

export function measure({ args, cwd, env }: Command): Measured {
    const started = process.hrtime.bigint();
    const child = spawnSync(process.execPath, args, {
        cwd,
        encoding: "utf8",
        env: { ...process.env, ...env },
        stdio: ["ignore", "ignore", "pipe", "pipe"],
    });
    const wall = Number(process.hrtime.bigint() - started) / 1e9;
    if (child.status !== 0) throw new Error(`a run ended with ${child.status}: ${child.stderr}`);
    return { wall, ...(JSON.parse(child.output[3]!) as Omit<Measured, "wall">) };
}

const median = (values: number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

/** The median of each figure. */
export const medians = (runs: readonly Measured[]): Measured => ({
    wall: median(runs.map(({ wall }) => wall)),
    cpu: median(runs.map(({ cpu }) => cpu)),
    memory: median(runs.map(({ memory }) => memory)),
});

/** The machine's load, to judge the figures by. */
export const load = () => `load ${os.loadavg()[0]!.toFixed(1)} on ${os.cpus().length} cores`;
