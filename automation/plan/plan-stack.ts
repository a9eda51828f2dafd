/** Runs the program for a stack file against the simulated AWS. Prints nothing and writes nothing. */
import path from "node:path";
import type { Problem } from "../../config/checks";
import { ConfigError } from "../../config/problems";
import { type Planned, plan } from "./model";
import { type Simulation, simulate } from "./simulate";
import type { SimulatedResource } from "./simulated-aws";
import { readStackFile, type StackFile } from "./stack-file";

/** Where the program is. Pulumi runs it there, and paths in it begin there. */
const PROGRAM = path.join(__dirname, "../..");

export interface PlannedStack extends Planned {
    readonly resources: readonly SimulatedResource[];
}

/** The plan of the stack whose file is in `root`. Throws a `UsageError` or a `ConfigError` where there is none to be had. */
export async function planStack({ root, stack }: { root: string; stack: string }): Promise<PlannedStack> {
    const file = readStackFile(root, stack);
    let simulation: Simulation;
    try {
        simulation = await run(file);
    } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        throw configError(file, [...file.inTheClear, ...error.problems]);
    }
    if (file.inTheClear.length > 0) throw configError(file, file.inTheClear);
    const { project, config } = file;
    const subject = {
        project,
        stack,
        environment: config[`${project}:environment`]!,
        region: config["aws:region"]!,
    };
    return { ...plan(subject, simulation), resources: simulation.resources };
}

async function run(file: StackFile): Promise<Simulation> {
    const cwd = process.cwd();
    process.chdir(PROGRAM);
    try {
        return await simulate(program, file);
    } finally {
        process.chdir(cwd);
    }
}

/** The program of `pulumi up` runs when it is imported: it is forgotten first, to run again. */
function program() {
    const index = require.resolve("../../index");
    delete require.cache[index];
    return require(index);
}

function configError(file: StackFile, problems: readonly Problem[]): ConfigError {
    const once = new Map(problems.map((problem) => [JSON.stringify([problem.path, problem.what]), problem]));
    return new ConfigError([...once.values()], file.file, file.project, file.lineOf);
}
