import { Readable } from "node:stream";
import { expect } from "chai";
import { identity } from "../../../automation/commands";
import { baseImages } from "../../../automation/local/dockerfiles";
import { LocalSecrets } from "../../../automation/local/secrets";
import { Progress } from "../../../automation/local/progress";
import { running } from "../../../automation/local/running";
import { Variables } from "../../../automation/local/variables";
import type { CommandContext } from "../../../automation/shared/context";
import { projectWith, stackFile } from "./support";

async function run(...args: string[]) {
    const said = { out: "", err: "" };
    const context: CommandContext = {
        root: projectWith(stackFile("identity:publicEndpoint: { plainHttp: true }", "identity:agents: { issuer: {} }")),
        input: Readable.from([]) as unknown as NodeJS.ReadStream,
        out: (text) => void (said.out += text),
        err: (text) => void (said.err += text),
        signal: new AbortController().signal,
    };
    return { code: await identity(["local", ...args], context), ...said };
}

describe("npx identity local", () => {
    it("says what there is, in a hundred columns", async () => {
        const { code, out } = await run("--help");
        expect(code).to.equal(0);
        for (const command of ["up", "status", "logs", "secret", "task", "down"])
            expect(out).to.contain(`  ${command}`);
        for (const line of out.split("\n")) expect(line.length, line).to.be.at.most(100);
    });

    for (const [args, what] of [
        [["downn", "--stack", "trial"], "(Did you mean down?)"],
        [["--stack", "trial", "--timeout", "soon"], "--timeout soon: whole seconds from 1 to 86400"],
        [["up", "--stack", "trial", "--port-offset", "-1"], "--port-offset"],
        [["up", "--stack", "trial", "--stack", "dev"], "--stack is given twice: trial and dev"],
        [["status", "--stack", "trial"], "the stack trial was not started here: npx identity local up --stack trial"],
        [["logs", "issuer", "--stack", "trial"], "was not started here"],
        [["secret", "x", "--stack", "trial"], "does not run here"],
        [["task", "x", "--stack", "trial"], "was not started here"],
    ] as [string[], string][]) {
        it(`refuses ${args.join(" ")}`, async () => {
            const { code, err } = await run(...args);
            expect(err).to.contain(what);
            expect(code).to.equal(2);
        });
    }

    it("knows nothing of a stack that was never started", () => {
        expect(() => running(projectWith(stackFile()), "trial")).to.throw("npx identity local up --stack trial");
    });
});

describe("what a Dockerfile starts from", () => {
    it("is found with its arguments filled in, without its own stages", () => {
        expect(baseImages({ context: "images/envoy" })).to.deep.equal(["envoyproxy/envoy:v1.40.0"]);
        expect(baseImages({ context: "images/keycloak", args: { KEYCLOAK_VERSION: "26.7.9" } })).to.deep.equal([
            "quay.io/keycloak/keycloak:26.7.9",
        ]);
        expect(
            baseImages({ context: "automation/local/images/postgres", args: { POSTGRES_VERSION: "17.6" } }),
        ).to.deep.equal(["postgres:17.6"]);
    });
});

describe("what is generated once", () => {
    it("stays, until it is of something else or no good any more", async () => {
        const kept = new LocalSecrets();
        let made = 0;
        const make = () => String(++made);
        expect(kept.fresh).to.equal(true);
        expect(await kept.once("a", { length: 1 }, make)).to.equal("1");
        expect(await kept.once("a", { length: 1 }, make)).to.equal("1");
        expect(await kept.once("a", { length: 2 }, make)).to.equal("2");
        expect(await kept.once("a", { length: 2 }, make, (value) => value !== "2")).to.equal("3");
        expect(await kept.once("b", { length: 2 }, make)).to.equal("4");
    });
});

describe("variables of a compose file", () => {
    it("are one for each key, also where two would be called the same", () => {
        const variables = new Variables();
        const names = ["/a/b", "/a-b", "/a/b"].map((key) => String(variables.reference(key, `value of ${key}`)));
        expect(names[0]).to.equal("${LOCAL_a_b?by npx identity local alone}");
        expect(names[1]).to.equal("${LOCAL_a_b_2?by npx identity local alone}");
        expect(names[2]).to.equal(names[0]);
        expect(variables.values).to.deep.equal({ LOCAL_a_b: "value of /a/b", LOCAL_a_b_2: "value of /a-b" });
    });
});

describe("progress", () => {
    const rows = [
        { name: "issuer-1", text: "starting" },
        { name: "public", text: "waits", pending: true },
    ];

    it("is a line for each change in a log", () => {
        let said = "";
        const progress = new Progress((text) => void (said += text), false);
        progress.rows(rows);
        progress.rows(rows);
        progress.rows([{ name: "issuer-1", text: "healthy" }]);
        expect(said.split("\n").map((line) => line.trim())).to.deep.equal([
            "0 s  issuer-1: starting",
            "0 s  issuer-1: healthy",
            "",
        ]);
    });

    it("is drawn in place of itself on a terminal, and gone at the end", () => {
        let said = "";
        const progress = new Progress((text) => void (said += text), true);
        progress.rows(rows);
        expect(said).to.equal("  0 s\n  issuer-1  starting\n  public    waits\n");
        progress.clear();
        expect(said.endsWith("\u001b[3A\u001b[J")).to.equal(true);
    });
});
