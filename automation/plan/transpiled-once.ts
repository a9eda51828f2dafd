/**
 * Caches sucrase's JavaScript of each TypeScript file in node_modules/.cache, until the file changes: to transpile two hundred files takes a
 * third of a small plan's time. Has to be imported before the files that are to be cached. Nothing is cached where the folder cannot be
 * written.
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
    const cacheFile = path.join(FOLDER, `${digest(file).slice(0, 32)}.js`);
    const stamp = `// ${digest(version + readFileSync(file, "utf8"))}\n`;
    const cached = read(cacheFile);
    if (cached?.startsWith(stamp)) return module._compile(cached.slice(stamp.length), file);
    const compile = module._compile.bind(module);
    // sucrase's hook calls `_compile` with the JavaScript.
    module._compile = (code, name) => {
        write(cacheFile, stamp + code);
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

/** Renames a complete file, so that a concurrent plan never reads half of one. */
function write(file: string, text: string) {
    const temporary = `${file}.${randomUUID()}`;
    try {
        mkdirSync(path.dirname(file), { recursive: true });
        writeFileSync(temporary, text);
        renameSync(temporary, file);
    } catch {
        // The next run transpiles it again.
    }
}
