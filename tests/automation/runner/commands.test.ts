import path from "node:path";
import { Readable } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import { expect } from "chai";
import { identity } from "../../../automation/commands";
import type { CommandContext } from "../../../automation/shared/context";
import type { Exit } from "../../../automation/shared/errors";
import { confirm } from "../../../automation/runner/confirm";
import { DriftCollector, renderDrift } from "../../../automation/runner/drift";
import { endpoints } from "../../../automation/runner/summary";
import { ended, HIDDEN } from "./events";

const ROOT = path.join(__dirname, "../../..");
const ALL = ["up", "preview", "refresh", "destroy", "drift"];

function surroundings(typed?: string) {
    const said = { out: "", err: "" };
    const input = Object.assign(Readable.from(typed === undefined ? [] : [typed]), { isTTY: typed !== undefined });
    const context: CommandContext = {
        root: ROOT,
        input: input as unknown as NodeJS.ReadStream,
        out: (text) => void (said.out += text),
        err: (text) => void (said.err += text),
        signal: new AbortController().signal,
    };
    return { said, context };
}

describe("the commands that deploy", () => {
    for (const name of ALL) {
        it(`${name} explains itself in a hundred columns, with its exit codes, and takes nothing else`, async () => {
            const { said, context } = surroundings();
            expect(await identity([name, "--help"], context)).to.equal(0);
            expect(said.out).to.contain(`identity ${name} [options]`).and.to.contain("Exit codes:");
            expect(Math.max(...said.out.split("\n").map((line) => line.length))).to.be.most(100);
            expect(await identity([name, "--nope"], context)).to.equal(2);
            expect(await identity([name, "--stack", "nope"], context)).to.equal(2);
            expect(said.err).to.contain("there is no Pulumi.nope.yaml");
            expect(await identity([name, "word"], context)).to.equal(2);
        });
    }

    it("name the missing program and where to get it", async () => {
        const { PATH } = process.env;
        process.env.PATH = "";
        try {
            const { said, context } = surroundings();
            expect(await identity(["refresh"], context)).to.equal(3);
            expect(said.err).to.contain(
                "there is no `pulumi` on the PATH\n    → install the Pulumi CLI, 3.230.0 or later",
            );
        } finally {
            process.env.PATH = PATH;
        }
    });
});

describe("a question", () => {
    const ask = async (typed: string | undefined, yes = false) => {
        const { said, context } = surroundings(typed);
        const result = await confirm("Delete dev?", { context, yes, word: "dev" }).catch((error: Exit) => error.code);
        return { result, said: said.err };
    };

    it("requires the exact word, and refuses without a terminal", async () => {
        expect(await ask("dev\n")).to.deep.equal({ result: undefined, said: "Delete dev?\n  type dev to go on: " });
        for (const typed of ["yes\n", "\n", ""]) expect((await ask(typed)).result).to.equal(4);
        expect((await ask(undefined)).result).to.equal(4);
        expect(await ask(undefined, true)).to.deep.equal({ result: undefined, said: "" });
    });
});

describe("drift", () => {
    const TYPE = "aws:ecs/service:Service";
    const collect = (...steps: Parameters<typeof ended>[0][]) => {
        const collector = new DriftCollector();
        for (const one of steps) collector.add(ended(one));
        return collector.result;
    };

    it("is what the program has set and AWS has otherwise, with values, and what is gone", () => {
        const found = collect(
            {
                op: "update",
                type: TYPE,
                name: "issuer",
                diffs: ["desiredCount", "secret"],
                old: { inputs: { desiredCount: 3, secret: HIDDEN }, outputs: { desiredCount: 3, secret: HIDDEN } },
                new: { outputs: { desiredCount: 1, secret: HIDDEN } },
            },
            { op: "delete", type: TYPE, name: "holder" },
            { op: "same", type: TYPE, name: "other" },
        );
        expect(renderDrift(found).map(stripVTControlCharacters)).to.deep.equal([
            "aws:ecs Service holder: is gone",
            "aws:ecs Service issuer",
            "  desiredCount  3 → 1",
            "  secret        a secret → another one",
        ]);
    });

    it("is not what AWS computes by itself", () => {
        const half = { inputs: { name: "a", __defaults: [] }, outputs: { name: "a", version: 1 } };
        const changed = { inputs: { name: "a", __defaults: ["x"] }, outputs: { name: "a", version: 2 } };
        expect(collect({ op: "update", type: TYPE, name: "issuer", old: half, new: changed })).to.deep.equal([]);
    });
});

describe("what is said at the end", () => {
    it("has the addresses, and no secret", () => {
        const all = {
            url: { value: "https://id.example.com", secret: false },
            adminUrls: { value: { issuer: "http://10.0.0.1:8021" }, secret: false },
            key: { value: "https://hush", secret: true },
            none: { value: null, secret: false },
            names: { value: { issuer: "issuer-1" }, secret: false },
        };
        expect(endpoints(all)).to.deep.equal([
            ["url", "https://id.example.com"],
            ["adminUrls issuer", "http://10.0.0.1:8021"],
        ]);
    });
});
