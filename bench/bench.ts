/**
 * Measures the time and memory of the plan, beside a bare import of the same packages: of dev, of prod, and of stacks with 1, 10 and 100
 * heritages and clusters. `npm run bench [RUNS]`. The cases take turns, so that a machine that slows down affects all of them.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { KINDS, stackOf, writeStacks } from "./stacks";

const ROOT = path.join(__dirname, "..");
const SIZES = [1, 10, 100];
const PACKAGES = ["@pulumi/pulumi", "@pulumi/aws", "@pulumi/awsx", "@pulumi/docker", "@pulumi/random", "zod", "yaml"];
const BARE = "bare import";
const runs = Number(process.argv[2] ?? 3);

/** Has a process write its resource usage to file descriptor 3 when it ends. */
const PROBE = `process.on("exit", () => {
    const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
    require("node:fs").writeSync(3, JSON.stringify({ cpu: (userCPUTime + systemCPUTime) / 1e6, memory: maxRSS / 1024 }));
});`;

interface Measured {
    /** Seconds by the clock and of all processors, and MiB at the peak. */
    readonly wall: number;
    readonly cpu: number;
    readonly memory: number;
}

function measure(code: string, cwd: string): Measured {
    const started = process.hrtime.bigint();
    const child = spawnSync(process.execPath, ["--require", "sucrase/register/ts", "--eval", `${PROBE}\n${code}`], {
        cwd,
        encoding: "utf8",
        stdio: ["ignore", "ignore", "pipe", "pipe"],
    });
    const wall = Number(process.hrtime.bigint() - started) / 1e9;
    if (child.status !== 0) throw new Error(`a run ended with ${child.status}: ${child.stderr}`);
    return { wall, ...(JSON.parse(child.output[3]!) as Omit<Measured, "wall">) };
}

const median = (values: number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

const folder = mkdtempSync(path.join(os.tmpdir(), "identity-bench-"));
try {
    writeStacks(ROOT, folder, SIZES);
    symlinkSync(path.join(ROOT, "node_modules"), path.join(folder, "node_modules")); // component providers look there
    const stacks = ["dev", "prod", ...KINDS.flatMap((kind) => SIZES.map((count) => stackOf(kind, count)))];
    const identity = JSON.stringify(path.join(ROOT, "bin/identity.js"));
    const cases = new Map([
        [BARE, PACKAGES.map((name) => `require("${name}");`).join("")],
        ...stacks.map((stack) => {
            const args = `[process.argv[0], ${identity}, "plan", "--stack", "${stack}"]`;
            return [`plan of ${stack}`, `process.argv = ${args}; require(${identity});`] as const;
        }),
    ]);
    const all = new Map([...cases.keys()].map((name) => [name, [] as Measured[]]));
    for (let run = 0; run <= runs; run++) {
        process.stderr.write(run === 0 ? "warming up\n" : `run ${run} of ${runs}\n`);
        for (const [name, code] of cases) {
            const measured = measure(code, folder);
            if (run > 0) all.get(name)!.push(measured); // the first run fills the caches
        }
    }
    const medianOf = (name: string, figure: keyof Measured) => median(all.get(name)!.map((run) => run[figure]));
    const row = (name: string, cells: string[]) => name.padEnd(26) + cells.map((cell) => cell.padStart(9)).join("");
    console.log(`Node ${process.version}, load ${os.loadavg()[0]!.toFixed(1)} on ${os.cpus().length} cores`);
    console.log(`medians of ${runs} runs\n${row("", ["seconds", "× bare", "CPU s", "× bare", "MiB"])}`);
    for (const name of cases.keys()) {
        const figures = (["wall", "cpu"] as const).flatMap((figure) => {
            const value = medianOf(name, figure);
            return [value, value / medianOf(BARE, figure)];
        });
        console.log(row(name, [...figures.map((n) => n.toFixed(2)), medianOf(name, "memory").toFixed(0)]));
    }
} finally {
    rmSync(folder, { recursive: true, force: true });
}
