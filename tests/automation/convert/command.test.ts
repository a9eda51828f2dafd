import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect } from "chai";
import { showConverted } from "../../../automation/commands/convert/show";
import { UsageError } from "../../../automation/shared/errors";
import { expected, INPUTS } from "./cases";

describe("npx identity convert", () => {
    let root: string;
    beforeEach(() => void (root = mkdtempSync(path.join(os.tmpdir(), "convert-"))));
    afterEach(() => rmSync(root, { recursive: true }));

    async function run(input: { file: string; name?: string; environment?: string; stdout?: boolean }) {
        let [out, err] = ["", ""];
        const context = { root, out: (text: string) => void (out += text), err: (text: string) => void (err += text) };
        const code = await showConverted({ name: undefined, environment: undefined, stdout: false, ...input }, context);
        return { code, out, err };
    }

    const written = (name: string) => readFileSync(path.join(root, "heritages", `${name}.yml`), "utf8");

    it("writes a file, and ends with 0 where all was carried over", async () => {
        const { code, out, err } = await run({ file: path.join(INPUTS, "worker-only") });
        expect(code).to.equal(0);
        expect(out).to.equal("");
        expect(err)
            .to.contain("From a compose file: heritages/worker-only.yml")
            .and.contain("identity:heritages: [worker-only]");
        expect(`# heritages/worker-only.yml\n${written("worker-only")}`).to.equal(expected("worker-only"));
    });

    it("ends with 3 where something is left to do, and names it", async () => {
        const { code, err } = await run({ file: path.join(INPUTS, "redash"), name: "reports" });
        expect(code).to.equal(3);
        expect(err)
            .to.match(/Left to do \(\d+\)/)
            .and.contain("npx identity secrets set reports REDASH_SECRET_KEY --stack dev");
        expect(existsSync(path.join(root, "heritages/reports.yml"))).to.equal(true);
    });

    it("prints all files, and writes none, with --stdout", async () => {
        const { out } = await run({ file: path.join(INPUTS, "mastodon"), stdout: true });
        expect(out)
            .to.contain("# heritages/mastodon.yml")
            .and.contain("---\n")
            .and.contain("# heritages/mastod-streaming.yml");
        expect(existsSync(path.join(root, "heritages"))).to.equal(false);
    });

    it("writes over no file", async () => {
        await run({ file: path.join(INPUTS, "grpc") });
        const before = written("grpc");
        await run({ file: path.join(INPUTS, "grpc") }).then(
            () => expect.fail("it wrote"),
            (error: Error) =>
                expect(error)
                    .to.be.instanceOf(UsageError)
                    .with.property("message")
                    .that.contains("heritages/grpc.yml exists"),
        );
        expect(written("grpc")).to.equal(before);
    });

    it("takes the values of one of the file's own environments", async () => {
        const { out } = await run({ file: path.join(INPUTS, "copilot-backend"), environment: "staging", stdout: true });
        expect(out).to.contain("LOG: debug").and.not.contain("environments:");
    });

    it("takes a compose file's profile, and says how compose makes one of two files", async () => {
        const debug = await run({ file: path.join(INPUTS, "monorepo"), environment: "debug", stdout: true });
        expect(debug.out).to.contain("image: busybox");
        expect(debug.err).to.contain(
            "docker-compose.prod.yml is not taken, since it is for other occasions: `docker compose " +
                "-f docker-compose.yml -f docker-compose.prod.yml config --no-interpolate --no-path-resolution > whole.yml`",
        );
    });

    it("builds where the folder is, within the project", async () => {
        cpSync(path.join(INPUTS, "heroku-node"), path.join(root, "images/front"), { recursive: true });
        const { out } = await run({ file: path.join(root, "images/front"), stdout: true });
        expect(out).to.contain("build: images/front").and.not.contain("Put the application's folder");
    });

    it("refuses a name that no heritage can have", async () => {
        await run({ file: path.join(INPUTS, "grpc"), name: "Shop_1" }).then(
            () => expect.fail("it took the name"),
            (error: Error) => expect(error.message).to.contain("1 to 16 lower-case letters"),
        );
    });
});
