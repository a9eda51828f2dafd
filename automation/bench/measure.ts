/** What one run of a program costs, and what several of them come to. */
import { spawnSync } from "node:child_process";
import os from "node:os";

export interface Measured {
    /** Seconds from start to end, and of processor time; MiB at the peak. */
    readonly wall: number;
    readonly cpu: number;
    readonly memory: number;
}

/** A program, where and with what it is run. */
export interface Command {
    readonly args: readonly string[];
    readonly cwd: string;
    readonly env?: Record<string, string>;
}

/** Reports, when a process ends, what the operating system counted for it. */
const PROBE = `process.on("exit", () => {
    const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
    try {
        require("node:fs").writeSync(3, JSON.stringify({ cpu: (userCPUTime + systemCPUTime) / 1e6, memory: maxRSS / 1024 }));
    } catch {
        // A process below the one that is measured.
    }
});`;

/** A program in Node, as text. */
export const node = (code: string, cwd: string): Command => ({
    args: ["--require", "sucrase/register/ts", "--eval", `${PROBE}\n${code}`],
    cwd,
});

/** One in a file, with its arguments. */
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

export const median = (values: number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

/** The median of each figure. */
export const medians = (runs: readonly Measured[]): Measured => ({
    wall: median(runs.map(({ wall }) => wall)),
    cpu: median(runs.map(({ cpu }) => cpu)),
    memory: median(runs.map(({ memory }) => memory)),
});

/** How busy the machine is with other things, for whoever reads the figures. */
export const load = () => `load ${os.loadavg()[0]!.toFixed(1)} on ${os.cpus().length} cores`;
