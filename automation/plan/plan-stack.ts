/** Runs the program for a stack file against the simulated AWS. Prints nothing and writes nothing. */
import "./without-closures";
import path from "node:path";
import type { Problem } from "../../config/checks";
import { NEWEST, parseVersion } from "../../components/keycloak/versions";
import { ConfigError } from "../../config/problems";
import { plan } from "./model";
import { type RealOutputs, type Simulation, simulate } from "./simulate";
import type { SimulatedResource } from "./simulated-aws";
import { readStackFile, type StackFile } from "./stack-file";
import { UsageError } from "../shared/errors";

/** The folder in which Pulumi runs the program. */
const PROGRAM = path.join(__dirname, "../..");

export interface PlannedStack extends ReturnType<typeof plan> {
    readonly resources: readonly SimulatedResource[];
}

/** The plan of the stack whose file is in `root`. Throws a `UsageError` or a `ConfigError` where it cannot be planned. */
export async function planStack({
    root,
    stack,
    running,
    files = PROGRAM,
    real,
    adapt = (same) => same,
}: PlanOptions): Promise<PlannedStack> {
    const file = adapt(readStackFile(root, stack));
    if (running !== undefined && !parseVersion(running)) {
        throw new UsageError(`--running ${running}: a release of Keycloak written out, e.g. ${NEWEST}`);
    }
    let simulation: Simulation;
    try {
        simulation = await run({ ...file, running, real }, files);
    } catch (error) {
        if (error instanceof ConfigError) throw configError(file, [...file.problems, ...error.problems]);
        // Any other error may follow from these.
        if (file.problems.length > 0) throw configError(file, file.problems);
        throw error;
    }
    if (file.problems.length > 0) throw configError(file, file.problems);
    const { project, config } = file;
    const subject = {
        project,
        stack,
        environment: config[`${project}:environment`]!,
        region: config["aws:region"]!,
        running,
    };
    const planned = plan(subject, simulation, config);
    if (running !== undefined && planned.model.services.every(({ version }) => version === undefined)) {
        throw new UsageError(`--running ${running}: there is no Keycloak in ${file.file}`);
    }
    return { ...planned, resources: simulation.resources };
}

interface PlanOptions {
    /** The folder with the stack file. */
    root: string;
    stack: string;
    /** The folder that the program runs in, with images and heritages. @default its own */
    files?: string;
    /** The Keycloak version that is assumed to run. @default none runs yet */
    running?: string;
    /** Replaces simulated outputs by real ones. @default none */
    real?: RealOutputs;
    /** Changes the stack file before the program reads it. @default unchanged */
    adapt?: (file: StackFile) => StackFile;
}

async function run(file: StackFile & { running?: string; real?: RealOutputs }, files: string): Promise<Simulation> {
    const cwd = process.cwd();
    process.chdir(files);
    try {
        return await simulate(program, file);
    } finally {
        process.chdir(cwd);
    }
}

/** The program of `pulumi up`. It is loaded here, since its imports take most of a second. */
async function program() {
    const { default: platform } = await import("../../index");
    return platform();
}

function configError(file: StackFile, problems: readonly Problem[]): ConfigError {
    const once = new Map(problems.map((problem) => [JSON.stringify([problem.path, problem.what]), problem]));
    // An invalid number reaches the program as a missing one: the file's own problem is clearer.
    const better = (problem: Problem) =>
        file.problems.some((other) => other.path.join("\0") === problem.path.join("\0") && other.what !== problem.what);
    const reported = [...once.values()].filter((problem) => file.problems.includes(problem) || !better(problem));
    return new ConfigError(reported, file.file, file.project, file.lineOf);
}
