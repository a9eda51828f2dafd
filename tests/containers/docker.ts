import { type ExecFileException, execFile, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Result {
    code: number;
    stdout: string;
    stderr: string;
}

export interface RunOptions {
    /** Added to the environment of the client, which keeps values off the command line. */
    env?: Record<string, string>;
    timeoutSeconds?: number;
    cwd?: string;
}

/** Runs a program and reports how it ended, whichever way; only a program that is not there is -1. */
export function run(program: string, args: string[], options: RunOptions = {}): Promise<Result> {
    return new Promise((resolve) => {
        execFile(
            program,
            args,
            {
                cwd: options.cwd,
                env: { ...process.env, ...options.env },
                timeout: (options.timeoutSeconds ?? 120) * 1000,
                killSignal: "SIGKILL",
                maxBuffer: 64 * 1024 * 1024,
            },
            (error: ExecFileException | null, stdout, stderr) => {
                const code = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
                resolve({ code, stdout, stderr: stderr || (error?.message ?? "") });
            },
        );
    });
}

/** The output of a program that must succeed. */
export async function output(program: string, args: string[], options: RunOptions = {}): Promise<string> {
    const result = await run(program, args, options);
    if (result.code !== 0) {
        throw new Error(`${program} ${args[0]} failed: ${(result.stderr + result.stdout).trim()}`);
    }
    return result.stdout.trim();
}

export const lastLine = (text: string) => text.trim().split("\n").at(-1) ?? "";

/** Why containers cannot be run from these images here; undefined when they can. */
export async function whyNot(images: string[]): Promise<string | undefined> {
    const daemon = await run("docker", ["version", "--format", "{{.Server.Version}}"], { timeoutSeconds: 20 });
    if (daemon.code !== 0) {
        return `no Docker daemon answers (${lastLine(daemon.stderr)})`;
    }
    for (const image of images) {
        if ((await run("docker", ["image", "inspect", image])).code !== 0) {
            const pull = await run("docker", ["pull", "--quiet", image], { timeoutSeconds: 600 });
            if (pull.code !== 0) {
                return `the image ${image} is neither here nor can it be pulled (${lastLine(pull.stderr)})`;
            }
        }
    }
    return undefined;
}

export interface ContainerState {
    Status: string;
    ExitCode: number;
    Health?: { Status: string; Log: { ExitCode: number; Output: string }[] };
}

/**
 * Everything that one run makes in the daemon, and a directory for its files. All of it carries one label of its own, so
 * that runs side by side neither meet nor clean up after each other, and so that nothing is forgotten when a step fails
 * half-way.
 */
export class Sandbox {
    readonly id = `container-test-${randomBytes(6).toString("hex")}`;
    readonly directory = mkdtempSync(join(tmpdir(), `${this.id}-`));
    private readonly label = `identity-platform.container-test=${this.id}`;
    private networks = 0;
    private readonly onExit = () => this.cleanUp();
    private readonly onSignal = () => process.exit(130);

    constructor() {
        process.once("exit", this.onExit);
        process.once("SIGINT", this.onSignal);
        process.once("SIGTERM", this.onSignal);
    }

    async network(): Promise<string> {
        const name = `${this.id}-${++this.networks}`;
        await output("docker", ["network", "create", "--label", this.label, name]);
        return name;
    }

    /**
     * Writes the image's name to `nameFile`. `env`: values of the build arguments, which are named in `args` only. Not
     * `--quiet`: BuildKit would keep what the failing step said to itself.
     */
    build(directory: string, nameFile: string, args: string[], env: Record<string, string>): Promise<Result> {
        const always = ["--force-rm", "--label", this.label, "--iidfile", nameFile];
        return run("docker", ["build", ...always, ...args, directory], { env, timeoutSeconds: 900 });
    }

    /** Builds a folder of `images/`, or says what the build said. The arguments' values stay off the command line. */
    async image(directory: string, args: Record<string, string> = {}): Promise<string> {
        const nameFile = join(this.directory, `image-${randomBytes(4).toString("hex")}`);
        const named = Object.keys(args).flatMap((name) => ["--build-arg", name]);
        const result = await this.build(directory, nameFile, named, args);
        if (result.code !== 0) throw new Error(`the build of ${directory} failed: ${result.stderr}${result.stdout}`);
        return readFileSync(nameFile, "utf8").trim();
    }

    create(args: string[], env: Record<string, string> = {}): Promise<string> {
        return output("docker", ["create", "--label", this.label, ...args], { env });
    }

    async start(args: string[], env: Record<string, string> = {}): Promise<string> {
        const container = await this.create(args, env);
        await output("docker", ["start", container]);
        return container;
    }

    /** Runs a container to its end. */
    runToEnd(args: string[]): Promise<Result> {
        return run("docker", ["run", "--rm", "--label", this.label, ...args]);
    }

    /** Not asynchronous: it also runs while the process is going away. */
    cleanUp(): void {
        process.off("exit", this.onExit).off("SIGINT", this.onSignal).off("SIGTERM", this.onSignal);
        rmSync(this.directory, { recursive: true, force: true });
        const filter = ["--filter", `label=${this.label}`];
        const docker = (...args: string[]) =>
            spawnSync("docker", args, { encoding: "utf8", timeout: 60_000 }).stdout?.trim() ?? "";
        const containers = docker("ps", "--all", "--quiet", ...filter);
        if (containers !== "") {
            docker("rm", "--force", "--volumes", ...containers.split("\n"));
        }
        docker("network", "prune", "--force", ...filter);
        const images = docker("images", "--quiet", "--no-trunc", ...filter);
        if (images !== "") {
            docker("rmi", "--force", ...images.split("\n"));
        }
    }
}

/** For a suite's `before`: a sandbox, where containers can be run from these images; elsewhere the suite is skipped, and says why. */
export async function sandboxOrSkip(context: Mocha.Context, images: string[]): Promise<Sandbox> {
    const reason = await whyNot(images);
    if (reason === undefined) return new Sandbox();
    console.log(`  Skipped: ${reason}.`);
    return context.skip();
}

/** For the `before` of a suite of `npx identity local`: skips it where these images or compose are not there, and says why. */
export async function composeOrSkip(context: Mocha.Context, images: string[]): Promise<void> {
    const reason = await whyNot(images);
    const compose = await run("docker", ["compose", "version"]);
    if (reason === undefined && compose.code === 0) return;
    console.log(`  Skipped: ${reason ?? "Docker has no compose plugin"}.`);
    context.skip();
}

export async function state(container: string): Promise<ContainerState> {
    return JSON.parse(await output("docker", ["inspect", "--format", "{{json .State}}", container]));
}

export const exec = (container: string, ...command: string[]) => run("docker", ["exec", container, ...command]);

export async function logs(container: string): Promise<string> {
    const result = await run("docker", ["logs", container]);
    return result.stdout + result.stderr;
}

/** The port on 127.0.0.1 that a published port of a container was given. */
export async function publishedPort(container: string, port: number): Promise<number> {
    return Number((await output("docker", ["port", container, `${port}/tcp`])).match(/^127\.0\.0\.1:(\d+)$/m)?.[1]);
}

/** How much longer than on a quiet machine things may take: CI runs this suite beside the one with the engine. */
const SLOWER = 4;

/** Asks again and again until there is an answer; what failed to come is in the error. `seconds`: the most that a quiet machine takes. */
export async function until<T>(what: string, seconds: number, ask: () => Promise<T | undefined>): Promise<T> {
    const end = Date.now() + seconds * SLOWER * 1000;
    for (;;) {
        const answer = await ask();
        if (answer !== undefined) {
            return answer;
        }
        if (Date.now() > end) {
            throw new Error(`${what}: not within ${seconds * SLOWER} s`);
        }
        await new Promise((resolve) => setTimeout(resolve, 250));
    }
}
