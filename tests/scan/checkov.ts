/** An independent scanner, in a Python environment of its own below `build/`. */
import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { terraformPlan, type TerraformResource } from "./terraform-plan";

const run = promisify(execFile);
const FOLDER = path.join(__dirname, "../../build/scan");
const PYTHON = path.join(FOLDER, "python");
const WANTED = path.join(__dirname, "requirements.txt");
/** What is installed, written when all of it is. */
const INSTALLED = path.join(PYTHON, "requirements.txt");

export interface Failed {
    readonly check: string;
    readonly about: string;
    readonly address: string;
}
export interface Scanned {
    readonly passed: number;
    readonly failed: readonly Failed[];
}

/** Why there is no scanner; undefined where there is. */
export async function installed(): Promise<string | undefined> {
    if (existsSync(INSTALLED) && readFileSync(INSTALLED, "utf8") === readFileSync(WANTED, "utf8")) return undefined;
    rmSync(PYTHON, { recursive: true, force: true });
    try {
        await run("python3", ["-m", "venv", PYTHON]);
        await run(path.join(PYTHON, "bin/pip"), ["install", "--quiet", "--requirement", WANTED]);
    } catch (error) {
        return `the scanner could not be installed: ${String(error).split("\n")[0]}`;
    }
    cpSync(WANTED, INSTALLED);
    return undefined;
}

interface Report {
    readonly summary: { readonly passed: number; readonly parsing_errors: number };
    readonly results: {
        readonly failed_checks: readonly { check_id: string; check_name: string; resource: string }[];
    };
}

export async function scan(name: string, resources: readonly TerraformResource[]): Promise<Scanned> {
    mkdirSync(FOLDER, { recursive: true });
    const file = path.join(FOLDER, `${name}.json`);
    writeFileSync(file, JSON.stringify(terraformPlan(resources)));
    const args = ["--file", file, "--framework", "terraform_plan", "--output", "json", "--compact"];
    const offline = ["--skip-download", "--quiet", "--soft-fail"];
    const { stdout } = await run(path.join(PYTHON, "bin/checkov"), [...args, ...offline], { maxBuffer: 1e9 });
    const { summary, results } = JSON.parse(stdout) as Report;
    if (summary.parsing_errors > 0) throw new Error(`the scanner cannot read ${file}`);
    const failed = results.failed_checks.map(({ check_id, check_name, resource }) => ({
        check: check_id,
        about: check_name,
        address: resource,
    }));
    return { passed: summary.passed, failed };
}
