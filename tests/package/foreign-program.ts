/** A program of somebody else's that depends on the package: a folder of its own, with what `npm pack` makes of this project. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";

const ROOT = path.join(__dirname, "../..");
const PACKAGE = "identity-platform";

export class ForeignProgram {
    readonly folder = mkdtempSync(path.join(os.tmpdir(), "foreign-program-"));
    /** The files in the package, from its own folder. */
    readonly files: readonly string[];

    /** Packs and unpacks: no registry is asked. The package's dependencies are this project's. */
    constructor() {
        const tarball = execFileSync("npm", ["pack", "--silent", "--pack-destination", this.folder], {
            cwd: ROOT,
            encoding: "utf8",
        });
        const modules = path.join(this.folder, "node_modules");
        const installed = path.join(modules, PACKAGE);
        mkdirSync(installed, { recursive: true });
        const file = path.join(this.folder, tarball.trim().split("\n").at(-1)!);
        execFileSync("tar", ["-xzf", file, "-C", installed, "--strip-components=1"]);
        for (const name of readdirSync(path.join(ROOT, "node_modules")).filter((entry) => !entry.startsWith("."))) {
            symlinkSync(path.join(ROOT, "node_modules", name), path.join(modules, name));
        }
        this.files = readdirSync(installed, { recursive: true, withFileTypes: true })
            .filter((entry) => entry.isFile())
            .map((entry) => path.relative(installed, path.join(entry.parentPath, entry.name)));
    }

    write(file: string, text: string) {
        writeFileSync(path.join(this.folder, file), text);
    }

    /** Runs Node in the program's folder, and returns what it wrote. */
    node(args: string[], env: NodeJS.ProcessEnv = {}): string {
        return execFileSync(process.execPath, args, {
            cwd: this.folder,
            encoding: "utf8",
            env: { ...process.env, ...env },
            stdio: ["ignore", "pipe", "pipe"],
        });
    }

    remove() {
        rmSync(this.folder, { recursive: true, force: true });
    }
}
