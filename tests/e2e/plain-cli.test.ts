import { type ExecFileException, execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { stripVTControlCharacters } from "node:util";
import { expect } from "chai";
import { parseDocument, stringify } from "yaml";
import { copyProgram, needsLanguageHost } from "./engine";

/** What no other suite makes: all suites run in one account, and some at the same time as this one. */
const NO_ZONE = "nobody.example";
const NO_PARAMETER = "/nobody/mail/password";
const IMAGE = `example.com/app@sha256:${"a".repeat(64)}`;
/** Seconds in which a command has to say what is wrong: five by itself, many times that on a busy machine, and no end where it hangs. */
const SOON = 300;

interface Ended {
    code: number;
    said: string;
    seconds: number;
}

const escaped = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** The way of a user: the project's folder, Pulumi's own CLI with its language host, and the commands of package.json. */
describe("the project in a user's hands", () => {
    let dir: string;
    const servers: Server[] = [];

    before(async function () {
        needsLanguageHost(this);
        dir = mkdtempSync(path.join(os.tmpdir(), "identity-cli-"));
        copyProgram(dir);
        writeFileSync(
            path.join(dir, "heritages/worker.yml"),
            stringify({ image: IMAGE, services: { web: { count: 1 } } }),
        );
        stackFile("small", { "identity:heritages": ["worker"] });
        stackFile("asking", {
            "identity:publicEndpoint": { plainHttp: true },
            "identity:agents": { issuer: { secrets: { ACAPY_WEBHOOK_KEY: { parameter: NO_PARAMETER } } } },
            "identity:agentImage": IMAGE,
        });
        stackFile("refused", { "identity:agents": { issuer: { cpu: 300 } } });
        prodWithoutZone();
        for (const stack of ["small", "asking", "refused", "prod"]) {
            const { code, said } = await run("pulumi", ["stack", "init", stack]);
            expect(code, said).to.equal(0);
        }
    });
    after(() => {
        for (const server of servers) server.close();
        if (dir) rmSync(dir, { recursive: true, force: true });
    });

    const stackFile = (name: string, config: object) =>
        writeFileSync(
            path.join(dir, `Pulumi.${name}.yaml`),
            stringify({ config: { "aws:region": "ap-northeast-1", "identity:environment": "dev", ...config } }),
        );

    /** The repository's prod, for a domain that has no zone. */
    function prodWithoutZone() {
        const file = path.join(dir, "Pulumi.prod.yaml");
        const document = parseDocument(readFileSync(file, "utf8"));
        document.setIn(["config", "identity:domain"], { name: `id.${NO_ZONE}`, zone: NO_ZONE });
        writeFileSync(file, document.toString());
    }

    /** A command in the project's folder. */
    const run = (command: string, args: string[], env: Record<string, string> = {}) =>
        new Promise<Ended>((resolve) => {
            // A state of its own: the other suites have stacks of the same names.
            const state = path.join(dir, "state");
            mkdirSync(state, { recursive: true });
            const own = { CI: "true", PULUMI_BACKEND_URL: `file://${state}` };
            const started = Date.now();
            const options = { cwd: dir, env: { ...process.env, ...own, ...env }, maxBuffer: 64 * 1024 * 1024 };
            const child = execFile(
                command,
                args,
                { ...options, timeout: 20 * 60_000 },
                (error: ExecFileException | null, stdout, stderr) => {
                    const said = stripVTControlCharacters(stdout + stderr);
                    if (process.env.E2E_LOG) console.log(command, args, error?.code, said);
                    const code = error ? (typeof error.code === "number" ? error.code : -1) : 0;
                    resolve({ code, said, seconds: (Date.now() - started) / 1000 });
                },
            );
            child.stdin?.end();
        });

    const WAYS = {
        "pulumi preview": (stack: string, env?: Record<string, string>) =>
            run("pulumi", ["preview", "-s", stack, "--non-interactive"], env),
        "npx identity preview": (stack: string, env?: Record<string, string>) =>
            run("npx", ["identity", "preview", "--stack", stack], env),
    };

    /** That the command ended soon, in a sentence that a person can do something with. */
    function expectSentence({ code, said, seconds }: Ended, ...sentences: (string | RegExp)[]) {
        expect(code, said).not.to.equal(0);
        const text = said.replaceAll(/\s+/g, " ");
        for (const sentence of sentences)
            expect(text).to.match(sentence instanceof RegExp ? sentence : new RegExp(escaped(sentence)));
        expect(said).not.to.match(/^\s+at .*:\d+:\d+|unhandled exception|error serializing/m);
        expect(seconds).to.be.lessThan(SOON);
    }

    for (const [name, preview] of Object.entries(WAYS)) {
        describe(name, () => {
            it("refuses a stack file in what it takes to read it", async () => {
                const ended = await preview("refused");
                expectSentence(ended, "identity:agents.issuer.cpu", "Fargate has no task of 300 CPU units");
            });

            it("says that the zone of the domain is not there", async () => {
                const ended = await preview("prod");
                const sentence = escaped(`account 123456789012 has no public hosted zone ${NO_ZONE}`);
                expectSentence(ended, new RegExp(`${sentence}\\b.*→ make the zone`));
            });

            it("says that a parameter is not there", async () => {
                expectSentence(
                    await preview("asking"),
                    `SSM has no parameter ${NO_PARAMETER} (ap-northeast-1), which issuer reads as ACAPY_WEBHOOK_KEY`,
                );
            });

            it("says that AWS takes no credentials", async () => {
                expectSentence(
                    await preview("small", { AWS_ENDPOINT_URL: await refusing() }),
                    "AWS takes no credentials: The security token included in the request is invalid.",
                    /→ AWS_PROFILE/,
                );
            });

            it("says that AWS does not answer", async () => {
                const closed = "http://127.0.0.1:9"; // discard: nothing listens there
                expectSentence(
                    await preview("small", { AWS_ENDPOINT_URL: closed }),
                    /AWS does not answer: .*ECONNREFUSED/,
                    /→ look at the network/,
                );
            });
        });
    }

    it("makes nothing where something is not there, also without a preview", async () => {
        expectSentence(
            await run("pulumi", ["up", "-s", "prod", "--non-interactive", "--yes", "--skip-preview"]),
            `has no public hosted zone ${NO_ZONE}`,
        );
        const exported = JSON.parse((await run("pulumi", ["stack", "export", "-s", "prod"])).said) as {
            deployment: { resources?: { type: string }[] };
        };
        const types = (exported.deployment.resources ?? []).map(({ type }) => type);
        expect(types.filter((type) => type !== "pulumi:pulumi:Stack")).to.deep.equal([]);
    });

    it("comes up, has nothing to change, and goes", async () => {
        const small = ["-s", "small", "--non-interactive"];
        const up = await run("pulumi", ["up", ...small, "--yes"]);
        expect(up.code, up.said).to.equal(0);
        expect(up.said).to.match(/serviceNames/);
        const again = await run("pulumi", ["preview", ...small, "--expect-no-changes"]);
        expect(again.code, again.said).to.equal(0);
        const down = await run("pulumi", ["destroy", ...small, "--yes"]);
        expect(down.code, down.said).to.equal(0);
    });

    /** An AWS that knows nobody's credentials. */
    function refusing(): Promise<string> {
        const server = createServer((request, response) => {
            request.resume();
            response.writeHead(403, { "content-type": "text/xml" });
            response.end(
                "<ErrorResponse><Error><Type>Sender</Type><Code>InvalidClientTokenId</Code>" +
                    "<Message>The security token included in the request is invalid.</Message></Error></ErrorResponse>",
            );
        });
        servers.push(server);
        return new Promise((resolve) =>
            server.listen(0, "127.0.0.1", () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)),
        );
    }
});
