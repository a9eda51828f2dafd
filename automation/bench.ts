/**
 * `npm run bench`: what the plan costs in time and memory, beside a bare import of the same packages in the same run, and how
 * that grows with the number of clusters. Runs take turns, so that a machine that slows down slows all of them.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { stringify } from "yaml";

const ROOT = path.join(__dirname, "..");
const PACKAGES = ["@pulumi/pulumi", "@pulumi/aws", "@pulumi/awsx", "@pulumi/docker", "@pulumi/random", "zod", "yaml"];
const SIZES = [1, 10, 100];
const HERITAGES = [1, 50];

interface Measured {
    /** Seconds from start to end, and of processor time; MiB at the peak. */
    wall: number;
    cpu: number;
    memory: number;
}

/** Reports, when a process ends, what the operating system counted for it. */
const PROBE = `process.on("exit", () => {
    const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
    require("node:fs").writeSync(3, JSON.stringify({ cpu: (userCPUTime + systemCPUTime) / 1e6, memory: maxRSS / 1024 }));
});`;

function measure(code: string): Measured {
    const started = process.hrtime.bigint();
    const child = spawnSync(process.execPath, ["--require", "sucrase/register/ts", "--eval", `${PROBE}\n${code}`], {
        cwd: ROOT,
        encoding: "utf8",
        stdio: ["ignore", "ignore", "pipe", "pipe"],
    });
    const wall = Number(process.hrtime.bigint() - started) / 1e9;
    if (child.status !== 0) throw new Error(`a run ended with ${child.status}: ${child.stderr}`);
    return { wall, ...JSON.parse(child.output[3]!) };
}

/** The plan of a stack file in `folder`, as `npm start` makes it: simulated, rendered, written. */
const planning = (folder: string, stack: string) => `
    const quiet = { root: ${JSON.stringify(folder)}, out() {}, err: (text) => process.stderr.write(text) };
    require("./automation/plan.ts").main(["--stack", ${JSON.stringify(stack)}], quiet).then((code) => { process.exitCode = code; });`;

/** A stack with so many clusters, which differ in nothing but their names. */
function stackOf(clusters: number): string {
    const names = Array.from({ length: clusters }, (_, i) => `agent-${i + 1}`);
    return stringify({
        config: {
            "aws:region": "ap-northeast-1",
            "identity:environment": "dev",
            "identity:domain": { name: "id.example.com" },
            "identity:walletDb": { instanceClass: "db.r8g.4xlarge" },
            "identity:agents": Object.fromEntries(names.map((name) => [name, {}])),
        },
    });
}

/** A plan of a folder with heritages of its own. */
const planningHeritages = (folder: string, stack: string) => `
    const [root, stack] = ${JSON.stringify([folder, stack])};
    require("./automation/plan/plan-stack.ts").planStack({ root, files: root, stack }).catch((error) => {
        process.stderr.write(String(error));
        process.exitCode = 1;
    });`;

/** So many heritages, each with a web service, a worker and a task by the clock. */
function writeHeritages(folder: string, count: number) {
    const names = Array.from({ length: count }, (_, i) => `app-${i + 1}`);
    mkdirSync(path.join(folder, "heritages"), { recursive: true });
    for (const name of names) {
        writeFileSync(
            path.join(folder, "heritages", `${name}.yml`),
            stringify({
                image: `example.com/app@sha256:${"a".repeat(64)}`,
                secrets: { TOKEN: { generate: {} } },
                services: { web: { listeners: [{}], health_check_path: "/" }, worker: {} },
                scheduled_tasks: { nightly: { schedule: "rate(1 day)", command: ["night"] } },
            }),
        );
    }
    const config = {
        "aws:region": "ap-northeast-1",
        "identity:environment": "dev",
        "identity:domain": { name: "id.example.com" },
        "identity:envoyImage": `example.com/envoy@sha256:${"b".repeat(64)}`,
        "identity:heritages": names,
    };
    writeFileSync(path.join(folder, `Pulumi.heritages-${count}.yaml`), stringify({ config }));
}

const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

function main() {
    const { values } = parseArgs({ options: { runs: { type: "string", default: "5" } } });
    const runs = Number(values.runs);
    if (!Number.isInteger(runs) || runs < 1) throw new Error("--runs takes a whole number from 1");
    const folder = mkdtempSync(path.join(os.tmpdir(), "identity-bench-"));
    try {
        for (const file of ["Pulumi.yaml", "Pulumi.dev.yaml", "Pulumi.prod.yaml"]) {
            cpSync(path.join(ROOT, file), path.join(folder, file));
        }
        for (const size of HERITAGES) writeHeritages(folder, size);
        for (const size of SIZES) writeFileSync(path.join(folder, `Pulumi.of-${size}.yaml`), stackOf(size));
        const cases: Record<string, string> = {
            "bare import": PACKAGES.map((name) => `require("${name}");`).join(""),
            "plan of dev": planning(folder, "dev"),
            "plan of prod": planning(folder, "prod"),
            ...Object.fromEntries(
                SIZES.map((n) => [`plan of ${n} cluster${n > 1 ? "s" : ""}`, planning(folder, `of-${n}`)]),
            ),
            ...Object.fromEntries(
                HERITAGES.map((n) => [
                    `plan of ${n} heritage${n > 1 ? "s" : ""}`,
                    planningHeritages(folder, `heritages-${n}`),
                ]),
            ),
        };
        const results = new Map(Object.keys(cases).map((name) => [name, [] as Measured[]]));
        for (let run = 0; run <= runs; run++) {
            process.stderr.write(run === 0 ? "warming up\n" : `run ${run} of ${runs}\n`);
            for (const [name, code] of Object.entries(cases)) {
                const measured = measure(code);
                if (run > 0) results.get(name)!.push(measured); // the first fills the file cache
            }
        }
        report(results);
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
}

function report(results: Map<string, Measured[]>) {
    const of = (name: string, key: keyof Measured) => median(results.get(name)!.map((m) => m[key]));
    const bare = of("bare import", "wall");
    console.log(
        `Node ${process.version}, ${os.cpus().length} cores, medians of ${results.get("bare import")!.length} runs\n`,
    );
    console.log(`${"".padEnd(22)}${["seconds", "× bare", "CPU s", "peak MiB"].map((h) => h.padStart(10)).join("")}`);
    for (const name of results.keys()) {
        const row = [of(name, "wall"), of(name, "wall") / bare, of(name, "cpu")].map((n) => n.toFixed(2).padStart(10));
        console.log(`${name.padEnd(22)}${row.join("")}${of(name, "memory").toFixed(0).padStart(10)}`);
    }
    const growth = (what: string, from: number, to: number, key: keyof Measured) =>
        (of(`plan of ${to} ${what}s`, key) - of(`plan of ${from} ${what}${from > 1 ? "s" : ""}`, key)) / (to - from);
    console.log("\nfor each further one");
    for (const [what, from, to] of [
        ["cluster", 1, 10],
        ["cluster", 10, 100],
        ["heritage", 1, 50],
    ] as const) {
        console.log(
            `  ${what}, from ${from} to ${to}`.padEnd(26) +
                `${(growth(what, from, to, "wall") * 1000).toFixed(1)} ms, ${growth(what, from, to, "memory").toFixed(2)} MiB`,
        );
    }
}

main();
