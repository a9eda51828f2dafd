/** Docker's command line. */
import { type ExecFileException, execFile } from "node:child_process";
import { Exit } from "../shared/errors";
import { FAILED } from "../shared/exit-codes";

export interface Result {
    /** -1 where the program is not there. */
    readonly code: number;
    readonly stdout: string;
    readonly stderr: string;
}

export interface RunOptions {
    /** Added to the environment of the client, which keeps values off the command line. */
    readonly env?: Readonly<Record<string, string>>;
    readonly signal?: AbortSignal;
}

/** Runs docker. Resolves also where it fails. */
export function docker(args: readonly string[], { env, signal }: RunOptions = {}): Promise<Result> {
    return new Promise((resolve) => {
        execFile(
            "docker",
            args,
            { env: { ...process.env, ...env }, maxBuffer: 64 * 1024 * 1024, signal },
            (error: ExecFileException | null, stdout, stderr) => {
                const code = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
                resolve({ code, stdout, stderr: stderr || (error?.message ?? "") });
            },
        );
    });
}

const GONE = /Cannot connect to the Docker daemon|error during connect/;

/** Runs docker, and returns its output. Throws where it fails. */
export async function dockerOutput(args: readonly string[], options?: RunOptions): Promise<string> {
    const { code, stdout, stderr } = await docker(args, options);
    if (code !== 0 && GONE.test(stderr)) {
        throw new Exit(
            FAILED,
            `Docker does not answer any more (${stderr.trim()}): when it does, the same command takes up what is half done`,
        );
    }
    if (code !== 0) throw new Error(`docker ${args.slice(0, 2).join(" ")} failed: ${(stderr + stdout).trim()}`);
    return stdout.trim();
}

/** The label on everything that compose creates. */
export const PROJECT_LABEL = "com.docker.compose.project";
const SERVICE_LABEL = "com.docker.compose.service";

/** A container as `docker inspect` shows it; only what is used is named here. */
export interface Inspected {
    readonly Id: string;
    readonly Name: string;
    readonly RestartCount: number;
    readonly State: {
        readonly Status: string;
        readonly ExitCode: number;
        readonly OOMKilled?: boolean;
        readonly Health?: { readonly Status: string };
    };
    readonly Config: {
        readonly Image: string;
        readonly Labels: Readonly<Record<string, string>>;
        readonly Env?: readonly string[];
    };
    readonly HostConfig: { readonly NanoCpus: number };
    readonly Mounts: readonly { readonly Type: string; readonly Name?: string }[];
    readonly NetworkSettings: {
        readonly Ports?: Readonly<Record<string, { HostIp: string; HostPort: string }[] | null>>;
        readonly Networks?: Readonly<Record<string, { IPAddress: string }>>;
    };
}

/** Its address in the platform's network; undefined where it has none, as where it does not run. */
export const addressOf = ({ NetworkSettings }: Inspected): string | undefined =>
    Object.values(NetworkSettings.Networks ?? {})[0]?.IPAddress || undefined;

export const serviceOf = ({ Config }: Inspected) => Config.Labels[SERVICE_LABEL]!;

export const nameOf = ({ Name }: Inspected) => Name.replace(/^\//, "");

/** The containers of a compose project, by their services: those of one-off runs are not among them. */
export async function containersOf(composeProject: string): Promise<Map<string, Inspected>> {
    return new Map((await allContainersOf(composeProject)).map((container) => [serviceOf(container), container]));
}

/** The same as a list: where a service has two, both. */
export async function allContainersOf(composeProject: string): Promise<Inspected[]> {
    const filter = ["--filter", `label=${PROJECT_LABEL}=${composeProject}`];
    const filters = [...filter, "--filter", "label=com.docker.compose.oneoff=False"];
    const ids = await dockerOutput(["ps", "--all", "--quiet", "--no-trunc", ...filters]);
    if (ids === "") return [];
    // A container that is removed meanwhile is left out.
    const { stdout } = await docker(["inspect", ...ids.split("\n")]);
    return JSON.parse(stdout || "[]") as Inspected[];
}

/** The last lines of a container's log. */
export async function lastLines(container: string, count: number): Promise<string[]> {
    const { stdout, stderr } = await docker(["logs", "--tail", String(count), container]);
    return (stdout + stderr)
        .split("\n")
        .filter((line) => line.trim() !== "")
        .slice(-count);
}
