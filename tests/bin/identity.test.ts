import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";

const ROOT = path.join(__dirname, "../..");
const BIN = path.join(ROOT, "bin/identity.js");

/** The command line as a process of its own, as a user has it. */
describe("npx identity", function () {
    this.timeout(60_000);

    const run = (command: string, args: string[], { cwd = ROOT } = {}) =>
        spawnSync(command, args, {
            cwd,
            encoding: "utf8",
            env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined },
        });
    const identity = (...words: string[]) => run(process.execPath, [BIN, ...words]);
    const bash = (script: string) => run("bash", ["-c", script, BIN, process.execPath]);

    it("is found by npm in a fresh clone, and in a folder below", () => {
        for (const cwd of [ROOT, path.join(ROOT, "docs")]) {
            const { status, stdout, stderr } = run("npx", ["identity", "--help"], { cwd });
            expect(status, stderr).to.equal(0);
            expect(stdout)
                .to.match(/^Usage: identity /)
                .and.to.contain("  up  ");
        }
    });

    it("works on the stack files of the folder above it that has Pulumi.yaml", () => {
        const { status, stdout, stderr } = run(process.execPath, [BIN, "costs", "dev"], {
            cwd: path.join(ROOT, "docs"),
        });
        expect([status, stderr]).to.deep.equal([0, ""]);
        expect(stdout).to.match(/USD a month +dev\n/);
        const elsewhere = run(process.execPath, [BIN, "costs", "dev"], { cwd: "/" });
        expect([elsewhere.status, elsewhere.stderr]).to.deep.equal([2, "there is no Pulumi.yaml in /\n"]);
    });

    it("says what is wrong with its words, what was meant, and where the help is", () => {
        const { status, stdout, stderr } = identity("up", "--stak", "dev");
        expect([status, stdout]).to.deep.equal([2, ""]);
        expect(stderr).to.equal(
            "unknown option '--stak'\n(Did you mean --stack?)\nnpx identity up --help says what there is\n",
        );
        expect(identity("pln").stderr).to.contain("(Did you mean plan?)");
        expect(identity().status).to.equal(2);
    });

    it("says that it is for a checkout where only the components are", () => {
        const folder = mkdtempSync(path.join(tmpdir(), "package-"));
        try {
            mkdirSync(path.join(folder, "bin"));
            copyFileSync(BIN, path.join(folder, "bin/identity.js"));
            const { status, stderr } = run(process.execPath, [path.join(folder, "bin/identity.js"), "plan"]);
            expect([status, stderr.split(".")[0]]).to.deep.equal([
                2,
                "The commands are for a checkout of identity-platform",
            ]);
        } finally {
            rmSync(folder, { recursive: true });
        }
    });

    it("ends in silence where its reader has gone", () => {
        const { stderr } = bash('for i in 1 2 3; do "$1" "$0" --help | true; done');
        expect(stderr).to.equal("");
    });

    it("fails in one line where its output cannot be written", () => {
        for (const words of ["--help", "costs dev"]) {
            const { status, stderr } = bash(`"$1" "$0" ${words} > /dev/full`);
            expect([status, stderr]).to.deep.equal([
                1,
                "The output is not complete: ENOSPC: no space left on device, write\n",
            ]);
        }
    });

    it("completes commands, options and stacks in bash", () => {
        const script = 'source <("$1" "$0" completion bash) && complete -p identity';
        expect(bash(script).stdout).to.match(/^complete .*identity$/m);
        const words = (...typed: string[]) =>
            identity("complete", "--", ...typed)
                .stdout.split("\n")
                .flatMap((line) => /^([^:\t][^\t]*)\t/.exec(line)?.[1] ?? []);
        expect(words("ref")).to.deep.equal(["refresh"]);
        expect(words("up", "--al")).to.deep.equal(["--allow-replace"]);
        expect(words("up", "--stack", "")).to.deep.equal(["dev", "prod"]);
        expect(words("local", "ta")).to.deep.equal(["task"]);
        expect(words("plan", "con")).to.deep.equal(["connections"]);
    });

    it("fails where a command waits for itself, rather than to end as if all were well", () => {
        const program = `
            const { runProcess } = require("./automation/commands/cli/process");
            const run = () => new Promise(() => {});
            runProcess(["stuck"], { summary: "trial", commands: { stuck: { summary: "waits", examples: [], run } } });`;
        const { status, stderr } = run(process.execPath, ["--require", "sucrase/register/ts", "--eval", program]);
        expect([status, stderr]).to.deep.equal([1, "The command cannot finish: something in it waits for itself.\n"]);
    });
});
