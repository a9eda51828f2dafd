import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect } from "chai";
import { identity, identityWith } from "../../automation/commands";
import { images as group } from "../../automation/commands/images";
import { pin } from "../../automation/commands/images/pin";
import { basesOf, pinned } from "../../automation/commands/images/pins";
import type { CommandContext } from "../../automation/shared/context";

const DIGEST = (digit: string) => `sha256:${digit.repeat(64)}`;
const digestOf = (name: string) => Promise.resolve(DIGEST(String(name.length % 10)));

describe("what a Dockerfile starts from", () => {
    const names = (text: string) => basesOf(text).map(({ line, name }) => `${line} ${name}`);

    it("is in its FROMs, stages apart, or in the default of an argument that is a whole FROM", () => {
        expect(
            names(
                "FROM node:24 AS build\nFROM build AS test\nFROM --platform=linux/amd64 debian:13-slim\nFROM scratch",
            ),
        ).to.eql(["1 node:24", "3 debian:13-slim"]);
        expect(names("ARG BASE=python:3.13-slim\nFROM ${BASE} AS one\nFROM $BASE\nARG OTHER=x")).to.eql([
            "1 python:3.13-slim",
        ]);
        expect(names("# FROM a:1\nRUN echo FROM b:2\n")).to.eql([]);
        expect(names("FROM a:1\nARG BASE=b:2\nFROM $BASE\n")).to.eql(["1 a:1"]);
    });

    it("is said to be a build argument's where one decides", () => {
        const [base] = basesOf("ARG VERSION=26\nFROM quay.io/keycloak/keycloak:${VERSION} AS built");
        expect(base).to.include({
            name: "quay.io/keycloak/keycloak:${VERSION}",
            decidedBy: "VERSION",
            digest: undefined,
        });
    });

    it("gets the digest of its tag, in place of an older one, and nothing else changes", async () => {
        const text = `# python:3.13-slim\nFROM python:3.13-slim@${DIGEST("f")} AS x\nARG V=1\nFROM a:\${V}\nFROM localhost:5000/b\n`;
        const once = await pinned(text, digestOf);
        expect(once).to.equal(
            `# python:3.13-slim\nFROM python:3.13-slim@${DIGEST("6")} AS x\nARG V=1\nFROM a:\${V}\nFROM localhost:5000/b@${DIGEST("6")}\n`,
        );
        expect(await pinned(once, digestOf)).to.equal(once);
    });
});

describe("npx identity images pin", () => {
    let root: string;
    beforeEach(() => {
        root = mkdtempSync(path.join(os.tmpdir(), "images-"));
        for (const [file, text] of Object.entries({
            "images/app/Dockerfile": "FROM python:3.13-slim\n",
            "images/app/requirements.in": "waitress==3.0.2\n",
            "images/app/requirements.txt": "old\n",
            "images/keycloak/Dockerfile": "ARG V=1\nFROM keycloak:${V}\n",
        })) {
            mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
            writeFileSync(path.join(root, file), text);
        }
    });
    afterEach(() => rmSync(root, { recursive: true }));

    async function run(...args: string[]) {
        const said = { out: "", err: "" };
        const context = {
            root,
            signal: new AbortController().signal,
            out: (text: string) => void (said.out += text),
            err: (text: string) => void (said.err += text),
        } as unknown as CommandContext;
        const compiled: string[] = [];
        const compile = (folder: string, image: string) => {
            compiled.push(`${path.relative(root, folder)} in ${image}`);
            return Promise.resolve("new\n");
        };
        const run = (input: { check: boolean }) => pin(input, context, { digestOf, compile });
        const images = { ...group, commands: { pin: { ...group.commands.pin, run } } };
        const code = await identity(["images", "pin", ...args], context, identityWith({ images }));
        return { code, ...said, compiled };
    }
    const read = (file: string) => readFileSync(path.join(root, file), "utf8");

    it("writes digests and requirements, and names what it leaves", async () => {
        const { code, out, compiled } = await run();
        const pin = `python:3.13-slim@${DIGEST("6")}`;
        expect(read("images/app/Dockerfile")).to.equal(`FROM ${pin}\n`);
        expect([code, compiled, read("images/app/requirements.txt")]).to.deep.equal([
            0,
            [`images/app in ${pin}`],
            "new\n",
        ]);
        expect(out).to.contain(`images/app/Dockerfile:1: ${pin} (new)`);
        expect(out).to.contain("images/keycloak/Dockerfile:2: keycloak:${V}: the build argument V decides");
        expect((await run("--check")).code).to.equal(0);
    });

    it("checks alone, and then writes nothing", async () => {
        const { code, out, compiled } = await run("--check");
        expect([code, compiled]).to.deep.equal([1, []]);
        expect(out).to.contain("images/app/Dockerfile:1: python:3.13-slim: by its tag alone; npx identity images pin");
        expect(read("images/app/Dockerfile")).to.equal("FROM python:3.13-slim\n");
        expect((await run("--chek")).code).to.equal(2);
    });
});
