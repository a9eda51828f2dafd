import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { comment } from "../../automation/ci/comment";
import { identity } from "../../automation/commands";
import type { CommandContext } from "../../automation/shared/context";

const RUN = "https://github.com/acme/identity/actions/runs/7";

describe("npx identity ci comment", () => {
    let folder: string;

    before(() => {
        folder = mkdtempSync(path.join(tmpdir(), "previews-"));
    });
    after(() => rmSync(folder, { recursive: true }));

    async function run(...args: string[]) {
        const said = { out: "", err: "" };
        const env = { GITHUB_REPOSITORY: "acme/identity", GITHUB_RUN_ID: "7" };
        const context = {
            env,
            root: process.cwd(),
            signal: new AbortController().signal,
            out: (text: string) => void (said.out += text),
            err: (text: string) => void (said.err += text),
        } as unknown as CommandContext;
        const code = await identity(["ci", ...args], context);
        return { code, ...said };
    }

    it("prints what the previews say; of prod a pull request has none", async () => {
        writeFileSync(path.join(folder, "preview-dev.md"), "### ✅ Stack `dev`\n\n3 to create\n");
        writeFileSync(path.join(folder, "access-dev.md"), "Nothing changes in either.\n");
        const { code, out } = await run("comment", "--folder", folder);
        expect(code).to.equal(0);
        expect(out).to.match(/^## What this would change\n\nNothing changes in either\.\n\n### ✅ Stack `dev`\n/);
        expect(out).not.to.contain("`prod`");
    });

    it("says which stack has no preview, and where to look", async () => {
        rmSync(path.join(folder, "preview-dev.md"));
        const { out } = await run("comment", "--folder", folder);
        expect(out).to.contain(`### Stack \`dev\`\n\nThere is no preview: [the run](${RUN})`);
    });

    it("fits into a comment, however long the previews are, with what is open closed", () => {
        for (const stack of ["a", "b"]) {
            const rows = Array.from({ length: 5000 }, (_, i) => `- resource ${i}`).join("\n");
            writeFileSync(
                path.join(folder, `preview-${stack}.md`),
                `### ${stack}\n<details>\n\n\`\`\`\n${rows}\n\`\`\`\n</details>\n`,
            );
        }
        const text = comment(["a", "b"], folder, RUN);
        expect(text.length).to.be.below(65_536);
        expect(text.match(/<details>/g)).to.have.length(2);
        expect(text.match(/<\/details>/g)).to.have.length(2);
        expect(text.match(/^```/gm)).to.have.length(4);
        expect(text.match(/It goes on in \[the run\]/g)).to.have.length(2);
    });

    it("says which arguments are wrong", async () => {
        expect((await run("comment")).err).to.contain("required option '--folder <folder>' not specified");
        expect((await run("nothing")).code).to.equal(2);
    });
});
