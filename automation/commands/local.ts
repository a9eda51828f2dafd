/** `npm run local`: the platform on this machine, of the same task definitions as Fargate gets. */
import { spawn } from "node:child_process";
import pc from "picocolors";
import { takeDown } from "../local/down";
import { health } from "../local/health";
import { haveImages } from "../local/images";
import { prepare, write } from "../local/prepare";
import { checkDocker, checkPorts, checkVolumes } from "../local/preflight";
import { Progress } from "../local/progress";
import { running } from "../local/running";
import { composeProject, filePath, readJson, type State } from "../local/state";
import { summary } from "../local/summary";
import { NotUp, start } from "../local/up";
import { readStackFile, UsageError } from "../plan/stack-file";
import { table } from "../plan/text";
import { HELP as VERIFY_HELP, OPTIONS as VERIFY_OPTIONS, verifyTarget } from "../verify/command";
import { LocalTarget } from "../verify/local";
import { options, run, split, type Surroundings } from "./command";

const HELP = `npm run local -- [COMMAND] [--stack NAME]

Runs the platform on this machine with Docker: the same task definitions as on Fargate, with
PostgreSQL in place of RDS and Envoy in place of the load balancers. Everything is on 127.0.0.1.
docs/local.md says what is the same and what differs.

  up             builds what is missing, starts it, waits until all of it is healthy; the default
  status, ps     how everything is; exit code 1 where something is not well
  logs [NAME]    what a service, a task or all write, until Ctrl-C; --no-follow: what there is
  secret NAME    a parameter's value: its whole name, or its end (issuer/ACAPY_ADMIN_API_KEY)
  task NAME      runs a scheduled task, or a command as one of a heritage's: task NAME -- COMMAND…
  verify         checks that it works, and that nothing else answers (docs/verify.md)
  down           stops it; --volumes: deletes data, secrets and images, too

  --stack NAME        the stack (default: dev)
  --timeout SECONDS   how long \`up\` waits (default: 600)
  --port-offset N     added to every published port, where one is in use; kept for the next time
  --help              print this

With verify:

${VERIFY_HELP}
It writes build/local/NAME/: the compose file, the secrets (for you alone), and whom clients trust.
`;

type Values = ReturnType<typeof parsed>["values"];
type Subcommand = (around: Surroundings, values: Values, rest: Rest) => Promise<number>;
interface Rest {
    readonly positionals: string[];
    readonly command: string[] | undefined;
}

const COMMANDS: Readonly<Record<string, Subcommand>> = { up, status, ps: status, logs, secret, task, verify, down };

const parsed = (own: string[]) =>
    options(own, {
        timeout: { type: "string", default: "600" },
        "port-offset": { type: "string" },
        volumes: { type: "boolean", default: false },
        "no-follow": { type: "boolean", default: false },
        ...VERIFY_OPTIONS,
    });

export async function local(args: string[], around: Surroundings): Promise<number> {
    const { own, command } = split(args);
    const { values, positionals } = parsed(own);
    if (values.help) {
        around.out(HELP);
        return 0;
    }
    const [name = "up", ...rest] = positionals;
    if (!Object.hasOwn(COMMANDS, name)) {
        throw new UsageError(`there is no command ${name}; there are: ${Object.keys(COMMANDS).join(", ")}`);
    }
    return COMMANDS[name]!(around, values, { positionals: rest, command });
}

const progressOf = ({ err }: Surroundings) =>
    new Progress(err, process.stderr.isTTY === true && !process.env.CI, process.stderr.rows);

async function up(around: Surroundings, values: Values): Promise<number> {
    const { root, out, err, signal } = around;
    const { stack } = values;
    const timeoutSeconds = number("--timeout", values.timeout, 1, 86_400)!;
    const portOffset = number("--port-offset", values["port-offset"], 0, 50_000);
    const prepared = await prepare({ root, stack, portOffset });
    const progress = progressOf(around);
    await checkDocker((text) => progress.note(text));
    await checkVolumes(prepared.project, prepared.kept);
    await checkPorts(prepared.project, prepared.state);
    write(root, stack, prepared);
    try {
        const used = new Set(Object.values(prepared.file.services).map(({ image }) => image));
        await haveImages(prepared.images, [...used], progress, signal);
        await start(prepared, progress, { file: filePath(root, stack, "compose"), timeoutSeconds, signal });
    } catch (error) {
        progress.clear();
        if (signal.aborted || !(error instanceof NotUp)) throw error;
        err(`${error.message}\nWhat runs is left as it is; npm run local -- down stops it\n`);
        return 1;
    }
    if (signal.aborted) {
        err("interrupted; npm run local -- down stops what was started\n");
        return 130;
    }
    out(await summary(prepared.state, progress.seconds));
    return 0;
}

async function status({ root, out }: Surroundings, { stack }: Values): Promise<number> {
    const state = started(root, stack);
    await checkDocker(() => {});
    const all = await health(composeProject(state.project, stack), state);
    const rows = all.map(({ of, name, text, well }) => [well ? "" : "!", of, name, text]);
    out(`${table(rows, 0, [undefined, pc.dim, pc.bold]).join("\n")}\n`);
    return all.every(({ well }) => well) ? 0 : 1;
}

async function logs({ root, out, err, signal }: Surroundings, values: Values, { positionals }: Rest): Promise<number> {
    const state = started(root, values.stack);
    const names = positionals.flatMap((name) => containersNamed(state, name));
    const follow = values["no-follow"] ? [] : ["--follow", "--tail", "100"];
    const project = composeProject(state.project, values.stack);
    const child = spawn(
        "docker",
        ["compose", "--project-name", project, "--ansi", "never", "logs", ...follow, ...names],
        {
            stdio: ["ignore", "pipe", "pipe"],
            signal,
        },
    );
    child.stdout.on("data", (data: Buffer) => out(data.toString()));
    child.stderr.on("data", (data: Buffer) => err(data.toString()));
    return new Promise((resolve, reject) => {
        child.once("error", (error) => (signal.aborted ? resolve(0) : reject(error)));
        child.once("close", (code) => resolve(signal.aborted ? 0 : (code ?? 1)));
    });
}

function containersNamed(state: State, name: string): string[] {
    const tasks = Object.values(state.services).flatMap((one) => one.tasks);
    const ofService = state.services[name]?.tasks ?? tasks.filter((one) => one.name === name);
    if (ofService.length > 0) return ofService.flatMap((one) => Object.values(one.containers));
    const others = [
        ...Object.keys(state.databases),
        ...Object.keys(state.loadBalancers),
        ...Object.keys(state.tasks),
        "ssm",
    ];
    if (others.includes(name) || tasks.some((one) => Object.values(one.containers).includes(name))) return [name];
    const known = [...Object.keys(state.services), ...others].join(", ");
    throw new UsageError(`there is no service ${name}; there are: ${known}`);
}

async function secret({ root, out }: Surroundings, { stack }: Values, { positionals }: Rest): Promise<number> {
    const { parameterNames, parameter } = running(root, stack);
    const [wanted, ...more] = positionals;
    const found = parameterNames.filter((name) => name === wanted || name.endsWith(`/${wanted}`));
    if (found.length !== 1 || more.length > 0) {
        throw new UsageError(["one of these:", ...parameterNames.map((name) => `    ${name}`)].join("\n"));
    }
    out(`${parameter(found[0]!)}\n`);
    return 0;
}

async function task(around: Surroundings, { stack }: Values, { positionals, command }: Rest): Promise<number> {
    const { root, out, err, signal } = around;
    const state = started(root, stack);
    const [wanted, ...more] = positionals;
    const name = [wanted, `${wanted}-oneoff`].find((one) => one !== undefined && Object.hasOwn(state.tasks, one));
    if (name === undefined || more.length > 0) {
        throw new UsageError(`which task? there are: ${Object.keys(state.tasks).join(", ")}`);
    }
    if (!command?.length && state.tasks[name]!.command.length === 0) {
        throw new UsageError(`${name} has no command of its own: npm run local -- task ${wanted} -- COMMAND…`);
    }
    const { project, variables } = await prepare({ root, stack });
    const compose = [
        "compose",
        "--project-name",
        project,
        "--file",
        filePath(root, stack, "compose"),
        "--progress",
        "quiet",
    ];
    const child = spawn("docker", [...compose, "run", "--rm", "--no-deps", "--no-TTY", name, ...(command ?? [])], {
        stdio: ["ignore", "pipe", "pipe"],
        env: { ...process.env, ...variables },
    });
    signal.addEventListener("abort", () => child.kill("SIGINT"));
    child.stdout.on("data", (data: Buffer) => out(data.toString()));
    child.stderr.on("data", (data: Buffer) => err(data.toString()));
    return new Promise((resolve, reject) => {
        child.once("error", reject);
        child.once("close", (code) => resolve(code ?? 1));
    });
}

async function verify(around: Surroundings, values: Values, { positionals }: Rest): Promise<number> {
    if (positionals.length > 0) throw new UsageError(`${positionals.join(" ")}: --only NAME; --help says more`);
    return verifyTarget(values, async () => new LocalTarget(around.root, values.stack), around);
}

async function down(around: Surroundings, { stack, volumes }: Values): Promise<number> {
    const { root, out } = around;
    const project = composeProject(readStackFile(root, stack).project, stack);
    await checkDocker(() => {});
    const progress = progressOf(around);
    const any = await takeDown({ root, stack, project, volumes }, progress);
    const kept = volumes ? "its data and secrets are deleted" : "its data and secrets are kept for the next `up`";
    out(any ? `${project} is down; ${kept}\n` : `nothing of ${project} was there\n`);
    return 0;
}

function started(root: string, stack: string): State {
    const state = readJson<State>(filePath(root, stack, "state"));
    if (!state) throw new UsageError(`the stack ${stack} was not started here: npm run local -- up --stack ${stack}`);
    return state;
}

function number(option: string, text: string | undefined, least: number, most: number): number | undefined {
    if (text === undefined) return undefined;
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new UsageError(`${option} ${text}: a whole number from ${least} to ${most}`);
}

if (require.main === module) run(local);
