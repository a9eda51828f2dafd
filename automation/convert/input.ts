/** Which kind of file something is, and what belongs to it. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { parseDocument } from "yaml";
import { isMap } from "../plan/leaves";
import { UsageError } from "../shared/errors";
import type { Format, Input } from "./model";
import { Node } from "./node";
import { barcelona } from "./read/barcelona";
import { compose, readCompose } from "./read/compose";
import { copilot } from "./read/copilot";
import { fly } from "./read/fly";
import { procfile } from "./read/procfile";
import { render } from "./read/render";
import { taskDefinition } from "./read/task-definition";
import { readPlain } from "./read-file";
import { type Mapping, shapeProblem } from "./shapes";

export interface Found {
    readonly format: Format;
    readonly input: Input;
}

const COMPOSE = [
    "compose.yaml",
    "compose.yml",
    "docker-compose.yaml",
    "docker-compose.yml",
    "docker-compose.production.yaml",
    "docker-compose.production.yml",
];
const SINGLE = ["barcelona.yml", "render.yaml", "fly.toml", "Procfile", "task-definition.json", "taskdef.json"];
const KINDS =
    "docker-compose.yml, a Copilot manifest, barcelona.yml, Procfile, render.yaml, fly.toml, or a task definition as JSON";

/** Finds out what a file or a folder is. Throws a `UsageError` where it is none of the kinds, or cannot be read. */
export function find(named: string): Found {
    const stat = statSync(named, { throwIfNoEntry: false });
    if (!stat) throw new UsageError(`${named}: there is no such file or folder`);
    return stat.isDirectory() ? inFolder(named) : ofFile(named);
}

function inFolder(folder: string): Found {
    const manifests = manifestsOf(folder);
    const [composeFile] = COMPOSE.filter((name) => existsSync(path.join(folder, name)));
    const files = [
        ...(composeFile ? [composeFile] : []),
        ...SINGLE.filter((name) => existsSync(path.join(folder, name))),
    ];
    if (files.length + (manifests.length > 0 ? 1 : 0) > 1) {
        const all = [...(manifests.length > 0 ? ["copilot/"] : []), ...files];
        throw new UsageError(`${folder} has ${all.join(" and ")}: name the one that says how the application runs`);
    }
    if (manifests.length > 0) return { format: copilot, input: copilotInput(folder, manifests) };
    if (files.length === 1) return ofFile(path.join(folder, files[0]!));
    throw new UsageError(`${folder} has none of the files that are read: ${KINDS}`);
}

/** Copilot's manifests: of the folder copilot/, or of a folder in it. */
function manifestsOf(folder: string): string[] {
    const own = ["manifest.yml", "manifest.yaml"].find((name) => existsSync(path.join(folder, name)));
    if (own) return [own];
    return ["copilot", "."].flatMap((below) => {
        const within = path.join(folder, below);
        if (!existsSync(within) || !statSync(within).isDirectory()) return [];
        return readdirSync(within)
            .sort()
            .filter((name) => name !== "environments" && existsSync(path.join(within, name, "manifest.yml")))
            .map((name) => path.join(below, name, "manifest.yml"));
    });
}

function copilotInput(folder: string, manifests: readonly string[]): Input {
    const roots = manifests.map((file) => Node.of(file, mapping(path.join(folder, file))));
    const addons = manifests.flatMap((file) => {
        const below = path.join(path.dirname(file), "addons");
        if (!existsSync(path.join(folder, below))) return [];
        return readdirSync(path.join(folder, below))
            .sort()
            .filter((name) => /\.ya?ml$/.test(name) && !/^addons\.parameters/.test(name))
            .map((name) => path.join(below, name));
    });
    for (const root of roots) check(copilot, folder, root);
    // Templates of CloudFormation have tags of their own: !Ref, !Sub.
    const templates = addons.map((file) =>
        Node.of(file, parseDocument(readFileSync(path.join(folder, file), "utf8"), { logLevel: "silent" }).toJS()),
    );
    return { file: manifests[0]!, folder, roots: [...roots, ...templates], hasDockerfile: false };
}

function mapping(file: string): Mapping {
    const plain = readPlain(file);
    if (isMap(plain) && Object.keys(plain).length > 0) return plain;
    throw new UsageError(`${file} is empty, or no mapping of keys: it is none of ${KINDS}`);
}

function ofFile(file: string): Found {
    const [folder, name] = [path.dirname(file), path.basename(file)];
    const hasDockerfile = existsSync(path.join(folder, "Dockerfile"));
    if (/^Procfile(\..+)?$/.test(name)) return procfileInput(file, folder, hasDockerfile);
    if (name === "app.json" && existsSync(path.join(folder, "Procfile")))
        return procfileInput(path.join(folder, "Procfile"), folder, hasDockerfile);
    const plain = mapping(file);
    const format = formatOf(name, plain);
    if (!format) throw new UsageError(`${file} is none of the files that are read: ${KINDS}`);
    if (format === copilot) return { format, input: copilotInput(folder, [name]) };
    const root = format === compose ? readCompose(file) : Node.of(name, plain);
    check(format, folder, root);
    return { format, input: { file: name, folder, roots: [root], hasDockerfile } };
}

function formatOf(name: string, plain: Mapping): Format | undefined {
    if (name.endsWith(".toml"))
        return "app" in plain || "http_service" in plain || "processes" in plain || "services" in plain
            ? fly
            : undefined;
    const definition = isMap(plain.taskDefinition) ? plain.taskDefinition : plain;
    if ("containerDefinitions" in definition) return taskDefinition;
    if (typeof plain.type === "string" && /(Service|Job|Site)$/.test(plain.type)) return copilot;
    if (isMap(plain.environments) && !("type" in plain)) return barcelona;
    if (Array.isArray(plain.services) || Array.isArray(plain.databases)) return render;
    return "services" in plain ? compose : undefined;
}

function procfileInput(file: string, folder: string, hasDockerfile: boolean): Found {
    const lines = readFileSync(file, "utf8").split(/\r?\n/);
    const processes: Record<string, string> = {};
    for (const [i, line] of lines.entries()) {
        if (/^\s*(#|$)/.test(line)) continue;
        const [, name, run] = /^([A-Za-z0-9_-]+)\s*:\s*(.+)$/.exec(line.trim()) ?? [];
        if (name === undefined)
            throw new UsageError(`${file}, line ${i + 1}: "${line.trim()}" is no process: web: <command>`);
        processes[name] = run!;
    }
    if (Object.keys(processes).length === 0)
        throw new UsageError(`${file} is empty: web: <command> is what it should have`);
    const json = path.join(folder, "app.json");
    const roots = [
        Node.of(path.basename(file), processes),
        ...(existsSync(json) ? [Node.of("app.json", mapping(json))] : []),
    ];
    return { format: procfile, input: { file: path.basename(file), folder, roots, hasDockerfile } };
}

function check(format: Format, folder: string, root: Node) {
    const problem = shapeProblem(format.name, root);
    if (problem) throw new UsageError(`${path.join(folder, root.file)}: ${problem}`);
}
