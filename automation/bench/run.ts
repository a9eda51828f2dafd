/**
 * Measures the time and memory of the plan, beside a bare import of the same packages, and their growth with the number of heritages and
 * clusters. Measures a preview and an `up` as well, if there are an engine and an emulator. The cases take turns, so that a machine that slows
 * down affects all of them.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Deployment } from "./deployment";
import { type Command, load, measure, type Measured, medians, node, script } from "./measure";
import { type Kind, KINDS, stackOf, writeStacks } from "./stacks";

const ROOT = path.join(__dirname, "../..");
const CDK = path.join(ROOT, "bench", "cdk");
const PACKAGES = ["@pulumi/pulumi", "@pulumi/aws", "@pulumi/awsx", "@pulumi/docker", "@pulumi/random", "zod", "yaml"];
const BARE = "bare import";

/** Runs `identity plan` for a stack file in `folder`: it simulates, renders and writes. */
const planning = (folder: string, stack: string) =>
    node(
        `process.chdir(${JSON.stringify(ROOT)});
        const context = { root: ${JSON.stringify(folder)}, out() {}, err: (text) => process.stderr.write(text), signal: {} };
        require("./automation/commands").identity(["plan", "--stack", ${JSON.stringify(stack)}], context).then((code) => { process.exitCode = code; });`,
        ROOT,
    );

/** Measures and prints tables. */
export function bench(options: Options): Promise<number> {
    const folder = mkdtempSync(path.join(os.tmpdir(), "identity-bench-"));
    try {
        writeStacks(ROOT, folder, [...new Set([...options.sizes, ...options.up])]);
        symlinkSync(path.join(ROOT, "node_modules"), path.join(folder, "node_modules")); // component providers look there
        console.log(`Node ${process.version}, ${load()}, medians of ${options.runs} runs\n`);
        plans(folder, options);
        deployments(folder, options.up);
        return Promise.resolve(0);
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
}

interface Options {
    readonly runs: number;
    /** Numbers of heritages and clusters to plan, ascending. */
    readonly sizes: number[];
    /** Numbers of heritages and clusters to deploy, ascending. */
    readonly up: number[];
    readonly cdk: boolean;
}

function plans(folder: string, { runs, sizes, cdk }: Options) {
    const planOf = (kind: Kind, count: number) => `plan of ${count} ${kind}${count > 1 ? "s" : ""}`;
    const cases: Record<string, Command> = {
        [BARE]: node(PACKAGES.map((name) => `require("${name}");`).join(""), ROOT),
        "plan of dev": planning(folder, "dev"),
        "plan of prod": planning(folder, "prod"),
        ...Object.fromEntries(
            KINDS.flatMap((kind) => sizes.map((n) => [planOf(kind, n), planning(folder, stackOf(kind, n))])),
        ),
        ...(cdk ? synthesis(folder) : {}),
    };
    const measured = new Map(Object.keys(cases).map((name) => [name, [] as Measured[]]));
    for (let run = 0; run <= runs; run++) {
        process.stderr.write(run === 0 ? "warming up\n" : `run ${run} of ${runs}\n`);
        for (const [name, command] of Object.entries(cases)) {
            const result = measure(command);
            if (run > 0) measured.get(name)!.push(result); // the first run fills the caches
        }
    }
    const results = new Map([...measured].map(([name, all]) => [name, medians(all)]));
    const bare = results.get(BARE)!;
    console.log(row("", ["seconds", "× bare", "CPU s", "× bare", "MiB"]));
    for (const [name, { wall, cpu, memory }] of results) {
        const figures = [wall, wall / bare.wall, cpu, cpu / bare.cpu].map((n) => n.toFixed(2));
        console.log(row(name, [...figures, memory.toFixed(0)]));
    }
    growth(sizes, (kind, n) => {
        const { wall, cpu, memory } = results.get(planOf(kind, n))!;
        return { ms: wall * 1000, "ms of CPU": cpu * 1000, MiB: memory };
    });
    if (cdk) {
        const count = (file: string, all: (json: never) => unknown[]) =>
            all(JSON.parse(readFileSync(path.join(folder, file), "utf8")) as never).length;
        const ours = count("build/plan/dev/resources.json", (json: { type: string }[]) =>
            json.filter(({ type }) => type.startsWith("aws:")),
        );
        const theirs = count("cdk.out/identity-dev.template.json", ({ Resources }: { Resources: object }) =>
            Object.values(Resources),
        );
        console.log(`\nresources in AWS: ${ours} in the plan of dev, ${theirs} in the CDK app's template`);
    }
}

/** The CDK app alone, and with the CDK CLI. */
function synthesis(folder: string): Record<string, Command> {
    if (!existsSync(path.join(CDK, "node_modules"))) {
        process.stderr.write("installing bench/cdk\n");
        execFileSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: CDK, stdio: "inherit" });
    }
    const out = path.join(folder, "cdk.out");
    mkdirSync(out);
    const app = "node --require sucrase/register/ts app.ts";
    return {
        "cdk app alone": { ...node('require("./app.ts");', CDK), env: { CDK_OUTDIR: out } },
        "cdk synth": script(
            [
                path.join(CDK, "node_modules/aws-cdk/bin/cdk"),
                "synth",
                "--quiet",
                "--no-notices",
                "--output",
                out,
                "--app",
                app,
            ],
            CDK,
        ),
    };
}

function deployments(folder: string, counts: readonly number[]) {
    if (counts.length === 0) return;
    const missing = missingEngine();
    if (missing) return console.log(`\npreview and up: skipped, ${missing}`);
    console.log(`\n${row("", ["preview s", "up s", "resources", "requests", "MiB"])}`);
    const results = new Map<string, Deployment>();
    for (const kind of KINDS) {
        for (const n of counts) {
            const deployment = deploy(folder, stackOf(kind, n));
            results.set(stackOf(kind, n), deployment);
            const { preview, up, resources, requests, memory } = deployment;
            const figures = [preview.toFixed(1), up.toFixed(1), String(resources), String(requests), memory.toFixed(0)];
            console.log(row(`${n} ${kind}${n > 1 ? "s" : ""}`, figures));
        }
    }
    growth(counts, (kind, n) => {
        const { preview, up, resources, requests, memory } = results.get(stackOf(kind, n))!;
        return { "s of preview": preview, "s of up": up, resources, requests, MiB: memory };
    });
}

function deploy(folder: string, stack: string): Deployment {
    const file = path.join(folder, `${stack}.json`);
    const args = ["--require", "sucrase/register/ts", path.join(__dirname, "deployment.ts"), folder, stack, file];
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: "utf8" });
    if (status !== 0) throw new Error(`${stack} did not come up: ${stderr}`);
    return JSON.parse(readFileSync(file, "utf8")) as Deployment;
}

function missingEngine(): string | undefined {
    if (spawnSync("pulumi", ["version"], { stdio: "ignore" }).error) return "there is no `pulumi` on the PATH";
    return process.env.AWS_ENDPOINT_URL ? undefined : "AWS_ENDPOINT_URL names no emulator";
}

/** Prints the difference for each further heritage or cluster, from one size to the next. */
function growth(counts: readonly number[], of: (kind: Kind, n: number) => Record<string, number>) {
    if (counts.length < 2) return;
    console.log("\nfor each further one");
    for (const kind of KINDS) {
        counts.slice(1).forEach((to, i) => {
            const from = counts[i]!;
            const [less, more] = [of(kind, from), of(kind, to)];
            const figures = Object.keys(more).map(
                (key) => `${((more[key]! - less[key]!) / (to - from)).toFixed(1)} ${key}`,
            );
            console.log(`  ${kind}, from ${from} to ${to}`.padEnd(28) + figures.join(", "));
        });
    }
}

const row = (name: string, cells: string[]) => name.padEnd(22) + cells.map((cell) => cell.padStart(11)).join("");
