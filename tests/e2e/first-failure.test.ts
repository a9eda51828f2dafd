import { mkdtempSync, rmSync, copyFileSync, symlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { identity } from "../../automation/commands";
import { publicZone } from "../../components/public-zone";
import { needsEngine } from "./engine";
import { identityOf } from "./runner/commands";

const ROOT = path.join(__dirname, "..", "..");
/** Seconds in which the commands have to end. They would wait for ever. */
const SOON = 120;

/** A program of which an output fails in the middle, with resources that wait for it. */
describe("an output that fails, on a real engine", () => {
    let root: string;
    let failing: (provider: aws.Provider) => pulumi.Output<string>;

    before(function () {
        needsEngine(this);
        root = mkdtempSync(path.join(os.tmpdir(), "identity-failure-"));
        copyFileSync(path.join(ROOT, "Pulumi.yaml"), path.join(root, "Pulumi.yaml"));
        symlinkSync(path.join(ROOT, "node_modules"), path.join(root, "node_modules"));
        const config = "config:\n    aws:region: ap-northeast-1\n    identity:environment: dev\n";
        writeFileSync(path.join(root, "Pulumi.failing.yaml"), config);
    });
    after(() => {
        process.chdir(ROOT);
        if (root) rmSync(root, { recursive: true, force: true });
    });

    const program = () => {
        const provider = new aws.Provider("aws", { region: "ap-northeast-1" });
        const opts = { provider };
        const value = failing(provider);
        const first = new aws.ssm.Parameter("first", { name: "/identity/first", type: "String", value }, opts);
        const next = new aws.ssm.Parameter("next", { name: "/identity/next", type: "String", value: first.arn }, opts);
        return Promise.resolve({ next: next.arn });
    };
    const command = async (name: string, ...args: string[]) => {
        const started = Date.now();
        let said = "";
        const say = (text: string) => void (said += stripVTControlCharacters(text));
        const context = {
            root,
            out: say,
            err: say,
            signal: new AbortController().signal,
            input: Readable.from([]) as unknown as NodeJS.ReadStream,
        };
        const code = await identity([name, "--stack", "failing", ...args], context, identityOf({ program }));
        expect((Date.now() - started) / 1000).to.be.lessThan(SOON);
        return { code, said };
    };

    for (const [what, make, sentence] of [
        [
            "a look-up",
            (provider: aws.Provider) =>
                publicZone("zone", { zone: "nowhere.example", createZone: false, protect: false }, { provider }),
            /the public hosted zone nowhere\.example cannot be looked up: .*\s+→ make the zone/s,
        ],
        [
            "a mistake of the program",
            () =>
                pulumi.output("x").apply((): string => {
                    throw new TypeError("this is a mistake");
                }),
            /this is a mistake/,
        ],
    ] as const) {
        it(`ends a preview and an up, and says why: ${what}`, async () => {
            failing = make;
            for (const ended of [await command("preview"), await command("up", "--yes")]) {
                expect(ended.code, ended.said).to.equal(1);
                expect(ended.said).to.match(sentence);
            }
        });
    }
});
