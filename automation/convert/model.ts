/** An application, whatever kind of file it was read from. */
import type { Architecture } from "../../components/fargate/architecture";
import { fitName, VOLUME_NAME } from "./names";
import type { Node, Path } from "./node";

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
    readonly args?: Readonly<Record<string, string>>;
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

/** Something of the application that runs. */
export class Workload {
    readonly notes: Note[] = [];
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
        this.from = [...from];
    }

    owns(node: Node) {
        this.from.push(node);
    }

    todo(text: string, ...place: Path) {
        this.notes.push({ kind: "todo", text, place });
    }

    changed(text: string, ...place: Path) {
        this.notes.push({ kind: "changed", text, place });
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
    readonly user?: string;
    readonly password?: string;
    readonly database?: string;
    readonly from: Node;
    /** Of what `database` or `uses` of the heritage's file says. */
    readonly keys?: Record<string, unknown>;
    /** Variables that the file itself binds to it, by attribute. */
    readonly variables?: Record<string, string>;
}

export class App {
    readonly notes: Note[] = [];
    readonly workloads: Workload[] = [];
    readonly stores: Store[] = [];
    name: string | undefined;
    /** The folder that paths in the file count from. */
    base: string | undefined;
    /** Whether a PostgreSQL of its own was made beside it. */
    database = false;
    /** Of the whole application, by name: what `uses` of the heritage's file says. */
    readonly uses: Record<string, Record<string, unknown>> = {};

    todo(text: string, ...place: Path) {
        this.notes.push({ kind: "todo", text, place, top: true });
    }

    changed(text: string, ...place: Path) {
        this.notes.push({ kind: "changed", text, place, top: true });
    }
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
