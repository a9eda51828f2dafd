/** The heritage `blog` of a stack, in a folder of its own, and what is wrong with it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect } from "chai";
import { readConfig } from "../../config/load";
import { placeOf } from "../../config/problems";
import { DEV, handedOver } from "./support";

const root = process.cwd();
/** By path, what is in the folder beside the heritage. */
type Files = Readonly<Record<string, string>>;
const APP = { "images/app/Dockerfile": "FROM scratch" };

export function readBlog(yaml: string, stack = DEV, files: Files = APP) {
    const folder = mkdtempSync(path.join(os.tmpdir(), "heritages-"));
    process.chdir(folder); // where Pulumi runs a program
    try {
        for (const [file, content] of Object.entries({ ...files, "heritages/blog.yml": yaml })) {
            mkdirSync(path.dirname(file), { recursive: true });
            writeFileSync(file, content);
        }
        return readConfig(handedOver(`${stack}heritages: [blog]`), "identity", () => false, "dev");
    } finally {
        process.chdir(root);
        rmSync(folder, { recursive: true });
    }
}

/** What is wrong with it. */
export const problemsOfBlog = (yaml: string, stack?: string, files?: Files) =>
    readBlog(yaml, stack, files).problems.map((one) => ({
        at: placeOf(one, "identity"),
        what: one.what,
        fix: one.fix,
    }));

/** `place (line): what → fix` for each problem. */
export const saidOf = (yaml: string, stack?: string) =>
    readBlog(yaml, stack).problems.map((one) => `${placeOf(one, "identity")} (${one.line}): ${one.what} → ${one.fix}`);

/** A file, and the one thing that is wrong in it: where, what, what would be right; the stack, where that is not DEV. */
export type BrokenBlog = Record<string, [yaml: string, at: string, what: RegExp, fix: RegExp, stack?: string]>;

/** A test for each: exactly this is refused. */
export function refusesBlog(broken: BrokenBlog) {
    for (const [name, [yaml, at, what, fix, stack]] of Object.entries(broken)) {
        it(`is refused for ${name}`, () => {
            const problems = saidOf(yaml, stack);
            expect(problems, problems.join("\n")).to.have.length(1);
            const [first] = problems;
            expect(first!.slice(0, first!.indexOf(" ("))).to.equal(at);
            expect(first!.split(" → ")[0]).to.match(what);
            expect(first!.split(" → ")[1]).to.match(fix);
        });
    }
}

/** The same with `at` below a key of the heritage's file, and with other files beside it. */
export function refusesBelow(key: string, broken: BrokenBlog, files?: Files) {
    for (const [name, [yaml, at, what, fix]] of Object.entries(broken)) {
        it(`is refused for ${name}`, () => {
            const problems = problemsOfBlog(yaml, DEV, files);
            expect(problems, JSON.stringify(problems)).to.have.length(1);
            expect(problems[0]!.at).to.equal(`heritages/blog.yml: ${key}${at}`);
            expect(problems[0]!.what).to.match(what);
            expect(problems[0]!.fix).to.match(fix);
        });
    }
}
