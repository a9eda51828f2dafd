import { stripVTControlCharacters } from "node:util";
import { expect } from "chai";
import pc from "picocolors";
import { identity } from "../../../automation/commands";
import { connection } from "../../../automation/commands/cli/options";
import type { CommandContext } from "../../../automation/shared/context";
import { UsageError } from "../../../automation/shared/errors";
import { NotInStack, all, type Check, Failed, Skipped } from "../../../automation/verify/check";
import { CHECKS } from "../../../automation/verify/checks";
import { verifyTarget } from "../../../automation/verify/command";
import { NoAnswer } from "../../../automation/verify/http";
import { catalogue, json, progress, summary } from "../../../automation/verify/report";
import { exitCode, type Outcome, runChecks } from "../../../automation/verify/run";
import { target } from "./support";

const check = (name: string, run: () => Promise<string[]>, more: Partial<Check> = {}): Check => ({
    name,
    proves: `${name} works`,
    run,
    ...more,
});
const LONG = "it goes on and on, ".repeat(20).trim();
const SOME = [
    check("good", async () => ["one thing", LONG]),
    check("bad", async () => Promise.reject(new Failed("this <one>", "that & \u001b[31mthat", "a cause"))),
    check("away", async () => Promise.reject(new Skipped("out of reach", "come nearer"))),
    check("none", async () => Promise.reject(new NotInStack("the stack has none"))),
    check("silent", async () => Promise.reject(new NoAnswer("https://x", "ECONNREFUSED", "the connection is refused"))),
    check("broken", async () => Promise.reject(new TypeError("x is no function"))),
    check("rough", async () => ["done"], { disruptive: "it is rough" }),
];
const QUIET = { said: () => undefined, ended: () => undefined };

const outcomes = (checks: readonly Check[], disruptive = false) =>
    runChecks(target(), checks, { disruptive, signal: new AbortController().signal }, QUIET);

function recordedContext() {
    const said = { out: "", err: "" };
    const context: CommandContext = {
        root: process.cwd(),
        input: process.stdin,
        out: (text) => void (said.out += text),
        err: (text) => void (said.err += text),
        signal: new AbortController().signal,
    };
    return { said, context };
}

describe("npx identity verify", () => {
    it("has names and words for every check, each name once", () => {
        const names = CHECKS.map(({ name }) => name);
        expect(new Set(names).size).to.equal(names.length);
        for (const { name, proves } of CHECKS) expect([name, proves].join(" ")).to.match(/^[a-z-]+ [a-zK].*[^.]$/);
        expect(CHECKS.findIndex(({ disruptive }) => disruptive)).to.equal(CHECKS.length - 1); // what stops something comes last
        for (const line of catalogue(CHECKS).split("\n")) expect(line.length).to.be.at.most(100);
    });

    it("keeps the outcome of each check, whatever it is", async () => {
        const found = await outcomes(SOME);
        expect(found.map(({ status }) => status)).to.deep.equal([
            "passed",
            "failed",
            "skipped",
            "absent",
            "failed",
            "failed",
            "skipped",
        ]);
        expect(found[4]).to.include({ expected: "an answer", seen: "https://x: the connection is refused" });
        expect(found[5]).to.include({ seen: "x is no function" });
        expect(found[6]).to.include({ remedy: "--disruptive runs it" });
        expect((await outcomes(SOME.slice(6), true))[0]!.status).to.equal("passed");
    });

    it("ends with 0, 1 or 3", async () => {
        const of = async (...at: number[]) => outcomes(at.map((i) => SOME[i]!));
        expect(exitCode(await of(0), false)).to.equal(0);
        expect(exitCode(await of(0, 2, 3), false)).to.equal(0);
        expect(exitCode(await of(0, 2), true)).to.equal(1);
        expect(exitCode(await of(0, 3), true)).to.equal(0);
        expect(exitCode(await of(0, 1), false)).to.equal(1);
        expect(exitCode(await of(2, 3), false)).to.equal(3);
        expect(exitCode(await of(3), true)).to.equal(3);
    });

    for (const colors of [true, false]) {
        it(`fits a hundred columns, ${colors ? "with colours" : "without"}`, async () => {
            let text = "";
            const names = SOME.map(({ name }) => name);
            const shown = progress(names, (more) => void (text += more), pc.createColors(colors));
            shown.said(SOME[6]!, LONG);
            const found = await outcomes(SOME);
            for (const one of found) shown.ended(one);
            text += summary(found);
            for (const line of stripVTControlCharacters(text).split("\n")) expect(line.length, line).to.be.at.most(100);
            // What a server says is shown without what a terminal would do with it.
            expect(text).not.to.contain("\u001b[31mthat");
            if (!colors) expect(text).not.to.contain("\u001b");
            expect(stripVTControlCharacters(text))
                .to.match(/^passed {3}good {4}one thing$/m)
                .and.to.match(/^FAILED {3}bad {5}expected: this <one>$/m);
            expect(text).to.match(
                /7 checks: 1 passed, 3 failed \(bad, silent, broken\), 2 skipped \(away, rough\), 1 absent \(none\)/,
            );
        });
    }

    it("has the same outcomes as JSON", async () => {
        const found = await outcomes(SOME);
        const { checks } = json("identity dev", found) as { checks: Record<string, unknown>[] };
        expect(checks[1]).to.deep.include({ name: "bad", status: "failed", expected: "this <one>", means: "a cause" });
    });

    it("reports all failures of several items at once", async () => {
        const error = (await all([1, 2, 3], async (one) => {
            if (one === 2) return "well";
            throw new Failed("them to be well", `${one} is not`);
        }).catch((e: Error) => e)) as Failed;
        expect(error.message).to.equal("expected them to be well; seen: 1 is not; 3 is not");
    });

    it("prints JSON and nothing else", async () => {
        const { said, context } = recordedContext();
        const of = { load: false, rate: undefined, seconds: undefined, while: undefined };
        const values = { list: false, only: [], disruptive: false, strict: false, json: true, ...of };
        expect(await verifyTarget(values, async () => target(), context)).to.equal(3);
        const { checks } = JSON.parse(said.out);
        expect(checks.map(({ status }: Outcome) => status).filter((one: string) => one !== "absent")).to.deep.equal([
            "skipped",
        ]);
        expect(said.err).to.contain("nothing could be checked");
    });

    it("refuses invalid arguments before it connects", async () => {
        const refused = async (...args: string[]) => {
            const { said, context } = recordedContext();
            expect(await identity(["verify", ...args], context)).to.equal(2);
            return said.err;
        };
        expect(await refused("--only", "nope", "--only", "posts")).to.match(
            /no check nope; there are: tasks, agents-did, /,
        );
        expect(await refused("posts")).to.contain("too many arguments");
        expect(await refused("--rate", "5")).to.contain("--load is missing");
        expect(await refused("--while", "true")).to.contain("--load is missing");
        expect(await refused("--load", "--while", "true", "--seconds", "10")).to.contain(
            "--while begins after 10 s of load: --seconds has to be more than that",
        );
        expect(await refused("--load", "--rate", "0")).to.contain("--rate 0: a whole number from 1 to 1000");
        expect(await refused("--load", "--seconds", "1h")).to.contain("--seconds 1h: whole seconds from 1 to 3600");
        expect(await refused("--load", "--only", "tasks")).to.match(/no check tasks; there are: requests, posts, /);
        expect(await refused("--stack", "nowhere")).to.contain("no Pulumi.nowhere.yaml");
        expect(await refused("--nope")).to.contain("--help says what there is");
        const { said, context } = recordedContext();
        expect(await identity(["verify", "--list", "--only", "posts"], context)).to.equal(0);
        expect(said.out).to.match(/^posts {2}the sample API/);
    });

    it("takes the places to connect to from the command line", () => {
        expect(connection("a.b:443=127.0.0.1:8443")).to.deep.equal(["a.b:443", { host: "127.0.0.1", port: 8443 }]);
        expect(connection("a:1=[::1]:2")).to.deep.equal(["a:1", { host: "::1", port: 2 }]);
        for (const text of ["a.b", "a.b=c", "a.b:1=c", "a:1=b:2=c:3", "=b:2"]) {
            expect(() => connection(text), text).to.throw(UsageError, "HOST:PORT=HOST:PORT");
        }
    });
});
