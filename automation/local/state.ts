/** What `npx identity local` keeps of a stack below build/local/<stack>/, for its own commands and for checks of what runs. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import path from "node:path";
import { UsageError } from "../shared/errors";
import type { StandIn } from "./stand-ins/stand-in";
import type { Slot, Slots } from "./tasks";

/** What was started, without a secret in it. */
export interface State {
    readonly composeProject: string;
    readonly project: string;
    readonly stack: string;
    /** What was added to every published port. */
    readonly portOffset: number;
    /** The program's outputs (`index.ts`), with the URLs that answer here. */
    readonly outputs: Readonly<Record<string, unknown>>;
    readonly services: Readonly<Record<string, ServiceState>>;
    /** By their service in the compose file, as what follows. */
    readonly loadBalancers: Readonly<Record<string, LoadBalancerState>>;
    /** What keeps data, or stands in for a service of AWS. */
    readonly standIns: Readonly<Record<string, StandInState>>;
    /** Tasks that run to their end. */
    readonly tasks: Readonly<Record<string, OneOffState>>;
    /** By the first bytes of hardware addresses, the services, databases and load balancers that have them. */
    readonly members: Readonly<Record<string, string>>;
}

export interface ServiceState {
    /** The ways in through load balancers, each URL as a client opens it. */
    readonly urls: { readonly public: readonly string[]; readonly internal: readonly string[] };
    /** The load balancers that look after its tasks, by name. */
    readonly behind: readonly string[];
    readonly tasks: readonly TaskState[];
    readonly rollout: Rollout;
    /** The port on 127.0.0.1 of a debugger, where one was asked for. */
    readonly debug?: number;
}

/** How a service goes from one version to the next. */
export interface Rollout {
    /** Of the version that runs. */
    readonly slot: Slot;
    /** The old tasks are stopped before the new ones start. */
    readonly stopsFirst: boolean;
    /** The old tasks go on where the new ones do not come up. */
    readonly goesBack: boolean;
    /** How long the requests may take that old tasks still have. */
    readonly drainSeconds: number;
    /** What runs before a deployment of it. */
    readonly release?: string;
}

export interface TaskState {
    /** `issuer-1`: what it is called among the tasks. */
    readonly name: string;
    /** By the container's name in the task definition: its service in the compose file. */
    readonly containers: Readonly<Record<string, string>>;
    /** The container that has the task's network namespace, and so publishes its ports. */
    readonly holder: string;
    /** What the task listens on, as the task definition says. */
    readonly ports: readonly number[];
    /** MiB that its containers share on Fargate. */
    readonly memory?: number;
}

export interface LoadBalancerState {
    readonly internal: boolean;
    /** The name that resolves to 127.0.0.1 on this machine, and to the load balancer among the tasks. */
    readonly host: string;
    readonly listeners: readonly { readonly port: number; readonly published: number }[];
}

export type StandInState = Pick<StandIn, "of" | "published" | "host">;

export interface OneOffState {
    readonly command: readonly string[];
    readonly schedule: string | undefined;
    /** Runs to its end before the heritage's services start. */
    readonly beforeDeploy: boolean;
}

/** Where all of it is, from the project's root. */
export const localFolder = (stack: string) => path.join("build", "local", stack);

/** At the end of a command that is printed: without it a command is for the stack dev. */
export const ofStack = (stack: string) => (stack === "dev" ? "" : ` --stack ${stack}`);

/** The names of the files there. */
export const FILES = {
    compose: "compose.yaml",
    state: "state.json",
    /** Generated secrets and keys, and the values of all parameters. Only the user may read it. */
    secrets: "secrets.json",
    /** Values of parameters that others keep on AWS; written by hand. */
    given: "given.json",
    /** Whom a client has to trust. */
    ca: "ca.pem",
    /** Whom a task that talks to a Redis has to trust: the public authorities, and that of this machine. */
    trust: "trust.pem",
    /** A folder: what security groups allow, as rules of nftables. */
    firewall: "firewall",
} as const;

export const filePath = (root: string, stack: string, file: keyof typeof FILES) =>
    path.join(root, localFolder(stack), FILES[file]);

/** What was started of a stack; undefined where nothing was. */
export const readState = (root: string, stack: string) => readJson<State>(filePath(root, stack, "state"));

/**
 * The compose project of a stack, and so what its containers' names begin with. The folder is in it: the same stack of two checkouts is two
 * platforms. What was started is found by the name that it was started with.
 */
export function composeProject(root: string, project: string, stack: string): string {
    const started = readState(root, stack)?.composeProject;
    if (started) return started;
    const checkout = createHash("sha256").update(realpathSync(root)).digest("hex").slice(0, 6);
    return `${project}-local-${stack}-${checkout}`.toLowerCase().replaceAll(/[^a-z0-9_-]+/g, "-");
}

/** The slots of the services as they were started. */
export const slotsOf = (state: State | undefined): Slots =>
    Object.fromEntries(Object.entries(state?.services ?? {}).map(([name, { rollout }]) => [name, rollout.slot]));

export function readJson<Content>(file: string): Content | undefined {
    if (!existsSync(file)) return undefined;
    try {
        return JSON.parse(readFileSync(file, "utf8")) as Content;
    } catch (error) {
        const end = ofStack(path.basename(path.dirname(file)));
        throw new UsageError(
            `${file} is no JSON (${(error as Error).message}): mend it, or delete it and run ` +
                `npx identity local down --volumes${end}`,
        );
    }
}

/** `secret`: for the user alone, from the first byte on. */
export function writeFile(file: string, text: string, { secret = false } = {}): void {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text, { mode: secret ? 0o600 : 0o644 });
}

export const writeJson = (file: string, content: unknown, options?: { secret?: boolean }) =>
    writeFile(file, `${JSON.stringify(content, null, 2)}\n`, options);
