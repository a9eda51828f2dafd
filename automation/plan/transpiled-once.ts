/**
 * Keeps what sucrase makes of each TypeScript file, in node_modules/.cache, until the file changes: transpiling a hundred files anew takes
 * a fifth of a plan. To be imported before the files that are to be kept; without a folder that can be written to, nothing is kept.
 */
import { createHash, randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import Module from "node:module";
import path from "node:path";

type Compiled = NodeModule & { _compile(code: string, file: string): void };
type Loader = (module: Compiled, file: string) => void;
const { _extensions: loaders } = Module as unknown as { _extensions: Record<string, Loader> };

const ROOT = path.join(__dirname, "../..");
const FOLDER = path.join(ROOT, "node_modules", ".cache", "identity-platform");
const { version } = require("sucrase/package.json") as { version: string };
const digest = (text: string) => createHash("sha256").update(text).digest("hex");

const transpile = loaders[".ts"]!;
loaders[".ts"] = (module, file) => {
    const kept = path.join(FOLDER, `${digest(file).slice(0, 32)}.js`);
    const stamp = `// ${digest(version + readFileSync(file, "utf8"))}\n`;
    const found = read(kept);
    if (found?.startsWith(stamp)) return module._compile(found.slice(stamp.length), file);
    const compile = module._compile.bind(module);
    // What sucrase's hook hands on is the JavaScript.
    module._compile = (code, name) => {
        keep(kept, stamp + code);
        compile(code, name);
    };
    return transpile(module, file);
};

function read(file: string): string | undefined {
    try {
        return readFileSync(file, "utf8");
    } catch {
        return undefined;
    }
}

/** Whole or not at all, whoever else plans at the same time. */
function keep(file: string, text: string) {
    const written = `${file}.${randomUUID()}`;
    try {
        mkdirSync(path.dirname(file), { recursive: true });
        writeFileSync(written, text);
        renameSync(written, file);
    } catch {
        // It is transpiled anew the next time.
    }
}
