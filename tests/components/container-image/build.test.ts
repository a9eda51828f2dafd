import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { type Build, buildDigest } from "../../../components/container-image/build";

describe("the digest of a build", () => {
    let context: string;
    const write = (name: string, text: string) => {
        mkdirSync(path.dirname(path.join(context, name)), { recursive: true });
        writeFileSync(path.join(context, name), text);
    };
    beforeEach(() => {
        context = mkdtempSync(path.join(tmpdir(), "build-"));
        write("Dockerfile", "FROM scratch\n");
        write("app/main.py", "1");
        write("node_modules/x/index.js", "1");
    });
    afterEach(() => rmSync(context, { recursive: true }));
    const digest = (more: Partial<Build> = {}) => buildDigest({ context, ...more });
    /** Whether the digest changes with a file. */
    const counts = (name: string, more: Partial<Build> = {}) => {
        write(name, "before");
        const before = digest(more);
        write(name, "after");
        return digest(more) !== before;
    };

    it("changes with stage, arguments, platform and Dockerfile", () => {
        write("web.Dockerfile", "FROM scratch\n");
        const digests = [
            digest(),
            digest({ target: "web" }),
            digest({ args: { A: "1" } }),
            digest({ dockerfile: "web.Dockerfile" }),
            buildDigest({ context }, "linux/arm64"),
        ];
        expect(new Set(digests)).to.have.property("size", digests.length);
        expect(digest({ args: { A: "1", B: "2" } })).to.equal(digest({ args: { B: "2", A: "1" } }));
    });

    it("leaves out what .dockerignore names, with everything below it", () => {
        expect(counts("node_modules/x/index.js")).to.equal(true);
        write(".dockerignore", "node_modules\n*.md\n");
        expect(counts("node_modules/x/index.js")).to.equal(false);
        expect(counts("README.md")).to.equal(false);
        expect(counts("docs/README.md")).to.equal(true); // *.md is for the top alone, as Docker has it
        expect(counts("app/main.py")).to.equal(true);
    });

    it("takes back in what an exception names, in a folder that is left out, too", () => {
        write(".dockerignore", "*\n!app\nnode_modules\n!node_modules/x/index.js\n!lib/**/*.js\n");
        expect(counts("app/main.py")).to.equal(true);
        expect(counts("node_modules/x/index.js")).to.equal(true);
        expect(counts("node_modules/x/other.js")).to.equal(false);
        expect(counts("lib/a/b.js")).to.equal(true);
        expect(counts("lib/a/b.txt")).to.equal(false);
    });

    it("always has the Dockerfile in it, as Docker does", () => {
        write(".dockerignore", "*\n");
        expect(counts("Dockerfile")).to.equal(true);
        write("docker/web.Dockerfile", "FROM scratch");
        expect(counts("docker/web.Dockerfile", { dockerfile: "docker/web.Dockerfile" })).to.equal(true);
        expect(counts("docker/web.Dockerfile")).to.equal(false);
    });

    it("reads the ignore file of a Dockerfile before the context's", () => {
        write(".dockerignore", "app\n");
        write("web.Dockerfile", "FROM scratch");
        write("web.Dockerfile.dockerignore", "node_modules\n");
        const own = { dockerfile: "web.Dockerfile" };
        expect(counts("app/main.py", own)).to.equal(true);
        expect(counts("node_modules/x/index.js", own)).to.equal(false);
        expect(counts("app/main.py")).to.equal(false);
    });
});
