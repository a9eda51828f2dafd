import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect } from "chai";
import { identity, identityWith } from "../../automation/commands";
import { images as group } from "../../automation/commands/images";
import { check } from "../../automation/commands/images/check";
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
        const images = { ...group, commands: { ...group.commands, pin: { ...group.commands.pin, run } } };
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

describe("npx identity images check", () => {
    const image = (digit: string) => `123456789012.dkr.ecr.eu-west-1.amazonaws.com/app@${DIGEST(digit)}`;
    const definition = (name: string, ...images: string[]) => ({
        type: "aws:ecs/taskDefinition:TaskDefinition",
        urn: `urn:pulumi:dev::identity::aws:ecs/taskDefinition:TaskDefinition::${name}`,
        outputs: { containerDefinitions: JSON.stringify(images.map((one) => ({ image: one }))) },
    });
    const RESOURCES = [
        definition("web", image("1"), image("2"), `example.com/proxy@${DIGEST("3")}`),
        definition("worker", image("1")),
    ];
    const finding = (name: string, severity: string) => ({ name, severity });
    const complete = (...findings: object[]) => ({
        imageScanStatus: { status: "COMPLETE" },
        imageScanFindings: { findings, imageScanCompletedAt: new Date() },
    });
    type Scans = Record<string, object | Error>;

    async function run(gate: object | undefined, scans: Scans, ...args: string[]) {
        const said = { out: "", err: "" };
        const asked: string[] = [];
        const context = {
            root: ".",
            signal: new AbortController().signal,
            out: (text: string) => void (said.out += text),
            err: (text: string) => void (said.err += text),
        } as unknown as CommandContext;
        const send = async ({ constructor, input }: { constructor: { name: string }; input: Asked }) => {
            const digit = input.imageId.imageDigest.at(-1)!;
            asked.push(`${constructor.name.replace("Command", "")} ${digit}`);
            if (constructor.name === "StartImageScanCommand") {
                throw Object.assign(new Error("once a day"), { name: "LimitExceededException" });
            }
            if (scans[digit] instanceof Error) throw scans[digit];
            return scans[digit];
        };
        const deployed = {
            gate: () => gate,
            resources: async () => RESOURCES,
            ecr: async () => ({ send }),
        } as never;
        const run = (input: Parameters<typeof check>[0]) => check(input, context, deployed);
        const images = { ...group, commands: { ...group.commands, check: { ...group.commands.check, run } } };
        const code = await identity(["images", "check", ...args], context, identityWith({ images }));
        return { code, ...said, asked };
    }
    interface Asked {
        imageId: { imageDigest: string };
    }
    const GATE = { severity: "high", except: [{ cve: "CVE-2", reason: "nobody calls it" }] };

    it("names what is in each image, whose it is, and the exceptions that nothing needs", async () => {
        const scans = { 1: complete(finding("CVE-1", "CRITICAL"), finding("CVE-9", "LOW")), 2: complete() };
        const { code, out, asked } = await run(GATE, scans);
        expect(out.split("\n")).to.deep.equal([
            `app@${DIGEST("1")} (web, worker)`,
            "  ✗ CVE-1, CRITICAL: no package named",
            `app@${DIGEST("2")} (web)`,
            "the exception for CVE-2 is for nothing that is in an image: take it out",
            "1 of 2 images have findings of severity high or worse",
            "",
        ]);
        expect([code, asked]).to.deep.equal([1, ["DescribeImageScanFindings 1", "DescribeImageScanFindings 2"]]);
    });

    it("passes with exceptions, after ECR was asked to scan again where it does", async () => {
        const { code, out, asked } = await run(
            GATE,
            { 1: complete(finding("CVE-2", "HIGH")), 2: complete() },
            "--rescan",
        );
        expect(code).to.equal(0);
        expect(out).to.contain("  CVE-2 has an exception\n").and.not.contain("take it out");
        expect(asked.filter((one) => one.startsWith("StartImageScan"))).to.have.length(2);
    });

    it("takes no scan that failed for an image without findings, nor an answer that AWS refuses", async () => {
        const failed = await run(GATE, { 1: { imageScanStatus: { status: "FAILED" } }, 2: complete() });
        expect(failed.code).to.equal(1);
        expect(failed.out).to.contain("  ✗ ECR's scan is FAILED\n").and.not.contain("take it out");
        const denied = Object.assign(new Error("no"), { name: "AccessDeniedException" });
        const { code, err } = await run(GATE, { 1: denied, 2: complete() });
        expect(code).to.equal(1);
        expect(err).to.contain("the scan of app cannot be looked up: AWS does not allow it: no");
        expect(err).to.contain("whoever runs this needs ecr:DescribeImageScanFindings");
    });

    it("asks nothing without a gate, unless it is told a severity", async () => {
        const none = await run(undefined, {});
        expect([none.code, none.asked]).to.deep.equal([0, []]);
        expect(none.out).to.contain("Pulumi.dev.yaml has no images.gate");
        const scans = { 1: complete(finding("CVE-1", "LOW")), 2: complete() };
        expect((await run(undefined, scans, "--severity", "medium")).code).to.equal(0);
        const { code, out } = await run(undefined, scans, "--severity", "low", "--json");
        expect(code).to.equal(1);
        expect(JSON.parse(out)[0]).to.deep.include({ reference: image("1"), users: ["web", "worker"] });
        expect((await run(undefined, scans, "--severity", "all")).code).to.equal(2);
    });
});
