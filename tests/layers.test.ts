/** Which part of the project imports which: only what is to its left in `LAYERS` (docs/development.md). */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";

const ROOT = path.join(__dirname, "..");

/** From the lowest to the highest. Rooms of one layer import nothing of each other. A file stands for itself, a folder for all below it. */
const LAYERS: readonly (readonly string[])[] = [
    ["aws"],
    ["components"],
    ["policy"],
    ["config"],
    ["policy/config.ts"], // what a stack's configuration says of policies
    ["policy/pack.ts"], // what Pulumi loads
    ["platform"],
    ["index.ts"],
    ["automation/shared"],
    ["automation/plan"],
    ["automation/report", "automation/local", "automation/bootstrap", "automation/ci", "automation/convert"],
    ["automation/runner"],
    ["automation/verify"],
    ["automation/realms"],
    ["automation/commands"],
    ["bin"],
];

/** Static, dynamic and type imports, and require. */
const IMPORT = /(?:\bfrom\s+|\bimport\s*\(\s*|\brequire\(\s*|^import\s+)["'](\.[^"']*)["']/gm;

const sources = () => {
    const listed = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "*.ts", "bin/*.js"], {
        cwd: ROOT,
        encoding: "utf8",
    });
    return listed.split("\n").filter((file) => file !== "" && existsSync(path.join(ROOT, file)) && layerOf(file) >= 0);
};

/** The index of the layer whose room is the narrowest around a file, -1 for tests and the like. */
function layerOf(file: string): number {
    return LAYERS.findIndex((rooms) => rooms.includes(roomOf(file) ?? ""));
}

function roomOf(file: string): string | undefined {
    const rooms = LAYERS.flat().filter((room) => file === room || file.startsWith(`${room}/`));
    return rooms.sort((a, b) => b.length - a.length)[0];
}

/** The files of the project that a file imports. */
function importsOf(file: string, text: string): string[] {
    return [...text.matchAll(IMPORT)].flatMap(([, target]) => {
        const found = path.join(path.dirname(file), target!);
        const names = [`${found}.ts`, path.join(found, "index.ts"), `${found}.js`, found];
        return names.find((name) => /\.[jt]s$/.test(name) && existsSync(path.join(ROOT, name))) ?? [];
    });
}

const read = (file: string) => readFileSync(path.join(ROOT, file), "utf8");

/** Imports that go up, or across. */
const wrong = (file: string, imported: readonly string[]) =>
    imported.filter((target) => {
        if (layerOf(target) < 0 || roomOf(target) === roomOf(file)) return false;
        return layerOf(target) >= layerOf(file);
    });

/** An import that is gone when the file runs: `import type { … }`, `import { type A, type B }`, and the same of `export`. */
const OF_TYPES = /^(?:import|export)\s+(?:type\s[^;]*?|\{(?:\s*type\s[^,}]+,?)+\s*\})\s*from\s+["'][^"']*["'];/gm;

/** Files that import themselves by way of others, each circle once. */
function circles(graph: ReadonlyMap<string, readonly string[]>): string[] {
    const found = new Set<string>();
    const [ended, way] = [new Set<string>(), [] as string[]];
    const visit = (file: string) => {
        const at = way.indexOf(file);
        if (at >= 0) found.add([...way.slice(at), file].join(" → "));
        if (at >= 0 || ended.has(file)) return;
        way.push(file);
        for (const target of graph.get(file) ?? []) visit(target);
        way.pop();
        ended.add(file);
    };
    for (const file of graph.keys()) visit(file);
    return [...found];
}

/** What a file imports, and is loaded with it or later. */
const valuesOf = (file: string, text: string) => importsOf(file, text.replace(OF_TYPES, ""));

describe("a file of the program", () => {
    it("does not import itself by way of others", () => {
        const files = sources();
        expect(circles(new Map(files.map((file) => [file, valuesOf(file, read(file))])))).to.deep.equal([]);
    });

    it("would be found to, whatever is between", () => {
        const graph = { a: ["b"], b: ["c", "d"], c: ["d"], d: ["b", "e"], e: ["e"], f: ["a"] };
        expect(circles(new Map(Object.entries(graph)))).to.deep.equal(["b → c → d → b", "e → e"]);
    });

    it("imports types without its circles", () => {
        const values = (text: string) => valuesOf("components/vpc.ts", text);
        for (const text of [
            'import type { Load } from "../config/load";',
            'import type * as load from "../config/load";',
            'import { type Load, type Other } from "../config/load";',
            'import {\n    type Load,\n    type Other,\n} from "../config/load";',
            'export type { Load } from "../config/load";',
        ]) {
            expect(values(text), text).to.deep.equal([]);
        }
        for (const text of [
            'import { load, type Load } from "../config/load";',
            'import { type Load, load } from "../config/load";',
            'import {\n    type Load,\n    load,\n} from "../config/load";',
            'import type { A } from "zod";\nimport { load } from "../config/load";',
            'await import("../config/load");',
        ]) {
            expect(values(text), text).to.deep.equal(["config/load.ts"]);
        }
    });
});

describe("layers", () => {
    it("import only from lower ones", () => {
        const arrows = sources().flatMap((file) =>
            wrong(file, importsOf(file, read(file))).map((target) => `${file} → ${target}`),
        );
        expect(arrows).to.deep.equal([]);
    });

    it("have every file of the program in one of them", () => {
        const folders = ["components", "config", "policy", "platform", "automation", "aws", "bin"];
        const all = execFileSync("git", ["ls-files", "*.ts", "*.js"], { cwd: ROOT, encoding: "utf8" }).split("\n");
        const ours = all.filter((file) => folders.some((folder) => file.startsWith(`${folder}/`)));
        expect(ours.length).to.be.greaterThan(200);
        expect(ours.filter((file) => layerOf(file) < 0)).to.deep.equal([]);
    });

    it("see each kind of import", () => {
        const from = (text: string) => importsOf("components/vpc.ts", text);
        for (const text of [
            'import { load } from "../config/load";',
            'import type {\n    Load,\n} from "../config/load";',
            'const { load } = await import("../config/load");',
            'require("../config/load");',
            'import "../config/load";',
            'export { load } from "../config/load";',
        ]) {
            expect(from(text), text).to.deep.equal(["config/load.ts"]);
            expect(wrong("components/vpc.ts", from(text)), text).to.deep.equal(["config/load.ts"]);
        }
        expect(wrong("automation/ci/access.ts", ["automation/report/write.ts"])).to.have.length(1); // across
        expect(wrong("config/load.ts", ["components/vpc.ts", "config/schema.ts"])).to.deep.equal([]);
    });
});
