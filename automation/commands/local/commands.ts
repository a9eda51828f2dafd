/** The platform on this machine, from the same task definitions as Fargate gets. */
import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";
import pc from "picocolors";
import { takeDown } from "../../local/down";
import { health } from "../../local/health";
import { inProject } from "../../local/dockerfiles";
import { haveImages, volumesOfPulled } from "../../local/images";
import { lock } from "../../local/lock";
import { type Prepared, prepare, write } from "../../local/prepare";
import { checkDocker, checkPorts, checkVolumes } from "../../local/preflight";
import { beyondMemory } from "../../local/memory";
import { Progress } from "../../local/progress";
import { refusals } from "../../local/refusals";
import { running } from "../../local/running";
import { composeProject, filePath, ofStack, readState, type State } from "../../local/state";
import { mailLines, summary } from "../../local/summary";
import { ServicesNotHealthy } from "../../local/come";
import { STAND_IN_IMAGES } from "../../local/stand-ins/stand-in";
import { start } from "../../local/up";
import { watch } from "../../local/watch";
import { readStackFile } from "../../plan/stack-file";
import { UsageError } from "../../shared/errors";
import { table } from "../../plan/text";
import { type VerifyInput, verifyTarget } from "../../verify/command";
import { LocalTarget } from "../../verify/local";
import type { CommandContext } from "../../shared/context";
import type { DownInput, LogsInput, SecretInput, TaskInput, UpInput } from "../local";

interface OfStack {
    readonly stack: string;
}

const progressOf = ({ err }: CommandContext) =>
    new Progress(err, process.stderr.isTTY === true && !process.env.CI, process.stderr.rows);

export async function up(input: UpInput, context: CommandContext): Promise<number> {
    const progress = progressOf(context);
    const { code, prepared } = await locked(input, context, progress);
    if (code !== 0) return code;
    context.out(await summary(prepared.state, progress.seconds));
    return input.watch ? watched(input, context, prepared) : 0;
}

interface Upped {
    readonly code: number;
    readonly prepared: Prepared;
}

async function locked(
    input: UpInput,
    context: CommandContext,
    progress: Progress,
    onlyChanged = false,
): Promise<Upped> {
    const unlock = lock(context.root, input.stack);
    try {
        return await upAlone(input, context, progress, onlyChanged);
    } finally {
        unlock();
    }
}

/** The folders of what is built for the stack, and its heritages' files. A new folder is looked at from the next start on. */
async function watched(input: UpInput, context: CommandContext, { images }: Prepared): Promise<number> {
    const { root, files: folder = root, err, signal } = context;
    const standIns = path.join(inProject({ context: STAND_IN_IMAGES }).context, path.sep);
    const contexts = images.map((image) => inProject(image).context).filter((built) => !built.startsWith(standIns));
    err("watching for changes; Ctrl-C ends that, and what was started goes on\n");
    await watch([...new Set([...contexts, path.join(folder, "heritages")])], signal, async (files) => {
        err(`changed: ${files.map((file) => path.relative(folder, file)).join(", ")}\n`);
        const progress = progressOf(context);
        const inImages = files.every((file) => contexts.some((built) => file.startsWith(path.join(built, path.sep))));
        try {
            const { code } = await locked(input, context, progress, inImages);
            if (code === 0) err(`in force, after ${progress.seconds} s\n`);
        } catch (error) {
            err(`${(error as Error).message}\nWhat runs goes on\n`);
        }
    });
    return 0;
}

async function upAlone(
    { stack, timeout, portOffset, debug }: UpInput,
    { root, files, err, signal }: CommandContext,
    progress: Progress,
    onlyChanged: boolean,
): Promise<Upped> {
    let checked: Promise<void> | undefined;
    const dockerIsThere = () => (checked ??= checkDocker((text) => progress.note(text)));
    let pulled: ReadonlyMap<string, readonly string[]> = new Map();
    const volumesOf = async (images: readonly string[]) => {
        if (images.length > 0) await dockerIsThere();
        return (pulled = await volumesOfPulled(images, progress, signal));
    };
    const prepared = await prepare({ root, stack, portOffset, files, volumesOf, debug });
    if (!onlyChanged) {
        await dockerIsThere();
        await checkVolumes(prepared.project, stack, prepared.kept);
        await checkPorts(prepared.state);
    }
    write(root, stack, prepared);
    try {
        const used = new Set(Object.values(prepared.file.services).map(({ image }) => image));
        const others = [...used].filter((image) => !pulled.has(image));
        await haveImages(prepared.images, others, progress, signal);
        await start(prepared, progress, {
            file: filePath(root, stack, "compose"),
            timeoutSeconds: timeout,
            signal,
            onlyChanged,
            write: (now) => write(root, stack, now),
        });
    } catch (error) {
        progress.clear();
        if (signal.aborted || !(error instanceof ServicesNotHealthy)) throw error;
        err(
            `${error.message}\n${await refused(prepared.state)}What runs is left as it is; npx identity local down${ofStack(stack)} stops it\n`,
        );
        return { code: 1, prepared };
    }
    if (signal.aborted) {
        err(`interrupted; npx identity local down${ofStack(stack)} stops what was started\n`);
        return { code: 130, prepared };
    }
    return { code: 0, prepared };
}

export async function status({ stack }: OfStack, { root, out }: CommandContext): Promise<number> {
    const state = started(root, stack);
    await checkDocker(() => {});
    const all = await health(state);
    const rows = all.map(({ of, name, text, well }) => [well ? "" : "!", of, name, text]);
    out(`${table(rows, 0, [undefined, pc.dim, pc.bold]).join("\n")}\n`);
    out(
        mailLines(state)
            .map((line) => `${line}\n`)
            .join(""),
    );
    out(await refused(state));
    out((await beyondMemory(state)).map((line) => `${line}\n`).join(""));
    return all.every(({ well }) => well) ? 0 : 1;
}

/** What security groups refused: in no log is more than a time-out. */
async function refused(state: State): Promise<string> {
    const found = await refusals(state);
    if (found.length === 0) return "";
    return ["refused by the security groups within the last hour:", ...found.map((line) => `    ${line}`), ""].join(
        "\n",
    );
}

export async function logs(
    { stack, names, follow }: LogsInput,
    { root, out, err, signal }: CommandContext,
): Promise<number> {
    const state = started(root, stack);
    const containers = names.flatMap((name) => containersNamed(state, name));
    const following = follow ? ["--follow", "--tail", "100"] : [];
    const child = spawnCompose(
        ["--project-name", state.composeProject, "--ansi", "never", "logs", ...following, ...containers],
        {
            context: { out, err },
        },
    );
    signal.addEventListener("abort", () => child.kill());
    const code = await exitCodeOf(child);
    return signal.aborted ? 0 : code;
}

/** Runs compose; what it writes is the command's own output. */
function spawnCompose(
    args: readonly string[],
    { context: { out, err }, env }: { context: Pick<CommandContext, "out" | "err">; env?: Record<string, string> },
) {
    const child = spawn("docker", ["compose", ...args], {
        stdio: ["ignore", "pipe", "pipe"],
        env: { ...process.env, ...env },
    });
    child.stdout.on("data", (data: Buffer) => out(data.toString()));
    child.stderr.on("data", (data: Buffer) => err(data.toString()));
    return child;
}

const exitCodeOf = (child: ChildProcess) =>
    new Promise<number>((resolve, reject) => {
        child.once("error", reject).once("close", (code) => resolve(code ?? 1));
    });

function containersNamed(state: State, name: string): string[] {
    const tasks = Object.values(state.services).flatMap((service) => service.tasks);
    const ofService = state.services[name]?.tasks ?? tasks.filter((candidate) => candidate.name === name);
    if (ofService.length > 0) return ofService.flatMap(({ containers }) => Object.values(containers));
    const others = [...Object.keys(state.loadBalancers), ...Object.keys(state.tasks), ...Object.keys(state.standIns)];
    if (others.includes(name) || tasks.some(({ containers }) => Object.values(containers).includes(name)))
        return [name];
    const known = [...Object.keys(state.services), ...others].join(", ");
    throw new UsageError(`there is no service ${name}; there are: ${known}`);
}

export async function secret({ stack, name: wanted }: SecretInput, { root, out }: CommandContext): Promise<number> {
    const { parameterNames, parameter } = running(root, stack);
    const found = parameterNames.filter((name) => name === wanted || name.endsWith(`/${wanted}`));
    if (found.length !== 1) {
        throw new UsageError(["one of these:", ...parameterNames.map((name) => `    ${name}`)].join("\n"));
    }
    out(`${parameter(found[0]!)}\n`);
    return 0;
}

export async function task(
    { stack, name: wanted, command }: TaskInput,
    { root, files, out, err, signal }: CommandContext,
): Promise<number> {
    const state = started(root, stack);
    const name = [wanted, `${wanted}-oneoff`].find(
        (candidate) => candidate !== undefined && Object.hasOwn(state.tasks, candidate),
    );
    if (name === undefined) {
        throw new UsageError(`which task? there are: ${Object.keys(state.tasks).join(", ")}`);
    }
    if (command.length === 0 && state.tasks[name]!.command.length === 0) {
        throw new UsageError(
            `${name} has no command of its own: npx identity local task ${wanted}${ofStack(stack)} -- COMMAND…`,
        );
    }
    const { project, variables } = await prepare({ root, stack, files });
    const compose = ["--project-name", project, "--file", filePath(root, stack, "compose"), "--progress", "quiet"];
    const child = spawnCompose([...compose, "run", "--rm", "--no-deps", "--no-TTY", name, ...command], {
        context: { out, err },
        env: variables,
    });
    signal.addEventListener("abort", () => child.kill("SIGINT"));
    return exitCodeOf(child);
}

export const verify = (input: VerifyInput & OfStack, context: CommandContext): Promise<number> =>
    verifyTarget(input, () => Promise.resolve(new LocalTarget(context.root, input.stack)), context);

export async function down({ stack, volumes }: DownInput, context: CommandContext): Promise<number> {
    const { root, out } = context;
    const project = composeProject(root, readStackFile(root, stack).project, stack);
    await checkDocker(() => {});
    const progress = progressOf(context);
    const any = await takeDown({ root, stack, project }, volumes, progress);
    const kept = volumes ? "its data and secrets are deleted" : "its data and secrets are kept for the next `up`";
    out(any ? `${project} is down; ${kept}\n` : `nothing of ${project} was there\n`);
    return 0;
}

function started(root: string, stack: string): State {
    const state = readState(root, stack);
    if (!state) throw new UsageError(`the stack ${stack} was not started here: npx identity local up --stack ${stack}`);
    return state;
}
