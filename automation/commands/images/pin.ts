/** Pins what images start from, and what pip installs into them, by digest. */
import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { basesOf, pinned } from "./pins";
import type { CommandContext } from "../../shared/context";
import { UsageError } from "../../shared/errors";

const FOLDERS = ["images", "automation/local/images"];

/** Asks a registry, and compiles requirements: what a test does otherwise. */
export interface Registry {
    digestOf(name: string): Promise<string>;
    /** The text of requirements.txt, made within the image that the Dockerfile starts from. */
    compile(folder: string, image: string): Promise<string>;
}

export async function pin(
    { check }: { /** Whether nothing is written. */ readonly check: boolean },
    { root, out }: Pick<CommandContext, "root" | "out">,
    registry: Registry = docker,
): Promise<number> {
    let byTag = 0;
    for (const file of dockerfiles(root)) {
        const before = readFileSync(path.join(root, file), "utf8");
        const text = check ? before : await pinned(before, (name) => registry.digestOf(name));
        if (text !== before) writeFileSync(path.join(root, file), text);
        for (const { line, name, digest, decidedBy } of basesOf(text)) {
            if (decidedBy)
                out(`${file}:${line}: ${name}: the build argument ${decidedBy} decides, so it has no digest here\n`);
            else if (digest) out(`${file}:${line}: ${name}@${digest}${text === before ? "" : " (new)"}\n`);
            else out(`${file}:${line}: ${name}: by its tag alone; npx identity images pin\n`);
            if (!decidedBy && !digest) byTag++;
        }
        const folder = path.dirname(path.join(root, file));
        if (check || !existsSync(path.join(folder, "requirements.in"))) continue;
        const [first] = basesOf(text);
        writeFileSync(path.join(folder, "requirements.txt"), await registry.compile(folder, reference(first!)));
        out(`${path.join(path.dirname(file), "requirements.txt")}: written\n`);
    }
    return byTag > 0 ? 1 : 0;
}

const reference = ({ name, digest }: { name: string; digest: string | undefined }) =>
    digest === undefined ? name : `${name}@${digest}`;

function dockerfiles(root: string): string[] {
    return FOLDERS.flatMap((folder) => {
        if (!existsSync(path.join(root, folder))) return [];
        return readdirSync(path.join(root, folder))
            .map((name) => path.join(folder, name, "Dockerfile"))
            .filter((file) => existsSync(path.join(root, file)))
            .sort();
    });
}

const execute = promisify(execFile);

const docker: Registry = {
    async digestOf(name) {
        // The digest of the index, where an image is for several platforms.
        const inspect = ["buildx", "imagetools", "inspect", name, "--format", "{{json .Manifest}}"];
        const { stdout } = await execute("docker", inspect, { timeout: 120_000 }).catch(
            (error: { stderr?: string }) => {
                throw new UsageError(
                    `${name}: its registry does not say which digest it has: ${String(error.stderr).trim()}`,
                );
            },
        );
        const { digest } = JSON.parse(stdout) as { digest: string };
        if (!/^sha256:[0-9a-f]{64}$/.test(digest)) throw new UsageError(`${name}: no digest in ${stdout.trim()}`);
        return digest;
    },
    async compile(folder, image) {
        // By the image's own Python: what is needed depends on it.
        const compile =
            "pip install --quiet --root-user-action=ignore pip-tools >&2 && pip-compile --quiet --generate-hashes --no-annotate " +
            "--strip-extras --no-emit-index-url --no-emit-trusted-host --no-emit-options --output-file=- requirements.in";
        const header = ["--env", "CUSTOM_COMPILE_COMMAND=npx identity images pin"];
        const args = [
            "run",
            "--rm",
            ...header,
            "--volume",
            `${folder}:/in:ro`,
            "--workdir",
            "/in",
            image,
            "sh",
            "-c",
            compile,
        ];
        const { stdout } = await execute("docker", args, { timeout: 600_000 }).catch((error: { stderr?: string }) => {
            throw new UsageError(
                `${folder}/requirements.in cannot be compiled in ${image}: ${String(error.stderr).trim()}`,
            );
        });
        return stdout;
    },
};
