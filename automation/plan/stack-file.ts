/**
 * Reads a stack file in the form in which the Pulumi CLI passes it to the program. It needs no passphrase: without one an encrypted value is
 * `[secret]`, and the program cannot check it.
 */
import { existsSync } from "node:fs";
import path from "node:path";
import { type Document, isAlias, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from "yaml";
import type { Problem } from "../../config/checks";
import { encryptedValues } from "../../config/encrypted";
import { ConfigError, secretInTheClear } from "../../config/problems";
import { topLevelProblems } from "../../config/top-level";
import { readYaml, Unreadable, type YamlFile } from "../../config/yaml-file";
import { UsageError } from "../shared/errors";
import { type Decrypt, decrypter } from "./decrypt";
import { SECRET } from "./redact";
import { stackNames } from "./stack-names";

export interface StackFile {
    readonly project: string;
    readonly stack: string;
    /** `Pulumi.<stack>.yaml` */
    readonly file: string;
    /** A text for each key, objects and lists as JSON. An encrypted value that cannot be decrypted is `[secret]`. */
    readonly config: Record<string, string>;
    /** The keys of `config` that hold something encrypted. */
    readonly secretKeys: string[];
    /**
     * Problems that `config` does not show: keys beside `config`, numbers that JSON does not have, and a secret that is not encrypted although
     * another one under the same key is.
     */
    readonly problems: Problem[];
    /** The line of the value that a problem is about; for a missing value, the line of its parent. */
    lineOf(problem: Problem): number | undefined;
}

export function readStackFile(root: string, stack: string): StackFile {
    const project = projectName(root);
    const stacks = stackNames(root);
    const file = `Pulumi.${stack}.yaml`;
    if (!stacks.includes(stack)) {
        const known = stacks.length > 0 ? `the stacks with a file are ${stacks.join(", ")}` : "no stack has a file";
        throw new UsageError(`there is no ${file} in ${root}; ${known}`);
    }
    const yaml = parseYaml(root, file);
    const { document, lines, noNumbers } = yaml;
    const entries = configSection(document, file)?.items ?? [];
    const whole = (key: unknown) => (String(key).includes(":") ? String(key) : `${project}:${key}`);

    const decrypt = passphrase(document, file);
    const decryptAll = (name: string, plain: unknown) => {
        try {
            return decrypted(plain, decrypt);
        } catch {
            const fix = `pulumi config set --secret --stack ${stack}`;
            throw new UsageError(
                `${file}: a value in ${name} was not encrypted for this stack; ${fix} encrypts it anew`,
            );
        }
    };
    const config: Record<string, string> = {};
    const secretKeys: string[] = [];
    const problems: Problem[] = topLevelProblems(file, yaml);
    if (problems.length > 0 && entries.length === 0) throw new ConfigError(problems, file, project);
    for (const { path: at, source, line } of noNumbers) {
        const [section, key, ...rest] = at;
        if (section !== "config" || key === undefined) continue;
        problems.push({
            path: [whole(key).replace(`${project}:`, ""), ...rest],
            what: `${source} is no finite number`,
            fix: "a number written out; or leave the key out, for its default",
            line,
        });
    }
    for (const { key, value } of entries) {
        const name = whole(isScalar(key) ? key.value : key);
        if (name in config) throw new UsageError(`${file} says ${name} twice`);
        const plain: unknown = value ? value.toJS(document) : null;
        config[name] = asText(value, decryptAll(name, plain));
        if (securePaths([], plain).length > 0) secretKeys.push(name);
        if (name.startsWith(`${project}:`)) problems.push(...misplaced(name.slice(project.length + 1), plain, project));
    }
    return {
        project,
        stack,
        file,
        config,
        secretKeys,
        problems,
        lineOf: (problem) => {
            const [first, ...rest] = problem.path;
            const isIt = (key: unknown) => isScalar(key) && whole(key.value) === whole(first);
            const top = entries.find(({ key }) => isIt(key));
            const { items } = document.contents as YAMLMap<Node, Node | null>;
            const section = items.find(({ key }) => isScalar(key) && key.value === "config");
            const range = (top ? nodeAt(top, rest, document) : section?.key)?.range;
            return range ? lines.linePos(range[0]).line : undefined;
        },
    };
}

function projectName(root: string): string {
    if (!existsSync(path.join(root, "Pulumi.yaml"))) throw new UsageError(`there is no Pulumi.yaml in ${root}`);
    const name = parseYaml(root, "Pulumi.yaml").document.get("name");
    if (typeof name !== "string") throw new UsageError("Pulumi.yaml gives the project no name");
    return name;
}

type StackYaml = YamlFile & { readonly document: Document.Parsed<YAMLMap.Parsed> };

function parseYaml(root: string, file: string): StackYaml {
    let yaml: YamlFile;
    try {
        yaml = readYaml(path.join(root, file));
    } catch (error) {
        if (!(error instanceof Unreadable)) throw error;
        const where = error.line === undefined ? file : `${file}, line ${error.line}:`;
        throw new UsageError(`${where} ${error.what}${error.fix === undefined ? "" : `: ${error.fix}`}`);
    }
    const { document } = yaml;
    document.contents ??= document.createNode({}) as never; // an empty file is not an error
    if (!isMap(document.contents)) throw new UsageError(`${file}, line 1: it should be a mapping of keys`);
    return yaml as StackYaml;
}

function configSection(
    document: Document.Parsed<YAMLMap.Parsed>,
    file: string,
): YAMLMap<Node, Node | null> | undefined {
    const section = document.get("config", true) as Node | undefined;
    if (section === undefined || (isScalar(section) && section.value === null)) return undefined;
    if (!isMap(section)) throw new UsageError(`${file}: config should be a mapping of keys`);
    return section as YAMLMap<Node, Node | null>;
}

/** A scalar stays as it is written, `1.10` as "1.10"; everything else becomes JSON. */
function asText(node: Node | null, plain: unknown): string {
    if (typeof plain === "object" && plain !== null) return JSON.stringify(plain);
    if (typeof plain === "number" && !Number.isFinite(plain)) return ""; // reported as one of the problems
    if (isScalar(node) && typeof node.value !== "string" && node.value !== null) return node.source ?? String(plain);
    return String(plain ?? "");
}

const isSecure = (value: unknown) =>
    typeof value === "object" &&
    value !== null &&
    Object.keys(value).length === 1 &&
    typeof (value as { secure?: unknown }).secure === "string";

/** Decrypts all secrets in a value; without `decrypt` they become `[secret]`. */
function decrypted(value: unknown, decrypt: Decrypt | undefined): unknown {
    if (isSecure(value)) return decrypt ? decrypt((value as { secure: string }).secure) : SECRET;
    if (Array.isArray(value)) return value.map((item) => decrypted(item, decrypt));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, decrypted(inner, decrypt)]));
}

function passphrase(document: Document.Parsed, file: string): Decrypt | undefined {
    try {
        return decrypter(document.get("encryptionsalt"));
    } catch (error) {
        const { code, path: missing } = error as NodeJS.ErrnoException;
        throw new UsageError(
            code
                ? `PULUMI_CONFIG_PASSPHRASE_FILE: ${missing} cannot be read (${code}); unset, the plan needs none`
                : `${file}: PULUMI_CONFIG_PASSPHRASE is not the passphrase of this stack; unset, the plan needs none`,
        );
    }
}

/** Values that have to be encrypted and are not, and encrypted values that the program uses in plain text: a name, a variable. */
function misplaced(key: string, plain: unknown, project: string): Problem[] {
    const right = encryptedValues({ [key]: plain });
    const places = new Set(right.map(({ path }) => path.join("\0")));
    const shown = securePaths([key], plain).filter((path) => !places.has(path.join("\0")));
    return [
        ...right.filter(({ value }) => !isSecure(value)).map(({ path }) => secretInTheClear(project, path)),
        ...shown.map((path) => ({
            path,
            what: "is encrypted, and what it is for is in the clear",
            fix: "a plain value; a secret is the `value` of one under secrets, or a privateKey",
        })),
    ];
}

/** The paths of all encrypted values. */
function securePaths(at: string[], value: unknown): string[][] {
    if (typeof value !== "object" || value === null) return [];
    if (isSecure(value)) return [at];
    return Object.entries(value).flatMap(([key, inner]) => securePaths([...at, key], inner));
}

/** The key or the element at a path, or the last one on the path that exists. */
function nodeAt(top: Pair<Node, Node | null>, steps: Problem["path"], document: Document.Parsed): Node {
    let [found, inner]: [Node, Node | null | undefined] = [top.key, top.value];
    for (const step of steps) {
        const node: Node | null | undefined = isAlias(inner) ? inner.resolve(document) : inner;
        if (isMap<Node, Node>(node)) {
            const pair: Pair<Node, Node | null> | undefined = node.items.find(
                ({ key }) => isScalar(key) && String(key.value) === String(step),
            );
            if (!pair) break;
            [found, inner] = [pair.key, pair.value];
        } else if (isSeq<Node>(node) && node.items[Number(step)]) {
            found = inner = node.items[Number(step)]!;
        } else break;
    }
    return found;
}
