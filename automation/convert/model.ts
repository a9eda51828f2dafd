/** An application, whatever kind of file it was read from. */
import type { Architecture } from "../../components/fargate/architecture";
import { isScheduler } from "./commands";
import type { Tree } from "./heritage";
import { fitName, VOLUME_NAME } from "./names";
import type { Node, Path } from "./node";
import { asWritten } from "./read/interpolate";
import { schedule } from "./schedules";
import { existing } from "./secrets";

/** What a person has to know: something that is left to do, or something that means another thing here. */
export interface Note {
    readonly kind: "todo" | "changed";
    readonly text: string;
    /** Where it belongs, within the workload's keys; or from the top of the heritage's file. */
    readonly place: Path;
    readonly top?: boolean;
}

export interface Build {
    /** From the folder of the file that was read. */
    readonly context: string;
    /** From the context. */
    readonly dockerfile?: string;
    readonly target?: string;
    /** Without the values that the file leaves to whoever builds it. */
    readonly args?: Readonly<Record<string, string | undefined>>;
}

export type Image =
    | { readonly build: Build }
    | { readonly reference: string }
    /** There is none yet; why, as a sentence. */
    | { readonly missing: string };

/** A variable as the file has it: a value, or nothing where only its name is said. */
export type Variable = string | undefined;

export type Kind = "service" | "scheduled" | "before";

/** A file system of EFS, by its id, and its directory that is mounted. */
export interface ExistingFiles {
    readonly id: string;
    readonly directory?: string;
}

/** One that exists can be mounted in its own network (docs/heritages.md, "Files that outlive a task"). */
function copyFrom({ id, directory = "/" }: ExistingFiles): string {
    const within = directory === "/" ? "" : `, directory: ${directory}`;
    return `Copy the files that are in ${id} now into it; or, in the VPC that it is in (network.existing), efs: { existing: ${id}${within} }.`;
}

class WithNotes {
    readonly notes: Note[] = [];

    todo(text: string, ...place: Path) {
        this.notes.push({ kind: "todo", text, place });
    }

    changed(text: string, ...place: Path) {
        this.notes.push({ kind: "changed", text, place });
    }
}

/** Something of the application that runs. */
export class Workload extends WithNotes {
    readonly from: Node[];
    /** Names of its volumes, by those that the file has. */
    readonly volumeNames = new Map<string, string>();
    /** File systems that its volumes are, by the volumes' names in the file. */
    readonly fileSystems = new Map<string, ExistingFiles>();
    /** Folders of a machine that its volumes are, by the volumes' names in the file. */
    readonly hostFolders = new Map<string, string>();
    /** Keys of the heritage's file, below the name of the service or task. */
    readonly keys: Record<string, unknown> = {};
    readonly variables: Record<string, Variable> = {};
    readonly secrets: Record<string, unknown> = {};
    /** By name: what `volumes` of the heritage's file says of it. */
    readonly volumes: Record<string, unknown> = {};
    /** Directories that it writes to, without keeping what is there. */
    readonly writable: string[] = [];
    /** By name: what `uses` of the heritage's file says of it. */
    readonly uses: Record<string, Record<string, unknown>> = {};
    /** The user by number, as the file has it. */
    user: string | undefined;
    imageCredentials: string | undefined;
    /** The processors that its image is built for, where the file says so. */
    architecture: Architecture | undefined;
    /** Files of variables, from the folder that paths count from. */
    readonly envFiles: string[] = [];
    /** The path that its own health check asks, where that is one by HTTP. */
    healthPath: string | undefined;

    constructor(
        readonly name: string,
        public kind: Kind,
        public image: Image,
        /** What says it: what is left of these is named beside it. */
        from: readonly Node[],
    ) {
        super();
        this.from = [...from];
    }

    owns(node: Node) {
        this.from.push(node);
    }

    /** A directory that outlives its task there: the name of a volume with `efs`. `source` tells it from others. */
    persistent(written: string, source: string, existing?: ExistingFiles): string {
        const name = fitName(source, VOLUME_NAME);
        this.volumes[name] = { efs: {} };
        const copy = existing === undefined ? "Copy the files into it." : copyFrom(existing);
        this.changed(`${written}: a file system of EFS that all of its tasks share, and empty at first. ${copy}`);
        return name;
    }

    /** The same, in the workload's own container. */
    persistentAt(written: string, source: string, at: string, existing?: ExistingFiles) {
        const mounts = (this.keys.mounts ?? {}) as Record<string, string>;
        const name = this.persistent(written, source, existing);
        if (mounts[name] !== undefined && mounts[name] !== at) {
            this.todo(`${written}: a volume is in one place of a container, and ${name} is at ${mounts[name]}.`);
            return;
        }
        this.keys.mounts = { ...mounts, [name]: at };
    }

    /** One task, where the files of several would be one another's: `since` says how it is there. */
    aloneWithFiles(since: string) {
        if (this.kind !== "service" || this.keys.singleton === true) return;
        this.keys.singleton = true;
        this.changed(
            `${since} there. Here all tasks share the file system, so that there is one: without singleton where they may.`,
            "singleton",
        );
    }

    /** When a scheduled task runs, as cron or as EventBridge Scheduler has it. */
    runsAt(when: string) {
        const known = schedule(when);
        this.keys.schedule = known ?? "rate(1 day)";
        if (known === undefined)
            this.todo(
                `The schedule ${when} has no equivalent in EventBridge Scheduler; rate(1 day) stands in its place.`,
                "schedule",
            );
    }

    /** Of its command: whether it is a scheduler of which there must be one. */
    aloneIfScheduler() {
        if (this.kind !== "service" || !isScheduler(this.name, this.keys.command as string | string[] | undefined))
            return;
        this.keys.singleton = true;
        this.changed(
            "A scheduler: one task and never two, so that it is stopped before a new one starts.",
            "singleton",
        );
    }

    runsAs(user: string | undefined) {
        if (user === undefined) return;
        if (/^[1-9]\d*(:\d+)?$/.test(user)) this.user = user;
        else this.todo(`It runs as ${asWritten(user)} there; here a user is a number other than 0.`);
    }

    /** How long it may take to end, within ECS's limits. */
    stopsWithin(seconds: number | undefined) {
        if (seconds !== undefined && this.kind === "service")
            this.keys.stop_timeout = Math.min(120, Math.max(2, seconds));
    }

    /** A secret by its reference, which may be in words that are not known here. */
    secretFrom(name: string, reference: string, written = reference) {
        const known = existing(reference);
        this.secrets[name] = known ?? { set: {} };
        if (known) return;
        const unknown = `${name} is ${written} there, whose name is not known here`;
        this.todo(`${unknown}: parameter: /…, or set it anew.`, "secrets", name);
    }

    addSidecar(name: string, keys: Tree) {
        this.keys.sidecars = { ...(this.keys.sidecars as Tree | undefined), [name]: keys };
    }

    /** A note at the top of the heritage's file. */
    top(kind: Note["kind"], text: string, ...place: Path) {
        this.notes.push({ kind, text, place, top: true });
    }
}

/** A database, cache or the like that the file runs beside the application. */
export interface Store {
    readonly name: string;
    readonly kind: "postgres" | "redis" | "bucket" | "platform" | "other";
    /** Names by which the application reaches it. */
    readonly hosts: readonly string[];
    /** What it is, e.g. mysql:8. */
    readonly what: string;
    readonly port: number;
    readonly password?: string;
    readonly from: Node;
    /** Of what `database` or `uses` of the heritage's file says. */
    readonly keys?: Record<string, unknown>;
    /** Variables that the file itself binds to it, by attribute. */
    readonly variables?: Record<string, string>;
}

export class App extends WithNotes {
    readonly workloads: Workload[] = [];
    readonly stores: Store[] = [];
    name: string | undefined;
    /** The folder that paths in the file count from. */
    base: string | undefined;
    /** Whether a PostgreSQL of its own was made beside it. */
    database = false;
    /** Of the whole application, by name: what `uses` of the heritage's file says. */
    readonly uses: Record<string, Record<string, unknown>> = {};
}

/** What a reader gets. */
export interface Input {
    /** The file that was named or found. */
    readonly file: string;
    /** Its folder. */
    readonly folder: string;
    /** Each file that belongs to it, by its name within the folder. */
    readonly roots: readonly Node[];
    /** Whether a Dockerfile is beside it. */
    readonly hasDockerfile: boolean;
}

/** One kind of file. */
export interface Format {
    /** For people: "a Copilot manifest". */
    readonly name: string;
    /** The file's own environments, e.g. of a Copilot manifest. */
    environments(input: Input): string[];
    /** `environment`: one of these; undefined for what the file says of none, or of production. */
    read(input: Input, environment: string | undefined): App;
}
